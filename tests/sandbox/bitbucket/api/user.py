# SPDX-License-Identifier: GPL-3.0-or-later
"""The caller: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/"""

from __future__ import annotations

from flask import Blueprint, Response, request

from .. import context, errors, scopes
from ..model import User, Workspace

group = Blueprint("user", __name__, url_prefix="/2.0/user")


def _caller(need: scopes.Need) -> User:
    """The user who calls. Access tokens are no user and get 403, with the headers that tell what they are."""
    credential = context.logged_in(need)
    if credential.is_access_token or credential.user is None:
        raise errors.forbidden()
    return credential.user


def _own_workspace(user: User, slug: str) -> Workspace:
    found = context.service().find_workspace(slug)
    if found is None:
        raise errors.not_found(f"No workspace with identifier '{slug}'.")
    if user.role(found) is None:
        raise errors.forbidden()
    return found


@group.get("")
def who() -> Response:
    user = _caller(scopes.READ_USER)
    return context.answer(context.render().user(user, full=True))


@group.get("/emails")
def emails() -> Response:
    user = _caller(scopes.READ_EMAIL)
    place = f"{context.service().api_url}/user/emails/{user.email}"
    return context.listing(
        [
            {
                "type": "email",
                "email": user.email,
                "is_primary": True,
                "is_confirmed": True,
                "links": {"self": {"href": place}},
            }
        ]
    )


@group.get("/workspaces")
def workspaces() -> Response:
    user = _caller(scopes.LIST_WORKSPACES)
    service, render = context.service(), context.render()
    values = [
        {
            "type": "workspace_access",
            "administrator": role == "owner",
            "workspace": render.workspace_base(service.workspaces[slug]),
        }
        for slug, role in sorted(user.workspaces.items())
    ]
    wanted = request.args.get("administrator")
    if wanted is not None:
        values = [value for value in values if value["administrator"] is (wanted.lower() == "true")]
    return context.listing(values)


@group.get("/workspaces/<workspace>/permission")
def permission(workspace: str) -> Response:
    user = _caller(scopes.LIST_WORKSPACES)
    place, render = _own_workspace(user, workspace), context.render()
    member = f"{context.service().api_url}/workspaces/{place.slug}/members/{user.uuid}"
    return context.answer(
        {
            "type": "workspace_membership",
            "permission": user.role(place),
            "user": render.user(user),
            "workspace": render.workspace(place),
            "links": {"self": {"href": member}},
        }
    )


@group.get("/workspaces/<workspace>/permissions/repositories")
def repository_permissions(workspace: str) -> Response:
    user = _caller(scopes.READ_PERMISSIONS)
    place, render = _own_workspace(user, workspace), context.render()
    return context.listing(
        [
            {
                "type": "repository_permission",
                "permission": user.level(repository),
                "user": render.user(user),
                "repository": render.repository_base(repository),
            }
            for repository in list(place.repositories.values())
            if user.level(repository) != "none"
        ]
    )
