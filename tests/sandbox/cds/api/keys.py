# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of projects, which repositories are cloned with: by the rights of groups, and later by rules as well."""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context, errors, keypairs, render_projects
from ..model import Project

group = Blueprint("keys", __name__)
_OLD, _NEW = "/project/<key>/keys", "/v2/project/<key>/keys"
ONLY_V2 = context.only(lambda release: release.has_v2_keys)


@group.get(_OLD)
def listing(key: str) -> Response:
    return _listed(context.project(key))


@group.get(_NEW)
@ONLY_V2
def new_listing(key: str) -> Response:
    return _listed(context.rbac_project(key, "read"))


def _listed(place: Project) -> Response:
    return context.answer([render_projects.key(one, place, context.version()) for one in place.keys.values()])


@group.post(_OLD)
def create(key: str) -> Response:
    return _created(context.project(key))


@group.post(_NEW)
@ONLY_V2
def new_create(key: str) -> Response:
    return _created(context.rbac_project(key, "manage"))


def _created(place: Project) -> Response:
    """A name without ``proj-`` gets it."""
    body, cds = context.body(), context.service()
    name, kind = context.pick(body, "name"), context.pick(body, "type")
    if not name.startswith("proj-"):
        name = f"proj-{name}"
    if kind not in keypairs.KINDS:
        raise errors.UNKNOWN_KEY_TYPE()
    if name in place.keys:
        raise errors.KEY_EXISTS()
    place.keys[name] = keypairs.generate(cds.accounts.next_id(), name, kind)
    return context.answer(render_projects.key(place.keys[name], place, context.version()))


@group.delete(_OLD + "/<name>")
def delete(key: str, name: str) -> Response:
    return _deleted(context.project(key), name)


@group.delete(_NEW + "/<name>")
@ONLY_V2
def new_delete(key: str, name: str) -> Response:
    return _deleted(context.rbac_project(key, "manage"), name)


def _deleted(place: Project, name: str) -> Response:
    """Not while a server of the project needs the key."""
    if name not in place.keys:
        raise errors.KEY_NOT_FOUND()
    for vcs in place.vcs.values():
        if vcs.auth.get("sshKeyName") == name:
            raise errors.WRONG_REQUEST(f"the ssh key is used by the vcs integration {vcs.name}")
    del place.keys[name]
    return context.answer(None)
