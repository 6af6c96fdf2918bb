# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-project/"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from .. import context, errors
from ..permissions import PROJECT as PROJECT_PERMISSIONS
from ..permissions import level
from .places import API, PROJECT

group = Blueprint("projects", __name__, url_prefix=API)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}")


@group.get("/projects")
def listing() -> Response:
    """What the caller may see something of."""
    context.authorize()
    name, permission = request.args.get("name", "").lower(), request.args.get("permission")
    if permission is not None and permission not in (*PROJECT_PERMISSIONS, "PROJECT_VIEW"):
        raise errors.refused(400, f"{permission} is not a project permission.")
    needed = level(permission) if permission in PROJECT_PERMISSIONS else context.NONE
    found = []
    for project in sorted(context.service().projects.values(), key=lambda one: one.name.lower()):
        seen = max([context.level(project), *(context.level(one) for one in project.repositories.values())])
        if seen and context.level(project) >= needed and name in project.name.lower():
            found.append(context.render().project(project))
    return context.listing(found)


@group.post("/projects")
def create() -> Response:
    caller = context.logged_in()
    if not caller.may_create_projects():
        raise errors.not_permitted()
    body = context.body()
    key, name = context.text(body, "key") or "", context.text(body, "name")
    if not _KEY.fullmatch(key):
        raise errors.invalid(key="The project key must start with a letter and only have letters, digits and _.")
    service = context.service()
    if not name:
        raise errors.invalid(name="The project name must be provided.")
    if service.find_project(key) or any(one.name.lower() == name.lower() for one in service.projects.values()):
        raise errors.refused(409, "This project key or name is already in use.", "project.DuplicateProjectException")
    made = service.create_project(key, name, bool(body.get("public", False)))
    made.description = context.text(body, "description") or ""
    caller.user.grants[made.key] = "PROJECT_ADMIN"
    return context.answer(context.render().project(made), 201)


@group.get(PROJECT)
def get(key: str) -> Response:
    return context.answer(context.render().project(context.project(key)))


@group.put(PROJECT)
def update(key: str) -> Response:
    """Name, description and whether everybody may read; what is not sent stays. Keys are not changed here."""
    project = context.project(key, context.ADMIN)
    body = context.body()
    with context.service().lock:
        project.name = context.text(body, "name") or project.name
        if "description" in body:
            project.description = context.text(body, "description") or ""
        project.public = bool(body.get("public", project.public))
    return context.answer(context.render().project(project))


@group.delete(PROJECT)
def delete(key: str) -> Response:
    project = context.project(key, context.ADMIN)
    if project.repositories:
        raise errors.refused(
            409,
            f"The project {project.key} cannot be deleted because it has repositories.",
            "IntegrityException",
        )
    service = context.service()
    with service.lock:
        del service.projects[project.key]
    service.tokens.revoke_all(project)
    return context.empty()
