# SPDX-License-Identifier: GPL-3.0-or-later
"""The WSGI app: the groups of endpoints put together, and the headers and errors that all of them share."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, g, make_response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from . import errors
from .api import GROUPS

if TYPE_CHECKING:
    from .service import GitLab


class Segment(BaseConverter):
    """One part of the path in which an escaped slash is no separator, as in ``/projects/group%2Fproject``."""

    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        return value.replace(ESCAPED, "/")


ESCAPED = "\x1f"  # stands for %2F while routes are matched


class KeepEscapedSlashes:
    """WSGI paths come unescaped; GitLab tells ``%2F`` from ``/``. So the raw path is looked at."""

    def __init__(self, app: Callable[..., Iterable[bytes]], prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
        if "%2f" in raw.lower():
            path = raw.split("?", 1)[0].removeprefix(self.prefix)
            environ["PATH_INFO"] = unquote_to_bytes(re.sub("%2[fF]", ESCAPED, path)).decode("latin-1")  # as WSGI has it
        return self.app(environ, start_response)


def make_app(service: GitLab) -> Callable[..., Iterable[bytes]]:
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.url_map.converters["part"] = Segment
    app.extensions["gitlab"] = service
    for group in GROUPS:
        app.register_blueprint(group)
    app.register_error_handler(errors.Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_headers)
    return KeepEscapedSlashes(app, f"/{service.name}")


def _refused(error: errors.Refused) -> Response:
    response = make_response(error.body, error.status)
    response.content_type = error.content_type
    response.headers.update(error.headers)
    return response


def _http_error(error: HTTPException) -> Response:
    """Flask's own 404 and 405, in the words of GitLab's API framework."""
    if error.code and error.code < 400:
        return make_response(error.get_response())
    if error.code == 405:
        return _refused(errors.Refused(405, '{"error": "405 Method Not Allowed"}'))
    return _refused(errors.no_route() if error.code == 404 else errors.message(error.code or 500, error.name))


def _headers(response: Response) -> Response:
    response.headers.update(g.get("limit_headers", {}))
    response.headers["X-Request-Id"] = uuid.uuid4().hex[:26].upper()
    response.headers["X-Gitlab-Meta"] = '{"version":"1"}'
    response.headers["Vary"] = "Origin"
    return response
