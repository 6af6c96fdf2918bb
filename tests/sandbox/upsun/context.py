# SPDX-License-Identifier: GPL-3.0-or-later
"""What every endpoint does first: who calls, is it known here, which role has the caller; and how it answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from flask import Response, current_app, g, jsonify, request

from . import errors
from .model import Activity, Environment, Integration, Project, User
from .render import Render

if TYPE_CHECKING:
    from .service import Upsun


def service() -> Upsun:
    return cast("Upsun", current_app.extensions["upsun"])


def user() -> User:
    """Who calls, by the access token; it is taken as Bearer and in no other way."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    found = service().tokens.user(value.strip()) if kind.lower() == "bearer" else None
    if found is None:
        raise errors.bad_access_token()
    g.user = found
    return found


def project(project_id: str, role: str = "viewer") -> Project:
    """The project in the URL, if the caller has at least that role there."""
    who = user()
    found = service().projects.get(project_id)
    if found is None:
        raise errors.not_found()
    has = found.roles.get(who.id)
    if has is None or (role == "admin" and has != "admin"):
        raise errors.forbidden()
    return found


def integration(project_id: str, integration_id: str) -> Integration:
    """Integrations are for the project's admins, to read as well."""
    found = project(project_id, "admin").integrations.get(integration_id)
    if found is None:
        raise errors.not_found()
    return found


def environment(project_id: str, environment_id: str, role: str = "viewer") -> Environment:
    found = project(project_id, role).environments.get(environment_id)
    if found is None:
        raise errors.not_found()
    return found


def render(inside: Project | None = None) -> Render:
    """Answers as the caller may see them: links to what one may not do are not there."""
    who = cast("User | None", g.get("user"))
    admin = inside is not None and who is not None and inside.roles.get(who.id) == "admin"
    return Render(service(), admin)


def body() -> dict[str, Any]:
    """The request's JSON object."""
    if request.mimetype != "application/json":
        raise errors.refused(415)
    value = request.get_json(force=True, silent=True)
    if not isinstance(value, dict):
        raise errors.refused(400, "The request's body is not a JSON object")
    return value


def answer(value: Any, status: int = 200) -> Response:
    response = jsonify(value)
    response.status_code = status
    response.content_type = errors.JSON
    return response


def accepted(entity: dict[str, Any] | None, activities: list[Activity], inside: Project, status: int = 200) -> Response:
    """What every change answers: a status, what was changed, and what goes on in the background because of it."""
    embedded: dict[str, Any] = {"activities": [render(inside).activity(one) for one in activities]}
    if entity is not None:
        embedded["entity"] = entity
    return answer({"status": HTTPStatus(status).phrase, "code": status, "_embedded": embedded}, status)
