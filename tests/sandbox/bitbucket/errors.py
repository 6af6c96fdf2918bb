# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket's error responses: mostly a JSON envelope, but 401 and 429 can be plain text.

https://developer.atlassian.com/cloud/bitbucket/rest/intro/#standardized-error-responses
"""

from __future__ import annotations

import json
from typing import Any

from ..refusals import Refused as Refused

LOGIN_FAILED = (
    "Login failed due to incorrect login credentials or method.\nCheck your credentials, and if you use the API, that "
    "the method you authenticate with is supported.\n"
)
BAD_TOKEN = "Token is invalid, expired, or not supported for this endpoint."
EXPIRED_TOKEN = "Access token expired. Use your refresh token to obtain a new access token."
DEAD_APP_PASSWORD = "App passwords are deprecated and must be replaced with API tokens."
DEAD_APP_PASSWORD_GIT = (
    "CHANGE-3222 - Functionality has been deprecated\nApp passwords have been removed. Use an API token instead.\n"
)
MISSING_SCOPES = "Your credentials lack one or more required privilege scopes."
NO_REPOSITORY = (
    "The requested repository either does not exist or you do not have access. If you believe this repository exists "
    "and you have access, make sure you're authenticated."
)
REMOVED = "CHANGE-2770 - Functionality has been deprecated"
ANNOUNCEMENT = "https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770"
RATE_LIMITED = "Rate limit for this resource has been exceeded"
BASIC_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Bitbucket.org HTTP"'}
JSON, TEXT, HTML = "application/json; charset=utf-8", "text/plain; charset=utf-8", "text/html; charset=utf-8"


def refused(status: int, message: str, **more: Any) -> Refused:
    """The JSON envelope; ``more`` are ``detail``, ``data`` or ``fields``."""
    return Refused(status, json.dumps({"type": "error", "error": {"message": message, **more}}), JSON)


def plain(status: int, text: str, headers: dict[str, str] | None = None) -> Refused:
    """Words without an envelope."""
    return Refused(status, text, TEXT, headers)


def login_failed() -> Refused:
    return plain(401, LOGIN_FAILED, BASIC_CHALLENGE)


def bad_token(message: str = BAD_TOKEN) -> Refused:
    return refused(401, message)


def missing_scopes(required: tuple[str, ...], granted: tuple[str, ...]) -> Refused:
    return refused(403, MISSING_SCOPES, detail={"required": list(required), "granted": list(granted)})


def forbidden(message: str = "Forbidden") -> Refused:
    return refused(403, message)


def no_repository() -> Refused:
    """Absent and not permitted look the same, on purpose."""
    return refused(404, NO_REPOSITORY)


def not_found(message: str) -> Refused:
    return refused(404, message)


def invalid(**fields: str) -> Refused:
    """A body that does not validate: the message names the first field, ``fields`` has all of them."""
    name, problem = next(iter(fields.items()))
    return refused(400, f"{name}: {problem}", fields={key: [text] for key, text in fields.items()})


def removed() -> Refused:
    """An endpoint that went with CHANGE-2770."""
    return refused(410, REMOVED, data={"announcement_url": ANNOUNCEMENT})


def outage(status: int) -> Refused:
    """What Bitbucket says with a status when nothing about the request is the reason."""
    if status == 401:
        return login_failed()
    if status == 429:
        return plain(429, RATE_LIMITED)
    if status in (502, 503, 504):  # from the load balancer, which knows no JSON
        text = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}[status]
        return Refused(status, f"<html><head><title>{status} {text}</title></head><body>{text}</body></html>\n", HTML)
    words = {403: MISSING_SCOPES, 404: NO_REPOSITORY, 410: REMOVED, 555: "Request timed out"}
    return refused(status, words.get(status, "Something went wrong"))
