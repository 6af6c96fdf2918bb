# SPDX-License-Identifier: GPL-3.0-or-later
"""Since 0.51: the servers of a project, with user name and token of its own. (engine/api/v2_project_vcs.go)"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response

from .. import context, errors, render_projects
from ..authorized import Authorized
from ..model import Project, ProjectVcs

group = Blueprint("project_vcs", __name__)
ROOT = "/v2/project/<key>/vcs"
_AUTH = {
    "username": str,
    "token": str,
    "sshKeyName": str,
    "gpgKeyName": str,
    "emailAddress": str,
    "sshUsername": str,
    "sshPort": int,
    "sshPrivateKey": str,
}
_OPTIONS = {"disableWebhooks": bool, "disableStatus": bool, "disableStatusDetails": bool, "disablePolling": bool}


def find(place: Project, identifier: str) -> ProjectVcs:
    """By name, or by uuid if it looks like one."""
    try:
        uuid.UUID(identifier)
        found = next((one for one in place.vcs.values() if one.id == identifier), None)
    except ValueError:
        found = place.vcs.get(identifier)
    if found is None:
        raise errors.NOT_FOUND()
    return found


def _read(place: Project, old: ProjectVcs | None = None) -> ProjectVcs:
    """What the body says, and all it says: fields it does not have are empty now."""
    body, now = context.yaml_body(), context.service().clock.datetime()
    given = context.pick(body, "auth", dict)
    auth: dict[str, Any] = {name: context.pick(given, name, kind) for name, kind in _AUTH.items()}
    options = context.pick(body, "options", dict)
    out = ProjectVcs(
        context.pick(body, "name"),
        context.pick(body, "type"),
        context.pick(body, "description"),
        context.pick(body, "url"),
        auth,
        {name: context.pick(options, name, kind) for name, kind in _OPTIONS.items()}
        | {"urlApi": context.pick(options, "urlApi")},
        now,
        now,
        context.session().user.username,
    )
    if old:
        out.id, out.created, out.created_by, out.repositories = old.id, old.created, old.created_by, old.repositories
        same_user = auth["username"] == old.auth.get("username")
        if context.version().keeps_vcs_token and same_user and not auth["token"]:
            auth["token"] = old.auth.get("token", "")
    _lint(out, place)
    return out


def _lint(vcs: ProjectVcs, place: Project) -> None:
    if not vcs.auth["sshUsername"]:
        if not vcs.auth["username"]:
            raise errors.INVALID_DATA("missing auth username")
        if not vcs.auth["token"]:
            raise errors.INVALID_DATA("missing auth token")
        if context.version().needs_ssh_key_name and not vcs.auth["sshKeyName"]:
            raise errors.INVALID_DATA("missing auth ssh key name")
    key = vcs.auth["sshKeyName"]
    if key and key not in place.keys:
        raise errors.NOT_FOUND(f"unable to find ssh key {key} on project")


@group.get(ROOT)
@context.ONLY_PROJECT_VCS
def listing(key: str) -> Response:
    place = context.rbac_project(key, "read")
    return context.answer([render_projects.vcs(one) for one in place.vcs.values()])


@group.get(ROOT + "/<part:name>")
@context.ONLY_PROJECT_VCS
def get(key: str, name: str) -> Response:
    found = find(context.rbac_project(key, "read"), name)
    return context.marshalled(render_projects.vcs(found, with_auth=True))


@group.post(ROOT)
@context.ONLY_PROJECT_VCS
def create(key: str) -> Response:
    """Nothing is stored until the vcs service has listed the repositories."""
    place, cds = context.existing(context.rbac_project(key, "manage")), context.service()
    new = _read(place)
    with cds.lock:
        if new.name in place.vcs:
            raise _taken()
        place.vcs[new.name] = new
    try:
        Authorized(cds, place, new.name).repositories()
    except errors.Refused:
        del place.vcs[new.name]
        raise
    return context.marshalled(render_projects.vcs(new), 201)


@group.put(ROOT + "/<part:name>")
@context.ONLY_PROJECT_VCS
def update(key: str, name: str) -> Response:
    """201, and nobody looks whether the credentials are any good."""
    place = context.existing(context.rbac_project(key, "manage"))
    old = find(place, name)
    new = _read(place, old)
    if new.name != old.name and new.name in place.vcs:
        raise _taken()
    place.vcs = {(new.name if one is old else label): (new if one is old else one) for label, one in place.vcs.items()}
    return context.marshalled(render_projects.vcs(new), 201)


def _taken() -> errors.Refused:
    return errors.CONFLICT_DATA('pq: duplicate key value violates unique constraint "idx_unq_name_project_id"')


@group.delete(ROOT + "/<part:name>")
@context.ONLY_PROJECT_VCS
def delete(key: str, name: str) -> Response:
    place = context.rbac_project(key, "manage")
    del place.vcs[find(place, name).name]
    return context.nothing()
