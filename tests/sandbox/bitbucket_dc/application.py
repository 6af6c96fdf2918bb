# SPDX-License-Identifier: GPL-3.0-or-later
"""The WSGI app: the groups of endpoints put together, and the headers and errors that all of them share."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Flask, Response, g, make_response, request
from werkzeug.exceptions import HTTPException

from .. import refusals, strictness
from . import errors
from .api import GROUPS

if TYPE_CHECKING:
    from .service import BitbucketDataCenter

_FORMS = ("", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")


# What is not below the context path; other versions than latest and 1.0; and Tomcat refuses an escaped slash, so a ref's
# full name is never one commit's id.
_ABSENT = (
    r"\w+ /(?!(rest|scm|projects|users|repos|plugins|admin|account|login|dashboard|mvc|status|s)\b).*",
    r"\w+ /rest/api/(?!(latest|1\.0)/).*",
    r"GET /rest/api/[^/]+/projects/[^/]+/repos/[^/]+/commits/refs/.*",
)


def make_app(service: BitbucketDataCenter) -> Flask:
    app = Flask(__name__, static_folder=None)
    strictness.make_strict(app, _ABSENT)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.config["MAX_FORM_MEMORY_SIZE"] = None  # files come as forms
    app.extensions["bitbucket-dc"] = service
    for group in GROUPS:
        app.register_blueprint(group)
    app.url_value_preprocessor(_drop_version)
    app.before_request(_xsrf)
    app.register_error_handler(errors.Refused, refusals.response)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_headers)
    return app


def _drop_version(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """``latest`` and ``1.0`` are the same."""
    if values:
        values.pop("version", None)


def _xsrf() -> Response | None:
    """A POST that a page's form could have sent is not taken, not even an empty one without a content type.

    https://confluence.atlassian.com/kb/cross-site-request-forgery-csrf-protection-changes-in-atlassian-rest-779294918.html
    """
    if request.method != "POST" or not request.path.startswith("/rest/") or request.mimetype not in _FORMS:
        return None
    if request.headers.get("X-Atlassian-Token", "").lower() in ("no-check", "nocheck"):
        return None
    return refusals.response(errors.plain(403, "XSRF check failed"))


def _http_error(error: HTTPException) -> Response:
    """Paths and methods that are not there: the servlet container's words for REST, a page for everything else."""
    if error.code and error.code < 400:
        return make_response(error.get_response())
    status = error.code or 500
    if request.path.startswith("/rest/") and status in (404, 405):
        words = "null for uri: " + request.base_url if status == 404 else "HTTP 405 Method Not Allowed"
        return refusals.response(
            errors.Refused(status, json.dumps({"message": words, "status-code": status}), errors.JSON)
        )
    return refusals.response(
        errors.Refused(status, f"<html><title>{error.name} - Bitbucket</title></html>\n", errors.HTML)
    )


def _headers(response: Response) -> Response:
    """Who Bitbucket took the caller for: the one proof that a credential is good where anonymous callers are served."""
    response.headers["X-AREQUESTID"] = f"@{secrets.token_hex(4).upper()}x1x1x0"
    caller = g.get("caller")
    if caller:
        response.headers["X-AUSERID"] = str(caller.user.id)
        response.headers["X-AUSERNAME"] = quote(caller.user.name, safe="@")
    return response
