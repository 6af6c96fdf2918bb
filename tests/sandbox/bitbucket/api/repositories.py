# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories of a workspace: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/"""

from __future__ import annotations

from flask import Blueprint, Response, request

from .. import context, errors, scopes

group = Blueprint("repositories", __name__, url_prefix="/2.0/repositories")
_ROLES = {"member": "read", "contributor": "write", "admin": "admin", "owner": "admin"}


@group.get("/<workspace>")
def listing(workspace: str) -> Response:
    """What the caller can see of a workspace; ``role`` leaves those where the caller is something."""
    credential = context.authorize(scopes.READ_REPOSITORY)
    place = context.service().find_workspace(workspace)
    if place is None:
        raise errors.not_found(f"No workspace with identifier '{workspace}'.")
    role = request.args.get("role")
    if role is not None and role not in _ROLES:
        raise errors.refused(400, f"Invalid role: {role}")
    if role is not None and credential is None:
        raise errors.login_failed()
    render = context.render()
    return context.listing(
        [
            render.repository(repository)
            for repository in list(place.repositories.values())
            if (role is None and not repository.is_private)
            or (credential is not None and credential.may(repository, _ROLES[role or "member"]))
        ]
    )


@group.get("/<workspace>/<slug>")
def get(workspace: str, slug: str) -> Response:
    found = context.repository(workspace, slug, scopes.READ_REPOSITORY)
    return context.answer(context.render().repository(found))
