# SPDX-License-Identifier: GPL-3.0-or-later
"""The WSGI app: the groups of endpoints put together, and the headers and errors that all of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, g, make_response
from werkzeug.exceptions import HTTPException

from .. import refusals, strictness
from . import errors
from .api import GROUPS

if TYPE_CHECKING:
    from .service import Bitbucket


# https://developer.atlassian.com/cloud/bitbucket/rest/: what there is at the root, and no operation has the method PATCH.
# Other paths are the site's: workspaces and repositories, or not there.
_ABSENT = (
    r"\w+ /(?!(2\.0|site|account)\b).*",
    r"PATCH /2\.0/.*",
    r"\w+ /2\.0/(?!(addon|hook_events|pullrequests|repositories|snippets|teams|users?|workspaces)\b).*",
)


def make_app(service: Bitbucket) -> Flask:
    app = Flask(__name__, static_folder=None)
    strictness.make_strict(app, _ABSENT)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.config["MAX_FORM_MEMORY_SIZE"] = None  # commits come as forms
    app.extensions["bitbucket"] = service
    for group in GROUPS:
        app.register_blueprint(group)
    app.register_error_handler(errors.Refused, refusals.response)
    app.register_error_handler(HTTPException, _http_error)
    app.after_request(_credential_headers)
    return app


def _http_error(error: HTTPException) -> Response:
    """Flask's own 404 and 405, in Bitbucket's envelope."""
    if error.code and error.code < 400:
        return make_response(error.get_response())
    words = {404: "Resource not found", 405: "Method not allowed"}
    return refusals.response(errors.refused(error.code or 500, words.get(error.code or 500, error.name)))


def _credential_headers(response: Response) -> Response:
    """What the credential is and may, on every answer to it, refusals included.

    https://support.atlassian.com/bitbucket-cloud/kb/how-to-fetch-the-scope-of-a-token-via-command-line/
    """
    credential, need = g.get("credential"), g.get("need")
    if credential:
        response.headers["X-OAuth-Scopes"] = ", ".join(credential.scopes)
        response.headers["X-Credential-Type"] = credential.credential_type
        if need is not None:
            response.headers["X-Accepted-OAuth-Scopes"] = ", ".join(credential.needed(need))
    response.headers.update(g.get("limit_headers", {}))
    return response
