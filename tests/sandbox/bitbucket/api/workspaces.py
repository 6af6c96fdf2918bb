# SPDX-License-Identifier: GPL-3.0-or-later
"""One workspace: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-workspaces/"""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context, scopes

group = Blueprint("workspaces", __name__, url_prefix="/2.0/workspaces")


@group.get("/<workspace>")
def get(workspace: str) -> Response:
    found = context.workspace(workspace, scopes.READ_WORKSPACE)
    return context.answer(context.render().workspace(found, full=True))
