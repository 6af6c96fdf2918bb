# SPDX-License-Identifier: GPL-3.0-or-later
"""GitLab's refusals in its own words and its three shapes: ``message`` as text, as an object, and ``error``.

https://docs.gitlab.com/api/rest/troubleshooting/
"""

from __future__ import annotations

import json
from typing import Any

from ..refusals import Refused as Refused

JSON, TEXT = "application/json", "text/plain"
BASIC = {"WWW-Authenticate": 'Basic realm="GitLab"'}
NOT_MIRRORED = "The project is not mirrored"
ON_PAUSE = "Mirroring for the project is on pause"
UNREACHABLE = "Unable to access repository with the URL and credentials provided"
DENIED_GIT = (
    "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or "
    "you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, "
    "or improperly scoped.\n"
)
NO_PROJECT_GIT = "The project you were looking for could not be found or you don't have permission to view it.\n"


def message(status: int, words: Any) -> Refused:
    """``{"message": …}``, from the API's own code and from the models' validations (then an object of lists)."""
    return Refused(status, json.dumps({"message": words}))


def invalid(**fields: str) -> Refused:
    """A model that does not validate."""
    return message(400, {name: [words] for name, words in fields.items()})


def bad_parameter(words: str) -> Refused:
    """``{"error": …}``: the request's parameters are not those the endpoint declares."""
    return Refused(400, json.dumps({"error": words}))


def bad_request(reason: str) -> Refused:
    return message(400, f"400 Bad request - {reason}")


def unauthorized() -> Refused:
    return message(401, "401 Unauthorized")


def forbidden(reason: str = "") -> Refused:
    return message(403, "403 Forbidden" + (f"  - {reason}" if reason else ""))


def not_found(what: str = "") -> Refused:
    return message(404, f"404 {what} Not Found" if what else "404 Not Found")


def no_route() -> Refused:
    """A path the API does not have, as ``/mirror/pull`` in the Community Edition."""
    return Refused(404, json.dumps({"error": "404 Not Found"}))


def bad_token(words: str) -> Refused:
    challenge = {
        "WWW-Authenticate": f'Bearer realm="Protected by OAuth 2.0", error="invalid_token", error_description="{words}"'
    }
    return Refused(401, json.dumps({"error": "invalid_token", "error_description": words}), JSON, challenge)


def revoked() -> Refused:
    return bad_token("Token was revoked. You have to re-authorize from the user.")


def expired() -> Refused:
    return bad_token("Token is expired. You can either do re-authorization or token refresh.")


def insufficient_scope(*scopes: str) -> Refused:
    words = "The request requires higher privileges than provided by the access token."
    body = {"error": "insufficient_scope", "error_description": words, "scope": " ".join(scopes)}
    return Refused(403, json.dumps(body))


def insufficient_granular_scope(permission: str) -> Refused:
    words = f"Access denied: Your fine-grained personal access token lacks the required permissions: [{permission}]."
    return Refused(403, json.dumps({"error": "insufficient_granular_scope", "error_description": words}))


def plain(status: int, words: str, headers: dict[str, str] | None = None) -> Refused:
    return Refused(status, words, TEXT, headers)


def throttled(headers: dict[str, str] | None = None) -> Refused:
    """What Rack::Attack answers."""
    return plain(429, "Retry later\n", headers)


def outage(status: int) -> Refused:
    """What an installation in trouble sends: plain text when throttled, a page of its web server's otherwise."""
    if status == 429:
        return throttled()
    if status in (401, 403, 404, 409, 500):
        words = {
            401: "401 Unauthorized",
            403: "403 Forbidden",
            404: "404 Not Found",
            409: "409 Conflict: Resource lock",
            500: "500 Internal Server Error",
        }
        return message(status, words[status])
    page = (
        f"<!DOCTYPE html>\n<html><head><title>GitLab is not responding ({status})</title></head><body></body></html>\n"
    )
    return Refused(status, page, "text/html; charset=utf-8")
