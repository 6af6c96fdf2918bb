# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups, and era A's tokens of groups, which services sign in with."""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context, errors, render
from ..model import Group

group = Blueprint("groups", __name__)


def _group(name: str) -> Group:
    found = context.service().accounts.groups.get(name)
    if found is None:
        raise errors.NOT_FOUND() if context.version().has_consumers else errors.NO_GROUP()
    return found


def _administered(name: str) -> Group:
    who, found = context.login(), _group(name)
    if not found.members.get(who.user.username) and not context.is_admin():
        raise errors.FORBIDDEN()
    return found


@group.get("/group")
def listing() -> Response:
    who = context.login("Group")
    accounts = context.service().accounts
    every = [one for one in accounts.groups.values() if context.is_maintainer() or who.user.username in one.members]
    if context.version().has_consumers:
        return context.answer([render.listed_group(one, context.version()) for one in every])
    return context.answer([render.group(one, accounts, context.version()) for one in every])


@group.get("/group/<name>")
def get(name: str) -> Response:
    context.login("Group")
    return context.answer(render.group(_group(name), context.service().accounts, context.version()))


@group.post("/group")
def create() -> Response:
    who, accounts = context.login("Group"), context.service().accounts
    name = context.pick(context.body(), "name")
    if name in accounts.groups:
        raise errors.Kind(33, 403, "group already exists", (409, "group already exists"))()
    return context.answer(render.group(accounts.add_group(name, who.user), accounts, context.version()), 201)


@group.get("/group/<name>/token")
@context.ONLY_A
def tokens(name: str) -> Response:
    found = _administered(name)
    return context.answer([render.group_token(token, found) for token in found.tokens.values()])


@group.post("/group/<name>/token")
@context.ONLY_A
def create_token(name: str) -> Response:
    """One more each time, whatever its description."""
    found, body = _administered(name), context.body()
    expiration, description = context.pick(body, "expiration"), context.pick(body, "description")
    token = context.service().accounts.add_group_token(found, expiration, description, context.session().user.fullname)
    return context.answer(render.group_token(token, found))


@group.delete("/group/<name>/token/<int:number>")
@context.ONLY_A
def delete_token(name: str, number: int) -> Response:
    """What is not there is deleted as well."""
    _administered(name).tokens.pop(number, None)
    return context.answer(None)
