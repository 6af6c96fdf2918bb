# SPDX-License-Identifier: GPL-3.0-or-later
"""Activities of a project, of an environment and of an integration: https://docs.upsun.com/api/#tag/Project-Activity"""

from __future__ import annotations

import json
from datetime import datetime

from flask import Blueprint, Response, request

from ...strictness import whole_number
from .. import context, errors
from ..model import Activity, Project
from ..render import stamp

group = Blueprint("activities", __name__)
_PROJECT = "/projects/<part:project_id>/activities"
_ENVIRONMENT = "/projects/<part:project_id>/environments/<part:environment_id>/activities"
_INTEGRATION = "/projects/<part:project_id>/integrations/<part:integration_id>/activities"
_NOWHERE = {"environment_id": None, "integration_id": None}
_NO_ENVIRONMENT, _NO_INTEGRATION = {"environment_id": None}, {"integration_id": None}


def _there(project_id: str, environment_id: str | None, integration_id: str | None) -> tuple[Project, list[Activity]]:
    """The newest first. Those of integrations are not among the project's: they are only where the integration is."""
    if integration_id is not None:
        one = context.integration(project_id, integration_id)
        return one.project, [a for a in reversed(one.project.activities) if a.integration is one]
    if environment_id is not None:
        place = context.environment(project_id, environment_id)
        return place.project, [a for a in reversed(place.project.activities) if a.environment == place.id]
    project = context.project(project_id)
    return project, [a for a in reversed(project.activities) if a.integration is None]


def _before() -> datetime | None:
    """``starts_at``; clients forget to escape its plus sign."""
    text = request.args.get("starts_at")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise errors.invalid({"starts_at": "Invalid date"}) from None


def _number(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    number = whole_number(text)
    if number is None or number < 0:
        raise errors.invalid({name: f'"{text}" is not a number'})
    return number


@group.get(_PROJECT, defaults=_NOWHERE)
@group.get(_ENVIRONMENT, defaults=_NO_INTEGRATION)
@group.get(_INTEGRATION, defaults=_NO_ENVIRONMENT)
def listing(project_id: str, environment_id: str | None, integration_id: str | None) -> Response:
    """``count`` of them at most, and with ``starts_at`` only those that were created before."""
    project, found = _there(project_id, environment_id, integration_id)
    before, count = _before(), _number("count")
    for name in ("type", "state", "result"):
        wanted = request.args.getlist(name)
        found = [one for one in found if not wanted or getattr(one, name) in wanted]
    found = [one for one in found if before is None or one.created_at < before]
    return context.answer([context.render(project).activity(one) for one in found[:count]])


def _one(project_id: str, environment_id: str | None, integration_id: str | None, activity_id: str) -> Activity:
    _, found = _there(project_id, environment_id, integration_id)
    for one in found:
        if one.id == activity_id:
            return one
    raise errors.not_found()


@group.get(f"{_PROJECT}/<part:activity_id>", defaults=_NOWHERE)
@group.get(f"{_ENVIRONMENT}/<part:activity_id>", defaults=_NO_INTEGRATION)
@group.get(f"{_INTEGRATION}/<part:activity_id>", defaults=_NO_ENVIRONMENT)
def get(project_id: str, environment_id: str | None, integration_id: str | None, activity_id: str) -> Response:
    found = _one(project_id, environment_id, integration_id, activity_id)
    return context.answer(context.render(found.project).activity(found))


@group.get(f"{_PROJECT}/<part:activity_id>/log", defaults=_NOWHERE)
@group.get(f"{_ENVIRONMENT}/<part:activity_id>/log", defaults=_NO_INTEGRATION)
@group.get(f"{_INTEGRATION}/<part:activity_id>/log", defaults=_NO_ENVIRONMENT)
def log(project_id: str, environment_id: str | None, integration_id: str | None, activity_id: str) -> Response:
    """Lines of JSON: what there is so far, and the seal once no more will come."""
    found = _one(project_id, environment_id, integration_id, activity_id)
    lines = [
        {"_id": str(number), "data": {"timestamp": stamp(moment), "message": line}}
        for number, (moment, line) in enumerate(found.log, 1)
    ]
    start, most = _number("start_at") or 0, _number("max_items") or None
    chosen: list[object] = list(lines[start:][:most])
    if not found.is_open and most is None:
        chosen.append({"seal": True})
    return Response("".join(json.dumps(one) + "\n" for one in chosen), content_type="application/x-ndjson")


@group.post(f"{_PROJECT}/<part:activity_id>/cancel", defaults=_NOWHERE)
@group.post(f"{_ENVIRONMENT}/<part:activity_id>/cancel", defaults=_NO_INTEGRATION)
@group.post(f"{_INTEGRATION}/<part:activity_id>/cancel", defaults=_NO_ENVIRONMENT)
def cancel(project_id: str, environment_id: str | None, integration_id: str | None, activity_id: str) -> Response:
    """Only what has not begun."""
    project = context.project(project_id, "admin")
    found = _one(project_id, environment_id, integration_id, activity_id)
    if not context.service().activities.cancel(found):
        raise errors.refused(400, "The activity cannot be cancelled.")
    return context.accepted(context.render(project).activity(found), [], project)
