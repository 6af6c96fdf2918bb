# SPDX-License-Identifier: GPL-3.0-or-later
"""The UI's address, below which the UI service passes on what is for the API (``/cdsapi``) and the hooks (``/cdshooks``)."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request

from .. import context, errors, hooks

group = Blueprint("ui", __name__)
_METHODS = ["GET", "POST", "PUT", "DELETE"]


@group.route("/ui/cdsapi/<path:rest>", methods=["GET"])
def api(rest: str) -> Response:
    """A browser comes here on its way back from Bitbucket. It is sent on, where the UI would pass the call on."""
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(f"{context.service().url}/{rest}{query}", 307)  # type: ignore[return-value]


@group.route("/ui/cdshooks/webhook/<uuid>", methods=_METHODS)
def webhook(uuid: str) -> Response:
    cds = context.service()
    if cds.services.hooks() is None:
        return Response("Bad Gateway\n", 502)
    return context.answer(hooks.incoming(cds, uuid, request.method, dict(request.headers), request.get_data()))


@group.get("/ui/cdshooks/v2/webhook/<path:_rest>")
@group.post("/ui/cdshooks/v2/webhook/<path:_rest>")
def new_webhook(_rest: str) -> Response:
    """The new kind of webhook is not made for Bitbucket Cloud."""
    raise errors.NOT_IMPLEMENTED()


@group.get("/ui/")
@group.get("/ui/project/<path:_rest>")
def page(_rest: str = "") -> Response:
    return Response("<!doctype html><title>CDS</title>\n", 200, content_type="text/html; charset=utf-8")
