# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS's objects as its JSON has them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .accounts import Accounts
from .model import (
    Application,
    Consumer,
    Group,
    GroupToken,
    Hook,
    Key,
    Link,
    Project,
    ProjectRepository,
    ProjectVcs,
    Run,
    User,
    Workflow,
)
from .versions import Version

Json = dict[str, Any]
# What is told of a project VCS's credentials; the token and the private key never are.
AUTH = ("username", "sshKeyName", "gpgKeyName", "emailAddress", "sshUsername", "sshPort")


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def user(one: User) -> Json:
    return {
        "id": one.id,
        "created": stamp(one.created),
        "username": one.username,
        "fullname": one.fullname,
        "ring": one.ring,
    }


def old_user(one: User) -> Json:
    """Era A's."""
    return {
        "id": 1,
        "username": one.username,
        "fullname": one.fullname,
        "email": one.email,
        "admin": one.ring == "ADMIN",
        "origin": "local",
    }


def group(one: Group, accounts: Accounts, version: Version) -> Json:
    members = [
        {"id": accounts.users[name].id, "username": name, "fullname": accounts.users[name].fullname, "admin": admin}
        for name, admin in one.members.items()
        if name in accounts.users
    ]
    if version.has_consumers:
        return {"id": one.id, "name": one.name, "members": members, "admin": False}
    admins = [member for member in members if member["admin"]]
    return {"id": one.id, "name": one.name, "admins": admins, "users": [m for m in members if not m["admin"]]}


def group_token(one: GroupToken, place: Group) -> Json:
    expiration = {"session": 1, "persistent": 2, "daily": 3}[one.expiration]
    return {
        "id": one.id,
        "group_id": place.id,
        "group_name": place.name,
        "token": one.token,
        "description": one.description,
        "creator": one.creator,
        "expiration": expiration,
        "created": stamp(one.created),
    }


def consumer(one: Consumer, version: Version) -> Json:
    out: Json = {
        "id": one.id,
        "name": one.name,
        "type": one.kind,
        "description": one.description,
        "created": stamp(one.created),
        "issued_at": stamp(one.issued_at) if one.issued_at else "0001-01-01T00:00:00Z",
        "disabled": False,
    }
    if one.parent:
        out["parent_id"] = one.parent.id
    if one.issued_at:
        out["validity_periods"] = [{"issued_at": stamp(one.issued_at), "duration": one.duration}]
    about: Json = {"user_id": one.user.id, "user": user(one.user)}
    if one.group_ids:
        about["group_ids"] = list(one.group_ids)
    if one.scopes:
        about["scope_details"] = [{"scope": scope, "endpoints": None} for scope in one.scopes]
    if one.service_name:
        about["service_name"] = one.service_name
    if one.service_type:
        about["service_type"] = one.service_type
    return out | ({"auth_consumer_user": about} if version.has_consumer_data else about)


def key(one: Key, place: Project) -> Json:
    """The private half is never told."""
    return {
        "id": one.id,
        "name": one.name,
        "public": one.public,
        "private": "**********",
        "key_id": one.key_id,
        "type": one.kind,
        "project_id": place.id,
        "disabled": one.disabled,
        "long_key_id": one.key_id,
    }


def link(one: Link) -> Json:
    return {"name": one.name, "username": one.username}


def vcs(one: ProjectVcs, with_auth: bool = False) -> Json:
    """In lists ``auth`` is empty."""
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


def repository(one: ProjectRepository, place: Project) -> Json:
    return {
        "id": one.id,
        "project_key": place.key,
        "name": one.name,
        "created": stamp(one.created),
        "created_by": one.created_by,
        "clone_url": one.clone_url,
    }


def vcs_servers(place: Project, version: Version) -> list[Json] | None:
    """A project's servers: links, project VCS, or both, as the release has them; none at all is null."""
    if version.has_vcs_servers:
        return [link(one) for one in place.links.values()] or None
    return [vcs(one) for one in place.vcs.values()] or None


def project(place: Project, accounts: Accounts, version: Version, writable: bool, **more: bool) -> Json:
    """``keys``, ``groups`` and ``applications`` say what is added."""
    out: Json = {
        "key": place.key,
        "name": place.name,
        "description": place.description,
        "created": stamp(place.created),
        "last_modified": stamp(place.last_modified),
    }
    if version.has_consumers and not place.description:
        del out["description"]
    servers = vcs_servers(place, version)
    if version.era == "A":
        out.update(icon="", permission=7 if writable else 4, keys=None, vcs_servers=servers, integrations=None)
    else:
        out["permissions"] = {"writable": writable}
        if servers:
            out["vcs_servers"] = servers
    if more.get("keys") and place.keys:
        out["keys"] = [key(one, place) for one in place.keys.values()]
    if more.get("groups"):
        found = [(accounts.group_by_id(number), level) for number, level in place.groups.items()]
        out["groups"] = [
            {"group": {"id": one.id, "name": one.name}, "permission": level} for one, level in found if one is not None
        ]
    if more.get("applications"):
        out["application_names"] = [{"id": one.id, "name": one.name} for one in place.applications.values()]
    return out


