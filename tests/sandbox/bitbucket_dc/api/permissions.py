# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-permission-management/"""

from __future__ import annotations

from flask import Blueprint, Response, request

from .. import context, errors
from ..model import Project, Repository, User
from ..permissions import GLOBAL, PROJECT, REPOSITORY, level
from . import places

group = Blueprint("permissions", __name__, url_prefix=places.API)
_ON_PROJECT, _ON_REPOSITORY = f"{places.PROJECT}/permissions/users", f"{places.REPOSITORY}/permissions/users"


def _place(key: str, slug: str = "") -> tuple[str, tuple[str, ...], Project | Repository]:
    """Where grants are kept, which there are, and the place itself; for its administrators."""
    if slug:
        repository = context.repository(key, slug, context.ADMIN)
        return repository.full_name, REPOSITORY, repository
    project = context.project(key, context.ADMIN)
    return project.key, PROJECT, project


def _users() -> list[User]:
    """Those the query names."""
    names = request.args.getlist("name")
    known = context.service().users
    if not names:
        raise errors.invalid(name="At least one user must be named.")
    for name in names:
        if name.lower() not in known:
            raise errors.no_user(name)
    return [known[name.lower()] for name in names]


def _check_own(user: User, permission: str | None, status: int) -> None:
    """Nobody takes a permission from the own account, unless a global one gives it back."""
    caller = context.logged_in()
    own = user is caller.user and GLOBAL.index(user.permission) < GLOBAL.index("ADMIN")
    if own and (permission is None or level(permission) < context.ADMIN):
        raise errors.refused(status, "You may not reduce your own permission level.", "IntegrityException")


@group.get(_ON_PROJECT)
@group.get(_ON_REPOSITORY)
def listing(**place: str) -> Response:
    """Those who have a grant right there, not those who inherit one."""
    where, _, _ = _place(**place)
    text = request.args.get("filter", "").lower()
    return context.listing(
        [
            {"user": context.render().user(user), "permission": user.grants[where]}
            for user in list(context.service().users.values())
            if where in user.grants and text in user.name.lower()
        ]
    )


@group.put(_ON_PROJECT)
@group.put(_ON_REPOSITORY)
def grant(**place: str) -> Response:
    where, known, _ = _place(**place)
    permission = request.args.get("permission", "")
    if permission not in known:
        raise errors.refused(400, f"{permission} is not a valid permission here.")
    for user in _users():
        _check_own(user, permission, 403)
        user.grants[where] = permission
    return context.empty()


@group.delete(_ON_PROJECT)
@group.delete(_ON_REPOSITORY)
def revoke(**place: str) -> Response:
    where, _, _ = _place(**place)
    for user in _users():
        _check_own(user, None, 409)
        user.grants.pop(where, None)
    return context.empty()
