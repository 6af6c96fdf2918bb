# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments: https://docs.upsun.com/api/#tag/Environment"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, g, request

from .. import context, errors
from ..model import Activity, Environment

group = Blueprint("environments", __name__)
_ALL = "/projects/<part:project_id>/environments"
_ONE = f"{_ALL}/<part:environment_id>"


def _answer(found: Environment, activity: Activity | None) -> Response:
    entity = context.render(found.project).environment(found)
    return context.accepted(entity, [activity] if activity else [], found.project)


def _admin(project_id: str, environment_id: str, possible: Callable[[Environment], bool], words: str) -> Environment:
    """The environment, if the caller administers the project and what is asked is possible now."""
    found = context.environment(project_id, environment_id, "admin")
    if not possible(found):
        raise errors.refused(400, words)
    return found


def _by() -> str:
    return f"{g.user.first_name} {g.user.last_name}"


@group.get(_ALL)
def listing(project_id: str) -> Response:
    """A bare array; no pages."""
    project = context.project(project_id)
    return context.answer([context.render(project).environment(one) for one in list(project.environments.values())])


@group.get(_ONE)
def get(project_id: str, environment_id: str) -> Response:
    found = context.environment(project_id, environment_id)
    return context.answer(context.render(found.project).environment(found))


@group.post(f"{_ONE}/activate")
def activate(project_id: str, environment_id: str) -> Response:
    """``resources.init``: default, minimum or parent."""
    body = context.body() if request.get_data() else {}
    resources = body.get("resources") or {}
    if not isinstance(resources, dict):
        raise errors.invalid({"resources": "This is not an object"})
    if set(body) - {"resources"} or set(resources) - {"init"}:
        raise errors.invalid(dict.fromkeys({*body, *resources} - {"resources", "init"}, "Unrecognized key"))
    if resources.get("init") not in (None, "default", "minimum", "parent"):
        raise errors.invalid({"resources.init": f'"{resources["init"]}" is not one of default, minimum, parent'})
    found = _admin(project_id, environment_id, lambda one: one.status == "inactive", "The environment is not inactive.")
    return _answer(found, context.service().environments.activate(found, _by()))


@group.post(f"{_ONE}/deactivate")
def deactivate(project_id: str, environment_id: str) -> Response:
    work = context.service().environments
    found = _admin(
        project_id,
        environment_id,
        lambda one: one.status == "active" and not work.is_main(one),
        "The environment is not active, or it is the main one.",
    )
    return _answer(found, work.deactivate(found, _by()))


@group.post(f"{_ONE}/redeploy")
def redeploy(project_id: str, environment_id: str) -> Response:
    found = _admin(project_id, environment_id, lambda one: one.status == "active", "The environment is not active.")
    return _answer(found, context.service().environments.redeploy(found, _by()))


@group.delete(_ONE)
def delete(project_id: str, environment_id: str) -> Response:
    """Only what is inactive; never the main one."""
    work = context.service().environments
    found = _admin(
        project_id,
        environment_id,
        lambda one: one.status == "inactive" and not work.is_main(one),
        "The environment is active, or it is the main one.",
    )
    return _answer(found, work.delete(found, _by()))


@group.get(f"{_ONE}/deployments")
def deployments(project_id: str, environment_id: str) -> Response:
    found = context.environment(project_id, environment_id)
    return context.answer([context.render().deployment(found)] if found.deployed_at else [])


@group.get(f"{_ONE}/deployments/<part:deployment_id>")
def deployment(project_id: str, environment_id: str, deployment_id: str) -> Response:
    """Only ``current``, and only where something is deployed."""
    found = context.environment(project_id, environment_id)
    if deployment_id != "current" or not found.deployed_at:
        raise errors.not_found()
    return context.answer(context.render().deployment(found))
