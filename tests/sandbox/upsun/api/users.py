# SPDX-License-Identifier: GPL-3.0-or-later
"""Who one is. https://docs.upsun.com/api/#tag/Users"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from .. import context, errors
from ..model import Organization, Project, User
from ..render import stamp

group = Blueprint("users", __name__)


@group.get("/users/me")
def me() -> Response:
    return context.answer(context.render().user(context.user()))


def _organizations(user: User) -> list[Organization]:
    """Those one owns; the sandbox knows no other members."""
    return [one for one in list(context.service().organizations.values()) if one.owner is user]


def _organization(one: Organization) -> dict[str, Any]:
    return {
        "id": one.id,
        "type": "flexible",
        "owner_id": one.owner.id,
        "namespace": "upsun",
        "name": one.name,
        "label": one.label,
        "country": "CH",
        "capabilities": [],
        "vendor": "upsun",
        "status": "active",
        "created_at": stamp(one.created_at),
        "updated_at": stamp(one.created_at),
        "_links": {"self": {"href": f"{context.service().api_url}/organizations/{one.id}"}},
    }


@group.get("/organizations")
def organizations() -> Response:
    found = [_organization(one) for one in _organizations(context.user())]
    return context.answer({"count": len(found), "items": found, "_links": {"self": {"href": request.url}}})


@group.get("/organizations/<part:organization_id>")
def organization(organization_id: str) -> Response:
    for one in _organizations(context.user()):
        if one.id == organization_id:
            return context.answer(_organization(one))
    raise errors.not_found()


def _projects(user: User) -> list[Project]:
    return [one for one in list(context.service().projects.values()) if user.id in one.roles]


@group.get("/users/<part:user_id>/extended-access")
def extended_access(user_id: str) -> Response:
    """What one may do where. The CLI looks here for a project it was not given the right id of."""
    user = context.user()
    if user_id != user.id:
        raise errors.forbidden()
    found = [
        {
            "user_id": user.id,
            "resource_id": one.id,
            "resource_type": "project",
            "organization_id": one.organization.id,
            "permissions": [one.roles[user.id]],
            "granted_at": stamp(one.created_at),
            "updated_at": stamp(one.created_at),
        }
        for one in _projects(user)
    ]
    links: dict[str, Any] = {"self": {"href": request.url}}
    for kind, ids in (
        ("projects", [one["resource_id"] for one in found]),
        ("organizations", sorted({str(one["organization_id"]) for one in found})),
    ):
        if ids:
            links[f"ref:{kind}:0"] = {"href": f"/ref/{kind}?in={','.join(map(str, ids))}&sig=sandbox"}
    return context.answer({"items": found, "_links": links})


@group.get("/ref/projects")
def referenced_projects() -> Response:
    wanted = request.args.get("in", "").split(",")
    return context.answer(
        {
            one.id: {
                "id": one.id,
                "organization_id": one.organization.id,
                "subscription_id": one.id,
                "region": one.region,
                "title": one.title,
                "type": "grid",
                "plan": "upsun/flexible",
                "status": "active",
                "created_at": stamp(one.created_at),
                "updated_at": stamp(one.updated_at),
            }
            for one in _projects(context.user())
            if one.id in wanted
        }
    )


@group.get("/ref/organizations")
def referenced_organizations() -> Response:
    wanted = request.args.get("in", "").split(",")
    context.user()
    return context.answer(
        {
            one.id: {
                "id": one.id,
                "type": "flexible",
                "owner_id": one.owner.id,
                "name": one.name,
                "label": one.label,
                "vendor": "upsun",
                "created_at": stamp(one.created_at),
                "updated_at": stamp(one.created_at),
            }
            for one in list(context.service().organizations.values())
            if one.id in wanted
        }
    )
