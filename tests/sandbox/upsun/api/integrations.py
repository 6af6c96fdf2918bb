# SPDX-License-Identifier: GPL-3.0-or-later
"""Integrations: https://docs.upsun.com/api/#tag/Third-Party-Integrations

Create and update ask Bitbucket whether the credential is good and the repository can be read, as ``validate`` does. None
of them looks whether the webhook can be registered: that shows in an activity.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from .. import context, errors, integration_input
from ..model import SOURCE_TYPES, Integration, Project
from ..upstream import Invalid, Unavailable

group = Blueprint("integrations", __name__)
_ALL = "/projects/<part:project_id>/integrations"
_ONE = f"{_ALL}/<part:integration_id>"
# What a change of these makes necessary: another look at the webhook.
_PLACE = {"repository", "url", "project", "username", "token", "app_credentials", "addon_credentials"}


def _validated(integration: Integration) -> None:
    """400 with what Bitbucket says against it; else it is known where the code is."""
    end = context.service().synchronization.other_end(integration)
    try:
        end.check()
        integration.clone_url = end.remote().url
    except Invalid as invalid:
        raise errors.invalid(invalid.problems) from None
    except Unavailable as error:
        raise errors.invalid({"repository": str(error)}) from None


def _entity(integration: Integration) -> dict[str, Any]:
    return context.render(integration.project).integration(integration)


def _coherent(settings: dict[str, Any]) -> dict[str, Any]:
    """Pruning is switched off with fetching."""
    return settings | {"prune_branches": settings["prune_branches"] and settings["fetch_branches"]}


@group.get(_ALL)
def listing(project_id: str) -> Response:
    """A bare array; no pages."""
    project = context.project(project_id, "admin")
    return context.answer([_entity(one) for one in list(project.integrations.values())])


@group.post(_ALL)
def create(project_id: str) -> Response:
    project = context.project(project_id, "admin")
    body = context.body()
    kind = integration_input.kind(body)
    if context.service().forbidden_type(project, kind):
        raise errors.invalid({"type": f"The integration type '{kind}' is not available on this project."})
    given = integration_input.checked(kind, body, complete=True)
    if project.source is not None:
        raise errors.invalid({"type": f"The project has a source integration already: {project.source.id}"})
    settings, secrets = integration_input.parted(kind, integration_input.DEFAULTS[kind] | given)
    now = context.service().clock.datetime()
    made = Integration(kind, project, _coherent(settings), secrets, now, now)
    _validated(made)
    _add(project, made)
    activities = context.service().synchronization.start(made, hooks=True)
    return context.accepted(_entity(made), activities, project, 201)


def _add(project: Project, made: Integration) -> None:
    """Two requests at once: Bitbucket was asked in between, so it is looked again."""
    with project.lock:
        if made.type in SOURCE_TYPES and project.source is not None:
            raise errors.invalid({"type": f"The project has a source integration already: {project.source.id}"})
        project.integrations[made.id] = made


@group.get(_ONE)
def get(project_id: str, integration_id: str) -> Response:
    return context.answer(_entity(context.integration(project_id, integration_id)))


@group.patch(_ONE)
def update(project_id: str, integration_id: str) -> Response:
    """Only what is given is changed; what is in the same body as it is now is no change, but a secret always is."""
    found = context.integration(project_id, integration_id)
    body = context.body()
    if "type" not in body and context.service().update_needs_type:
        raise errors.invalid({"type": integration_input.REQUIRED})
    if body.get("type", found.type) != found.type:
        raise errors.invalid({"type": "The type of an integration cannot be changed"})
    given = integration_input.checked(found.type, body, complete=False)
    readable, secrets = integration_input.parted(found.type, given)
    settings = _coherent(found.settings | readable)
    changed = {name for name, value in settings.items() if found.settings.get(name) != value} | set(secrets)
    hidden = {name: value for name, value in found.secrets.items() if settings.get(name, "") is not None} | secrets
    wanted = Integration(
        found.type, found.project, settings, hidden, found.created_at, found.updated_at, found.id, found.hook_id
    )
    _validated(wanted)
    if not changed:
        return context.accepted(_entity(found), [], found.project)
    moved = changed & {"repository", "url", "project"}
    with found.project.lock:
        found.settings, found.secrets, found.clone_url = settings, hidden, wanted.clone_url
        found.updated_at = context.service().clock.datetime()
        if moved:
            found.hook_id = None  # that of the other repository stays there
    activities = context.service().synchronization.start(found, hooks=bool(changed & _PLACE))
    return context.accepted(_entity(found), activities, found.project)


@group.delete(_ONE)
def delete(project_id: str, integration_id: str) -> Response:
    """The environments stay, the code is Upsun's again. The webhook in Bitbucket stays as well, and leads nowhere."""
    found = context.integration(project_id, integration_id)
    entity = _entity(found)
    with found.project.lock:
        found.project.integrations.pop(found.id, None)
    return context.accepted(entity, [], found.project)


@group.post(f"{_ONE}/validate")
def validate(project_id: str, integration_id: str) -> Response:
    """Asks Bitbucket; 400 with what is wrong."""
    found = context.integration(project_id, integration_id)
    _validated(found)
    return context.answer({"status": "OK", "code": 200})
