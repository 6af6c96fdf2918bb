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
    Project,
    Run,
    User,
    Workflow,
)
from .versions import Version

Json = dict[str, Any]
ORGANIZATION = "default"
NEVER = "0001-01-01T00:00:00Z"  # Go's zero time, where CDS has read no time


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def user(one: User, version: Version, with_organization: bool = False) -> Json:
    """``groups`` and ``favorites`` are never loaded where this is used; the organization is not for every answer."""
    out: Json = {
        "id": one.id,
        "created": stamp(one.created),
        "username": one.username,
        "fullname": one.fullname,
        "ring": one.ring,
    }
    if version.has_organizations:
        out |= ({} if version.since(0, 55, 2) else {"favorites": None}) | {"groups": None}
        out |= {"organization": ORGANIZATION} if with_organization else {}
    return out


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


def listed_group(one: Group, version: Version) -> Json:
    """As ``GET /group`` has it since there are consumers: without members. The organization comes from the members."""
    out: Json = {"id": one.id, "name": one.name}
    return out | ({"organization": ORGANIZATION} if version.has_organizations and one.members else {})


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


def no_service() -> Json:
    """The service that has signed in, when it was none: all of its fields empty."""
    return {
        "id": 0,
        "name": "",
        "type": "",
        "http_url": "",
        "config": None,
        "public_key": None,
        "region": None,
        "ignore_job_with_no_region": None,
        "last_heartbeat": NEVER,
        "monitoring_status": {"now": NEVER, "lines": None},
        "version": "",
        "up_to_date": False,
    }


def consumer(one: Consumer, version: Version) -> Json:
    out: Json = {
        "id": one.id,
        "name": one.name,
        "type": one.kind,
        "description": one.description,
        "created": stamp(one.created),
        "issued_at": stamp(one.issued_at) if one.issued_at else NEVER,
        "disabled": False,
    }
    if one.parent:
        out["parent_id"] = one.parent.id
    if one.issued_at:
        out["validity_periods"] = [{"issued_at": stamp(one.issued_at), "duration": one.duration}]
    about: Json = {"user_id": one.user.id, "user": user(one.user, version)}
    if one.group_ids:
        about["group_ids"] = list(one.group_ids)
    if one.scopes:
        about["scope_details"] = [{"scope": scope, "endpoints": None} for scope in one.scopes]
    if one.service_name:
        about["service_name"] = one.service_name
    if one.service_type:
        about["service_type"] = one.service_type
    return out | ({"auth_consumer_user": about} if version.has_consumer_data else about)


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
