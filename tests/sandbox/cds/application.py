# SPDX-License-Identifier: GPL-3.0-or-later
"""The WSGI app: the groups of endpoints put together, and the errors that all of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, make_response
from werkzeug.exceptions import HTTPException

from .. import strictness
from ..escaped_paths import KeepEscapedSlashes, Segment
from . import errors
from .api import GROUPS

if TYPE_CHECKING:
    from .service import Cds


def make_app(service: Cds) -> Callable[..., Iterable[bytes]]:
    app = Flask(__name__, static_folder=None)
    strictness.make_strict(app)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters["part"] = Segment
    app.extensions["cds"] = service
    for group in GROUPS:
        app.register_blueprint(group)

    def refused(error: errors.Refused) -> Response:
        status, value = error.answer(service.version)
        response = jsonify(value)
        response.status_code = status
        return response

    def http_error(error: HTTPException) -> Response:
        """Flask's own 404 and 405, in CDS's words."""
        if error.code and error.code < 400:
            return make_response(error.get_response())
        kind = {404: errors.NOT_FOUND, 405: errors.METHOD_NOT_ALLOWED}.get(error.code or 500, errors.UNKNOWN)
        return refused(kind())

    app.register_error_handler(errors.Refused, refused)
    app.register_error_handler(HTTPException, http_error)
    return KeepEscapedSlashes(app, f"/{service.name}")
