# SPDX-License-Identifier: GPL-3.0-or-later
"""Upsun's refusals in their three shapes: of the project's API, of the gateway, of OAuth."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

JSON = "application/json"


class Refused(Exception):
    """Answered with this status and body."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = json.dumps(body)
        self.headers = headers or {}


def refused(status: int, message: str | None = None, detail: Any = None) -> Refused:
    """The project's API: ``detail`` is an object, a list or absent."""
    title = HTTPStatus(status).phrase
    body: dict[str, Any] = {"status": "error", "message": message or title, "code": status}
    if detail is not None:
        body["detail"] = detail
    return Refused(status, body | {"title": title})


def invalid(problems: dict[str, str]) -> Refused:
    """400 with what is wrong by field, such as ``{"url": "Required"}``."""
    return refused(400, detail=problems)


def not_found() -> Refused:
    return refused(404, "The requested resource could not be found.")


def forbidden() -> Refused:
    return refused(403, "You do not have access to this resource.")


def bad_access_token() -> Refused:
    words = "The access token is missing, invalid or has expired"
    return Refused(
        401,
        {"error": "invalid_token", "error_description": words},
        {"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{words}"'},
    )


def oauth(status: int, error: str, description: str) -> Refused:
    """RFC 6749 section 5.2."""
    return Refused(status, {"error": error, "error_description": description}, {"Cache-Control": "no-store"})


def outage(status: int) -> tuple[bytes, str]:
    """The router's own page: no JSON."""
    phrase = HTTPStatus(status).phrase
    return f"{status} {phrase}\n\n{phrase}.\n".encode(), "text/plain"
