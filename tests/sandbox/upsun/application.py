# SPDX-License-Identifier: GPL-3.0-or-later
"""The WSGI apps: the API gateway, a region's own host, and the authentication server, three hosts of the real service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from flask import Blueprint, Flask, Response, make_response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from . import errors

if TYPE_CHECKING:
    from .service import Upsun

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_ESCAPED = "\x1f"  # stands for %2F while routes are matched


class Segment(BaseConverter):
    """One part of the path in which an escaped slash is no separator: ids of environments are names of branches."""

    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        return value.replace(_ESCAPED, "/")


class _KeepEscapedSlashes:
    """WSGI paths come unescaped; so the raw one is looked at."""

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
        if "%2f" in raw.lower():
            path = raw.split("?", 1)[0]
            path = path.removeprefix(environ.get("SCRIPT_NAME", ""))  # where it came through the server's own port
            environ["PATH_INFO"] = unquote_to_bytes(re.sub("%2[fF]", _ESCAPED, path)).decode("latin-1")
        return self.app(environ, start_response)


class Host:
    """A ``Service`` of the sandbox's server that has one of Upsun's hosts."""

    def __init__(self, name: str, service: Upsun, groups: Iterable[tuple[Blueprint, str]]) -> None:
        self.name = name
        self.app = Flask(__name__, static_folder=None)
        self.app.json.sort_keys = False  # type: ignore[attr-defined]
        self.app.url_map.converters["part"] = Segment
        self.app.extensions["upsun"] = service
        for group, prefix in groups:
            self.app.register_blueprint(group, url_prefix=prefix, name=f"{group.name}{prefix.replace('/', '_')}")
        self.app.register_error_handler(errors.Refused, _refused)
        self.app.register_error_handler(HTTPException, _http_error)
        self.wsgi: WsgiApp = _KeepEscapedSlashes(self.app)

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        return errors.outage(status)


def _refused(error: errors.Refused) -> Response:
    response = make_response(error.body, error.status)
    response.content_type = errors.JSON
    response.headers.update(error.headers)
    return response


def _http_error(error: HTTPException) -> Response:
    """Flask's own 404 and 405, in the words of the API."""
    if error.code and error.code < 400:
        return make_response(error.get_response())
    return _refused(errors.not_found() if error.code == 404 else errors.refused(error.code or 500))
