# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects: https://docs.upsun.com/api/#tag/Project"""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context

group = Blueprint("projects", __name__)


@group.get("/projects/<part:project_id>")
def get(project_id: str) -> Response:
    project = context.project(project_id)
    return context.answer(context.render(project).project(project))


@group.get("/projects/<part:project_id>/capabilities")
def capabilities(project_id: str) -> Response:
    return context.answer(context.render().capabilities(context.project(project_id)))
