# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull mirrors, which the Enterprise Edition has: https://docs.gitlab.com/api/project_pull_mirroring/"""

from __future__ import annotations

import hashlib
import hmac

from flask import Blueprint, Response, request

from .. import context, errors
from ..model import Project
from ..params import Field, read

group = Blueprint("mirror", __name__, url_prefix="/api/v4/projects/<part:project>/mirror/pull")
_FIELDS = (
    Field("enabled", bool),
    Field("url"),
    Field("auth_user"),
    Field("auth_password"),
    Field("mirror_trigger_builds", bool),
    Field("only_mirror_protected_branches", bool),
    Field("mirror_overwrites_diverged_branches", bool),
    Field("mirror_branch_regex"),
)


@group.before_request
def _only_enterprise() -> None:
    if context.service().edition == "ce":
        raise errors.no_route()


@group.get("")
def get(project: str) -> Response:
    place = context.maintained(project, permission="read_pull_mirror")
    if not context.service().mirrors(place):
        raise errors.message(400, errors.NOT_MIRRORED)
    return context.answer(context.render().pull_mirror(place))


@group.put("")
def configure(project: str) -> Response:
    """Any of the attributes; each such call that leaves the mirror on fetches, and makes the caller its user."""
    place = context.maintained(project, permission="update_pull_mirror")
    given = read(_FIELDS)
    if not given:
        names = ", ".join(field.name for field in _FIELDS)
        raise errors.bad_parameter(f"{names} are missing, at least one parameter must be provided")
    context.service().mirroring.configure(place, given, context.user())
    return context.answer(context.render().pull_mirror(place))


@group.post("")
def start(project: str) -> Response:
    """The webhook's address. A signature, whoever's, is taken for GitHub's, and then no token counts."""
    signature = request.headers.get("X-Hub-Signature")
    place = _signed(project, signature) if signature else context.maintained(project, permission="create_pull_mirror")
    context.service().mirroring.trigger(place)
    return context.answer(200)  # the status is all there is to say


def _signed(name: str, signature: str) -> Project:
    place = context.service().find_project(name)
    if place is None or place.visibility != "public":  # looked up as a stranger
        raise errors.not_found()
    key = place.external_webhook_token or ""
    right = "sha1=" + hmac.new(key.encode(), request.get_data(), hashlib.sha1).hexdigest()
    if not key or not hmac.compare_digest(right, signature):
        raise errors.unauthorized()
    return place
