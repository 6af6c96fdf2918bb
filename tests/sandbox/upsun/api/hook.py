# SPDX-License-Identifier: GPL-3.0-or-later
"""What Bitbucket calls. Nobody logs in here: who knows the URL may say that something has changed, and no more."""

from __future__ import annotations

from flask import Blueprint, Response

from .. import context, errors

group = Blueprint("hook", __name__)


@group.post("/projects/<part:project_id>/integrations/<part:integration_id>/hook")
def hook(project_id: str, integration_id: str) -> Response:
    """The body is not believed: Bitbucket is asked what there is."""
    project = context.service().projects.get(project_id)
    found = project.integrations.get(integration_id) if project else None
    if project is None or found is None:
        raise errors.not_found()
    activity = context.service().synchronization.fetch(found, hooked=True)
    return context.accepted(None, [activity], project)
