# SPDX-License-Identifier: GPL-3.0-or-later
"""Protected branches: https://docs.gitlab.com/api/protected_branches/"""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context, errors
from ..model import MAINTAINER, Project, Protection
from ..params import Field, read

group = Blueprint("protected_branches", __name__, url_prefix="/api/v4/projects/<part:project>/protected_branches")
_LEVEL = (0, 30, 40, 60)
_FIELDS = (
    Field("push_access_level", int, False, _LEVEL),
    Field("merge_access_level", int, False, _LEVEL),
    Field("allow_force_push", bool),
)


def _one(project: Project, name: str) -> Protection:
    if name not in project.protections:
        raise errors.not_found()
    return project.protections[name]


@group.get("")
def listing(project: str) -> Response:
    return context.listing(list(context.maintained(project).protections.values()), context.render().protection)


@group.get("/<part:name>")
def get(project: str, name: str) -> Response:
    return context.answer(context.render().protection(_one(context.maintained(project), name)))


@group.post("")
def create(project: str) -> Response:
    place = context.maintained(project)
    given = read((Field("name", required=True), *_FIELDS))
    if given["name"] in place.protections:
        raise errors.message(409, f"Protected branch '{given['name']}' already exists")
    push = given.get("push_access_level", MAINTAINER)
    out = context.service().protect(place, given["name"], push, bool(given.get("allow_force_push")))
    out.merge = given.get("merge_access_level", MAINTAINER)
    return context.answer(context.render().protection(out), 201)


@group.patch("/<part:name>")
def update(project: str, name: str) -> Response:
    found = _one(context.maintained(project), name)
    found.allow_force_push = bool(read(_FIELDS).get("allow_force_push", found.allow_force_push))
    return context.answer(context.render().protection(found))


@group.delete("/<part:name>")
def delete(project: str, name: str) -> Response:
    place = context.maintained(project)
    del place.protections[_one(place, name).name]
    return context.nothing()