def application(one: Application, place: Project) -> Json:
    out: Json = {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "icon": "",
        "project_key": place.key,
        "last_modified": stamp(one.last_modified),
        "vcs_strategy": {
            "connection_type": one.strategy.get("connection_type", ""),
            "ssh_key": one.strategy.get("ssh_key", ""),
            "user": one.strategy.get("user", ""),
            "password": "**********" if one.strategy.get("password") else "",
            "branch": one.strategy.get("branch", ""),
            "default_branch": one.strategy.get("default_branch", ""),
            "pgp_key": one.strategy.get("pgp_key", ""),
        },
        "metadata": None,
        "keys": None,
    }
    for name, value in (("vcs_server", one.vcs_server), ("repository_fullname", one.repository)):
        if value:
            out[name] = value
    return out


def hook(one: Hook) -> Json:
    free = ("eventFilter", "method")
    return {
        "uuid": one.uuid,
        "hook_model_id": 3,
        "hook_model_name": one.model,
        "config": {
            name: {
                "value": value,
                "configurable": name in free,
                "type": "multiple" if name == "eventFilter" else "string",
            }
            for name, value in one.config.items()
            if name not in ("project", "workflow")
        },
        "conditions": {},
    }


def workflow(one: Workflow, place: Project, version: Version) -> Json:
    """``project`` and ``workflow`` of the hooks' settings are not shown."""
    found = place.applications.get(one.application)
    out: Json = {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "project_key": place.key,
        "last_modified": stamp(one.last_modified),
        "history_length": 20,
        "to_delete": one.to_delete,
        "workflow_data": {
            "node": {
                "id": one.node_id,
                "workflow_id": one.id,
                "name": one.node,
                "ref": one.node,
                "type": "pipeline",
                "context": {
                    "pipeline_id": place.pipelines.get(one.pipeline, 0),
                    "pipeline_name": one.pipeline,
                    "application_id": found.id if found else 0,
                    "application_name": one.application,
                },
                "hooks": [hook(entry) for entry in one.hooks] or None,
                "triggers": None,
            },
            "joins": None,
        },
        "notifications": [
            {
                "id": number,
                "workflow_id": one.id,
                "source_node_ref": [one.node],
                "node_id": [one.node_id],
                "type": entry.type,
                "settings": entry.settings,
            }
            for number, entry in enumerate(one.notifications, 1)
        ],
        "permissions": {"readable": True, "writable": True, "executable": True},
    }
    if one.pipeline in place.pipelines:
        number = place.pipelines[one.pipeline]
        out["pipelines"] = {str(number): {"id": number, "name": one.pipeline}}
    if found:
        out["applications"] = {str(found.id): application(found, place)}
    if one.retention_policy and version.purges_by_retention:
        out["retention_policy"] = one.retention_policy
    return out


def run(one: Run, place: Workflow) -> Json:
    return {
        "num": one.number,
        "workflow_id": place.id,
        "status": one.status,
        "start": stamp(one.started_at),
        "last_modified": stamp(one.last_modified),
        "tags": [
            {"tag": name, "value": value}
            for name, value in (("git.branch", one.branch), ("git.hash", one.hash), ("git.tag", one.tag))
            if value
        ],
        "to_delete": one.to_delete,
    }


def vcs_repo(value: Json, version: Version) -> Json:
    """A repository of Bitbucket as CDS shows it.

    Older drivers take the first clone link for http and the second for ssh; since 0.55 links are looked up by the names
    ``http`` and ``ssh``, and Bitbucket's is called ``https``.
    """
    links = value.get("links", {})
    clone = links.get("clone", [])
    if version.clone_links_by_name:
        named = {one["name"]: one["href"] for one in clone}
        http, ssh = named.get("http", ""), named.get("ssh", "")
    else:
        http, ssh = (one["href"] for one in clone[:2])
    html = links.get("html", {}).get("href", "")
    out: Json = {
        "id": value.get("uuid", ""),
        "name": value.get("name", ""),
        "slug": value.get("slug", ""),
        "fullname": value.get("full_name", ""),
        "url": html,
    }
    if version.has_consumers:
        out.update(
            url_commit_format=html + "/commits/%s",
            url_branch_format=html + "/src/%s",
            url_tag_format=html + "/src/%s",
            url_pull_request_format=html + "/pull-requests/%d",
        )
    return out | {"http_url": http, "ssh_url": ssh}
