# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer that is an error, raised wherever it turns out; each service has its own words for it."""

from __future__ import annotations

from flask import Response


class Refused(Exception):
    """The request is answered with an error. ``body`` is ready to send."""

    def __init__(
        self, status: int, body: str, content_type: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.content_type = content_type
        self.headers = headers or {}


def response(refused: Refused) -> Response:
    """For ``register_error_handler``."""
    out = Response(refused.body, refused.status, content_type=refused.content_type)
    out.headers.update(refused.headers)
    return out
