# SPDX-License-Identifier: GPL-3.0-or-later
"""The WSGI apps: the API gateway, a region's own host, and the authentication server, three hosts of the real service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, make_response
from werkzeug.exceptions import HTTPException

from .. import strictness
from ..escaped_paths import KeepEscapedSlashes, Segment
from ..server import MadeWhenAsked, WsgiApp
from . import errors

if TYPE_CHECKING:
    from .service import Upsun


class Host:
    """A ``Service`` of the sandbox's server that has one of Upsun's hosts."""

    def __init__(
        self, name: str, service: Upsun, groups: Iterable[tuple[Blueprint, str]], absent: Iterable[str] = ()
    ) -> None:
        """``absent``: what this host is known not to have, see ``make_strict``."""
        self.name = name
        self.wsgi: WsgiApp = MadeWhenAsked(lambda: KeepEscapedSlashes(_make_app(service, groups, absent), f"/{name}"))

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        return errors.outage(status)


def _make_app(service: Upsun, groups: Iterable[tuple[Blueprint, str]], absent: Iterable[str]) -> Flask:
    app = Flask(__name__, static_folder=None)
    strictness.make_strict(app, absent)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters["part"] = Segment
    app.extensions["upsun"] = service
    for group, prefix in groups:
        app.register_blueprint(group, url_prefix=prefix, name=f"{group.name}{prefix.replace('/', '_')}")
    app.register_error_handler(errors.Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    return app


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
