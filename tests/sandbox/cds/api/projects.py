# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects. A new one gets a group, unless it names some, and two keys."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from .. import context, errors, keypairs, render_projects
from ..accounts import SHARED_INFRA
from ..model import WRITE, Group, Project

group = Blueprint("projects", __name__)
_KEY = re.compile(r"[A-Z0-9]+")
DEFAULT_GROUP = "default"


def _flag(name: str) -> bool:
    return request.args.get(name, "").lower() in ("1", "t", "true")


def _answer(place: Project, status: int = 200, **more: bool) -> Response:
    cds = context.service()
    mine = cds.accounts.group_ids(context.session())
    writable = context.is_admin() or any(level == WRITE and number in mine for number, level in place.groups.items())
    return context.answer(render_projects.project(place, cds.accounts, cds.version, writable, **more), status)


@group.get("/project")
def listing() -> Response:
    who = context.login("Project")
    cds = context.service()
    mine = cds.accounts.group_ids(who)
    every = [one for one in cds.projects.values() if context.is_maintainer() or mine & set(one.groups)]
    return context.answer(
        [render_projects.project(one, cds.accounts, cds.version, context.is_admin()) for one in every]
    )


@group.get("/project/<key>")
def get(key: str) -> Response:
    place = context.project(key)
    names = _flag("withApplicationNames") or _flag("withApplications")
    return _answer(place, keys=_flag("withKeys"), groups=_flag("withGroups"), applications=names)


@group.post("/project")
def create() -> Response:
    context.login("Project")
    cds, body = context.service(), context.body()
    key, name = context.pick(body, "key"), context.pick(body, "name")
    if not _KEY.fullmatch(key):
        raise errors.INVALID_PROJECT_KEY()
    if not name:
        raise errors.INVALID_PROJECT_NAME()
    with cds.lock:
        if key in cds.projects:
            raise (
                errors.CONFLICT()
                if not cds.version.has_consumers
                else errors.ALREADY_EXISTS(f"project {key} already exists")
            )
        groups = _groups(context.pick(body, "groups", list)) or {_own_group(name): WRITE}
        now = cds.clock.datetime()
        place = Project(cds.accounts.next_id(), key, name, context.pick(body, "description"), now, now)
        place.groups = {one.id: level for one, level in groups.items()}
        for kind in keypairs.KINDS:
            new = keypairs.generate(cds.accounts.next_id(), keypairs.default_name(key, kind), kind)
            place.keys[new.name] = new
        cds.projects[key] = place
    # The groups are in the answer only while they are made out of the request.
    return _answer(place, 201, keys=True, groups=not cds.version.has_consumers, new=True)


def _groups(wanted: list[object]) -> dict[Group, int]:
    """The groups that are named; since there are consumers all of them with full rights, whatever was asked for."""
    cds, out = context.service(), {}
    for entry in wanted:
        if not isinstance(entry, dict):
            raise errors.WRONG_REQUEST("json: cannot unmarshal groups")
        about = context.pick(entry, "group", dict)
        name, number = context.pick(about, "name"), context.pick(about, "id", int)
        found = cds.accounts.group_by_id(number) if number else cds.accounts.groups.get(name)
        if not cds.version.has_consumers:
            found = found or cds.accounts.add_group(name, context.session().user)
            out[found] = context.pick(entry, "permission", int)
            continue
        if found is None:
            raise errors.NOT_FOUND()
        if found.name == DEFAULT_GROUP:
            raise errors.WRONG_REQUEST("cannot use default group to create project")
        mine = found.id in cds.accounts.group_ids(context.session()) or found.name == SHARED_INFRA
        if not mine and not context.is_admin():
            raise errors.INVALID_GROUP_MEMBER()
        out[found] = WRITE
    return out


def _own_group(project_name: str) -> Group:
    """A group named after the project; there must not be one yet."""
    cds = context.service()
    if cds.version.has_consumers:
        name = re.sub(r"[^a-z0-9]+", "-", project_name.lower()).strip("-")
        if name in cds.accounts.groups:
            raise errors.WRONG_REQUEST(f"cannot create a new group {name} for given project name")
    else:
        name = project_name.replace(" ", "")
        if project_name in cds.accounts.groups:
            raise errors.GROUP_PRESENT()
    return cds.accounts.add_group(name, context.session().user)


@group.put("/project/<key>")
def update(key: str) -> Response:
    """Name and description, both of them: what is not sent is emptied."""
    place, body = context.project(key), context.body()
    if not context.pick(body, "name"):
        raise errors.INVALID_PROJECT_NAME()
    if context.pick(body, "key") != key:
        raise errors.WRONG_REQUEST()
    place.name, place.description = context.pick(body, "name"), context.pick(body, "description")
    place.last_modified = context.service().clock.datetime()
    return _answer(place)


@group.delete("/project/<key>")
def delete(key: str) -> Response:
    place = context.project(key)
    if place.pipelines:
        raise errors.Kind(8, 403, "project contains a pipeline")()
    if place.applications:
        raise errors.PROJECT_HAS_APPLICATION()
    del context.service().projects[key]
    return context.nothing()
