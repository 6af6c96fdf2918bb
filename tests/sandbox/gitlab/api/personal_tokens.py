# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal access tokens: https://docs.gitlab.com/api/personal_access_tokens/"""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response

from .. import context, errors
from ..params import Field, read
from ..tokens import Token
from .access_tokens import check_expiry

group = Blueprint("personal_tokens", __name__, url_prefix="/api/v4/personal_access_tokens")


def _own() -> Token:
    token = context.caller()
    if token is None:
        raise errors.unauthorized()
    return token


@group.get("")
def listing() -> Response:
    context.login()
    return context.listing(context.service().tokens.of_user(context.user()), context.render().token)


@group.get("/self")
def itself() -> Response:
    """Whatever kind of token asks, with whatever scope."""
    context.login(*_any_scope())
    return context.answer(context.render().token(_own()))


@group.delete("/self")
def revoke_itself() -> Response:
    context.login(*_any_scope())
    context.service().revoke(_own())
    return context.nothing()


@group.post("/self/rotate")
def rotate_itself() -> Response:
    context.login("self_rotate")
    service = context.service()
    expires = read([Field("expires_at", date)]).get("expires_at")
    check_expiry(service, expires)
    return context.answer(context.render().token(service.tokens.rotate(_own(), expires), secret=True))


def _any_scope() -> tuple[str, ...]:
    return ("read_user", "read_api", "read_repository", "write_repository", "self_rotate")
