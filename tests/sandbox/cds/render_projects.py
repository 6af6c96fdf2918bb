# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects as CDS's JSON has them, with their keys, groups and VCS servers. (sdk/project.go, sdk/vcs.go, sdk/repository.go)"""

from __future__ import annotations

from typing import Any

from .accounts import Accounts
from .model import Key, Link, Project, ProjectRepository, ProjectVcs
from .render import NEVER, Json, stamp
from .versions import Version

# What is shown of a project VCS's credentials; the token and the private key never are.
AUTH = ("username", "sshKeyName", "gpgKeyName", "emailAddress", "sshUsername", "sshPort")


def key(one: Key, place: Project, version: Version) -> Json:
    """The private half is never shown."""
    out: Json = {
        "id": one.id,
        "name": one.name,
        "public": one.public,
        "private": "**********",
        "key_id": one.key_id,
        "type": one.kind,
        "project_id": place.id,
        "disabled": one.disabled,
    }
    return out | ({"long_key_id": one.key_id} if version.has_v2_keys else {})


def link(one: Link, version: Version) -> Json:
    """Since 0.51.0 a link has the form of a project VCS, with nothing in it but its name and who made it."""
    if not version.has_project_vcs:
        return {"name": one.name, "username": one.username}
    return {
        "id": "",
        "name": one.name,
        "type": "",
        "created": NEVER,
        "last_modified": NEVER,
        "created_by": one.username,
        "description": "",
        "url": "",
        "auth": {},
        "options": {},
    }


def vcs(one: ProjectVcs, with_auth: bool = False) -> Json:
    """``auth`` is empty in lists, and in the answers to POST and PUT."""
    return {
        "id": one.id,
        "name": one.name,
        "type": one.type,
        "created": stamp(one.created),
        "last_modified": stamp(one.last_modified),
        "created_by": one.created_by,
        "description": one.description,
        "url": one.url,
        "auth": {name: one.auth[name] for name in AUTH if one.auth.get(name)} if with_auth else {},
        "options": {name: value for name, value in one.options.items() if value},
    }


def repository(one: ProjectRepository, server: ProjectVcs, place: Project, version: Version) -> Json:
    """Up to 0.53.0 with the webhook of its own that a repository had."""
    out: Json = {"id": one.id}
    if version.era == "C":
        out["project_key"] = place.key
    out |= {"name": one.name, "created": stamp(one.created), "created_by": one.created_by}
    if version.era != "C":
        values = (
            ("project", place.key),
            ("repoFullName", one.name),
            ("vcsServer", server.name),
            ("vcsType", server.type),
        )
        fixed = {"configurable": False, "type": "string", "multiple_choice_list": None}
        out["hook_configuration"] = {name: {"value": value, **fixed} for name, value in values}
        out["hook_sign_key"] = "**********"
    return out | {"clone_url": one.clone_url}


def vcs_servers(place: Project, version: Version, with_auth: bool = False) -> list[Json] | None:
    """A project's servers, links or project VCS as the release has them. None at all is null before 0.51.0."""
    if version.has_vcs_servers:
        found = [link(one, version) for one in place.links.values()]
        return found if found or version.has_project_vcs else None
    return [vcs(one, with_auth) for one in place.vcs.values()]


def project(place: Project, accounts: Accounts, version: Version, writable: bool, **more: bool) -> Json:
    """``keys``, ``groups`` and ``applications`` say what is added, ``new`` that this is the answer to a POST."""
    out: Json = {"key": place.key, "name": place.name, "description": place.description}
    if version.has_lean_projects and not place.description:
        del out["description"]
    # The engine does not read the column.
    out["created"] = NEVER if version.has_consumers else stamp(place.created)
    out["last_modified"] = stamp(place.last_modified)
    new = bool(more.get("new"))
    servers = vcs_servers(place, version, with_auth=True)
    if version.era == "A":
        out.update(icon="", permission=7 if writable else 4, keys=None, vcs_servers=servers, integrations=None)
    elif version.has_lean_projects:
        out |= {"vcs_servers": servers} if servers else {}
        out |= {} if new else {"urls": _urls(place)}
        out["permissions"] = {"writable": writable}
    else:
        out |= {"icon": "", "permissions": {"readable": True, "writable": writable, "executable": writable and not new}}
        out |= {"metadata": None, "vcs_servers": servers, "integrations": [] if new else None, "features": None}
        out |= {"favorite": False} if version.has_vcs_servers else {}
        out |= {"urls": {} if new else _urls(place), "organization": ""}
    return out | _additions(place, accounts, version, more)


def _urls(place: Project) -> Json:
    return {
        "api_url": f"http://localhost:8081/project/{place.key}",
        "ui_url": f"http://localhost:8080/project/{place.key}",
    }


def _additions(place: Project, accounts: Accounts, version: Version, more: dict[str, bool]) -> dict[str, Any]:
    out: Json = {}
    if more.get("keys") and place.keys:
        out["keys"] = [key(one, place, version) for one in place.keys.values()]
    if more.get("groups"):
        found = [(accounts.group_by_id(number), level) for number, level in place.groups.items()]
        out["groups"] = [
            {"group": {"id": one.id, "name": one.name}, "permission": level} for one, level in found if one is not None
        ]
    if more.get("applications"):
        out["application_names"] = [{"id": one.id, "name": one.name} for one in place.applications.values()]
    return out
