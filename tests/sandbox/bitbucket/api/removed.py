# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints across workspaces that went on 2026-04-14: 410, whoever asks. One of them can be switched on again.

https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from .. import context, errors, scopes

group = Blueprint("removed", __name__, url_prefix="/2.0")


@group.get("/repositories")
@group.get("/snippets")
@group.get("/user/permissions/repositories")
@group.get("/user/permissions/workspaces")
def gone() -> Response:
    raise errors.removed()


@group.get("/workspaces")
def workspaces() -> Response:
    """Of those who have not noticed, CDS's driver is one: it lists the workspaces before the repositories."""
    service = context.service()
    if not service.cross_workspace_listings:
        raise errors.removed()
    user = context.logged_in(scopes.LIST_WORKSPACES).user
    role = request.args.get("role", "member")
    if role not in ("owner", "collaborator", "member"):
        raise errors.refused(400, f"Invalid role: {role}")
    render = context.render()
    mine = user.workspaces if user else {}
    return context.listing(
        [
            render.workspace(service.workspaces[slug], full=True)
            for slug, permission in sorted(mine.items())
            if role != "owner" or permission == "owner"
        ]
    )
