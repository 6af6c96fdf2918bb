# SPDX-License-Identifier: GPL-3.0-or-later
"""The WSGI app: the groups of endpoints put together, and the headers and errors that all of them share."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g, make_response
from werkzeug.exceptions import HTTPException

from .. import refusals, strictness
from ..escaped_paths import KeepEscapedSlashes, Segment
from . import errors
from .api import GROUPS

if TYPE_CHECKING:
    from .service import GitLab


def make_app(service: GitLab) -> Callable[..., Iterable[bytes]]:
    app = Flask(__name__, static_folder=None)
    strictness.make_strict(app)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.url_map.converters["part"] = Segment
    app.extensions["gitlab"] = service
    for group in GROUPS:
        app.register_blueprint(group)
    app.register_error_handler(errors.Refused, refusals.response)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_headers)
    return KeepEscapedSlashes(app, f"/{service.name}")


def _http_error(error: HTTPException) -> Response:
    """Flask's own 404 and 405, in the words of GitLab's API framework."""
    if error.code and error.code < 400:
        return make_response(error.get_response())
    if error.code == 405:
        return refusals.response(errors.Refused(405, '{"error": "405 Method Not Allowed"}'))
    return refusals.response(errors.no_route() if error.code == 404 else errors.message(error.code or 500, error.name))


def _headers(response: Response) -> Response:
    response.headers.update(g.get("limit_headers", {}))
    response.headers["X-Request-Id"] = uuid.uuid4().hex[:26].upper()
    response.headers["X-Gitlab-Meta"] = '{"version":"1"}'
    response.headers["Vary"] = "Origin"
    return response
