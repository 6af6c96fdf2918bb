# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP access tokens: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-authentication/

PUT creates and POST changes. Nobody makes or changes a token with a token: that takes the user's password.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from .. import context, errors
from ..model import AccessToken, Project, Repository, User
from .places import ACCESS_TOKENS, PROJECT, REPOSITORY

group = Blueprint("access_tokens", __name__, url_prefix=ACCESS_TOKENS)
_USER = "/users/<user>"


def _owner(change: bool = False, *, user: str = "", key: str = "", slug: str = "") -> User | Project | Repository:
    """Whose tokens they are, if the caller may see (or ``change``) them. Not even administrators make another's."""
    caller = context.logged_in()
    owner: User | Project | Repository
    if user:
        owner = context.user(user)
        permitted = owner is caller.user and caller.is_user
    elif slug:
        owner = context.repository(key, slug, context.ADMIN)
        permitted = True
    else:
        owner = context.project(key, context.ADMIN)
        permitted = True
    if not permitted or (change and caller.token):
        raise errors.not_permitted()
    return owner


def _found(owner: User | Project | Repository, number: str) -> AccessToken:
    found = next((one for one in context.service().tokens.of(owner) if one.id == number), None)
    if found is None:
        raise errors.refused(404, f"No access token with id {number} could be found.", "NoSuchEntityException")
    return found


def _permissions(body: dict[str, Any]) -> list[str] | None:
    given = body.get("permissions")
    if given is not None and not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
        raise errors.invalid(permissions="The permissions must be a list.")
    return given


@group.get(_USER)
@group.get(PROJECT)
@group.get(REPOSITORY)
def listing(**place: str) -> Response:
    owner = _owner(False, **place)
    return context.listing([context.render().token(one) for one in context.service().tokens.of(owner)])


@group.put(_USER)
@group.put(PROJECT)
@group.put(REPOSITORY)
def create(**place: str) -> Response:
    """The one answer that has the token."""
    owner = _owner(True, **place)
    body = context.body()
    days = body.get("expiryDays")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool)):
        raise errors.invalid(expiryDays="The number of days until the expiry must be a number.")
    name = context.text(body, "name") or ""
    made = context.service().create_token(owner, _permissions(body) or [], name, days)
    return context.answer(context.render().token(made, secret=True))


@group.get(f"{_USER}/<number>")
@group.get(f"{PROJECT}/<number>")
@group.get(f"{REPOSITORY}/<number>")
def get(number: str, **place: str) -> Response:
    return context.answer(context.render().token(_found(_owner(False, **place), number)))


@group.post(f"{_USER}/<number>")
@group.post(f"{PROJECT}/<number>")
@group.post(f"{REPOSITORY}/<number>")
def update(number: str, **place: str) -> Response:
    """Name and permissions. An expiry in the request changes nothing."""
    token = _found(_owner(True, **place), number)
    body = context.body()
    context.service().tokens.update(token, context.text(body, "name"), _permissions(body))
    return context.answer(context.render().token(token))


@group.delete(f"{_USER}/<number>")
@group.delete(f"{PROJECT}/<number>")
@group.delete(f"{REPOSITORY}/<number>")
def delete(number: str, **place: str) -> Response:
    _found(_owner(True, **place), number).revoked = True
    return context.empty()
