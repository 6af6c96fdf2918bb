# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups and namespaces: https://docs.gitlab.com/api/groups/ and https://docs.gitlab.com/api/namespaces/"""

from __future__ import annotations

from flask import Blueprint, Response, request

from .. import context, errors, paths, project_filters
from ..model import MAINTAINER, OWNER, VISIBILITIES, Namespace, Project
from ..params import Field, read

group = Blueprint("groups", __name__, url_prefix="/api/v4")
_CREATE = (
    Field("name", required=True),
    Field("path", required=True),
    Field("parent_id", int),
    Field("description"),
    Field("visibility", str, False, VISIBILITIES),
)


def _visible(kind: str | None = None) -> list[Namespace]:
    user, search = context.user(), request.args.get("search", "").lower()
    return [
        one
        for one in list(context.service().namespaces.values())
        if kind in (None, one.kind) and one.level(user) and search in f"{one.full_path} {one.name}".lower()
    ]


@group.get("/namespaces")
def namespaces() -> Response:
    context.login()
    return context.listing(_visible(), context.render().namespace)


@group.get("/namespaces/<part:name>")
def namespace(name: str) -> Response:
    context.login()
    return context.answer(context.render().namespace(context.namespace(name)))


@group.get("/groups")
def listing() -> Response:
    context.login()
    return context.listing(_visible("group"), context.render().group)


@group.post("/groups")
def create() -> Response:
    """Whoever creates a group owns it; below another one at least its maintainer may."""
    context.login()
    given, service, user = read(_CREATE), context.service(), context.user()
    parent = service.find_namespace(given["parent_id"]) if given.get("parent_id") else None
    if user.bot_of is not None or (parent is not None and parent.level(user) < MAINTAINER):
        raise errors.forbidden()
    if given.get("parent_id") and parent is None:
        raise errors.not_found("Group")
    wrong = paths.problems(given["path"], paths.RESERVED if parent else paths.RESERVED_ON_TOP)
    if wrong:
        listed = ", ".join(f'"{words}"' for words in wrong)
        raise errors.message(400, f"Failed to save group {{:path=>[{listed}]}}")
    full = f"{parent.full_path}/{given['path']}" if parent else given["path"]
    if service.find_namespace(full):
        raise errors.message(400, 'Failed to save group {:path=>["has already been taken"]}')
    out = service.create_group(given["path"], given["name"], parent, given.get("visibility") or "private")
    out.description = given.get("description") or ""
    out.members[user.id] = OWNER
    return context.answer(context.render().group(out), 201)


@group.get("/groups/<part:name>")
def get(name: str) -> Response:
    context.login()
    found = context.namespace(name)
    if found.kind != "group":
        raise errors.not_found("Group")
    return context.answer(context.render().group(found))


@group.get("/groups/<part:name>/projects")
def projects(name: str) -> Response:
    """Those of the group, with ``include_subgroups`` all below it."""
    context.login()
    found, user = context.namespace(name), context.user()
    if found.kind != "group":
        raise errors.not_found("Group")
    below = request.args.get("include_subgroups", "").lower() in ("true", "1")
    given = read(project_filters.FIELDS)
    mine = [
        one
        for one in list(context.service().projects.values())
        if one.visible_to(user)
        and (one.namespace is found or (below and one.full_path.startswith(f"{found.full_path}/")))
    ]

    def draw(one: Project) -> object:
        if given.get("simple"):
            return context.render().project_basic(one)
        return context.render().project(one, user, one.level(user) >= MAINTAINER)

    return context.listing(project_filters.select(mine, given, user), draw)
