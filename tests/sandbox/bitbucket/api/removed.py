# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints across workspaces that went on 2026-04-14: 410, whoever asks.

https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770
"""

from __future__ import annotations

from flask import Blueprint, Response

from .. import errors

group = Blueprint("removed", __name__, url_prefix="/2.0")


@group.get("/repositories")
@group.get("/workspaces")
@group.get("/snippets")
@group.get("/user/permissions/repositories")
@group.get("/user/permissions/workspaces")
def gone() -> Response:
    raise errors.removed()
