# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights of the v2 API, imported as rules."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from .. import context, errors

group = Blueprint("rbac", __name__)
ROLES = ("read", "manage", "manage-notification", "manage-worker-model", "manage-action", "manage-workflow")


@group.post("/v2/rbac/import")
@context.ONLY_PROJECT_VCS
def load() -> Response:
    """Rules for projects; only administrators have the global role it takes."""
    context.v2_login("Admin")
    if not context.is_admin():
        raise errors.FORBIDDEN()
    cds, body = context.service(), context.yaml_body()
    name = context.pick(body, "name")
    if not name:
        raise errors.INVALID_DATA("missing permission name")
    if name in cds.rules and request.args.get("force", "").lower() not in ("1", "t", "true"):
        raise errors.FORBIDDEN("unable to override existing permission")
    rules: list[dict[str, Any]] = context.pick(body, "projects", list)
    for rule in rules:
        if context.pick(rule, "role") not in ROLES:
            raise errors.INVALID_DATA(
                f"rbac {name}: role {context.pick(rule, 'role')} is not allowed on a project permission"
            )
        for key in context.pick(rule, "projects", list):
            if key not in cds.projects:
                raise errors.NO_PROJECT()
        for user in context.pick(rule, "users", list):
            if user not in cds.accounts.users:
                raise errors.NO_USER()
        for one in context.pick(rule, "groups", list):
            if one not in cds.accounts.groups:
                raise errors.NOT_FOUND()
    cds.rules[name] = rules
    return context.marshalled(None, 201)
