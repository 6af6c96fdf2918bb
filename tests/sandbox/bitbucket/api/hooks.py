# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks of repositories and workspaces: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-webhooks/

Nothing about a webhook is unique but its uuid: the same URL can be there twice, and a POST never looks for one.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from .. import context, errors, events, hook_input, scopes
from ..model import Repository, Webhook, Workspace

group = Blueprint("hooks", __name__, url_prefix="/2.0")
_REPOSITORY, _WORKSPACE = "/repositories/<workspace>/<slug>/hooks", "/workspaces/<workspace>/hooks"
_NO_SLUG = {"slug": None}


def _subject(workspace: str, slug: str | None, need: scopes.Need) -> Repository | Workspace:
    """What the hooks belong to: administrators see those of a repository, owners those of a workspace."""
    if slug is not None:
        return context.repository(workspace, slug, need, level="admin")
    place = context.workspace(workspace, need)
    credential = context.caller()
    if credential is None or not credential.owns(place):
        raise errors.forbidden()
    return place


def _known_events(subject: Repository | Workspace) -> tuple[str, ...]:
    return events.REPOSITORY if isinstance(subject, Repository) else events.WORKSPACE


def _input(subject: Repository | Workspace) -> dict[str, Any]:
    """The request's properties. A subscription also needs the scopes of what it subscribes to."""
    given = hook_input.checked(context.body(), _known_events(subject))
    context.require(scopes.WRITE_WEBHOOKS + scopes.for_events(given["events"]))
    return given


def _hook(subject: Repository | Workspace, uid: str) -> Webhook:
    """By uuid, with its braces."""
    found = subject.hooks.get(uid)
    if found is None:
        raise errors.not_found("Webhook not found")
    return found


@group.get(_REPOSITORY)
@group.get(_WORKSPACE, defaults=_NO_SLUG)
def listing(workspace: str, slug: str | None) -> Response:
    subject = _subject(workspace, slug, scopes.READ_WEBHOOKS)
    return context.listing([context.render().hook(hook) for hook in list(subject.hooks.values())])


@group.post(_REPOSITORY)
@group.post(_WORKSPACE, defaults=_NO_SLUG)
def create(workspace: str, slug: str | None) -> Response:
    subject = _subject(workspace, slug, scopes.WRITE_WEBHOOKS)
    hook = Webhook(subject, created_at=context.service().clock.datetime(), **_input(subject))
    with context.service().lock:
        subject.hooks[hook.uuid] = hook
    answer = context.render().hook(hook)
    return context.answer(answer, 201, {"Location": answer["links"]["self"]["href"]})


@group.get(_REPOSITORY + "/<uid>")
@group.get(_WORKSPACE + "/<uid>", defaults=_NO_SLUG)
def get(workspace: str, slug: str | None, uid: str) -> Response:
    return context.answer(context.render().hook(_hook(_subject(workspace, slug, scopes.READ_WEBHOOKS), uid)))


@group.put(_REPOSITORY + "/<uid>")
@group.put(_WORKSPACE + "/<uid>", defaults=_NO_SLUG)
def update(workspace: str, slug: str | None, uid: str) -> Response:
    subject = _subject(workspace, slug, scopes.WRITE_WEBHOOKS)
    hook = _hook(subject, uid)
    given = _input(subject)
    with context.service().lock:
        for name, value in given.items():
            setattr(hook, name, value)
    return context.answer(context.render().hook(hook))


@group.delete(_REPOSITORY + "/<uid>")
@group.delete(_WORKSPACE + "/<uid>", defaults=_NO_SLUG)
def delete(workspace: str, slug: str | None, uid: str) -> Response:
    subject = _subject(workspace, slug, scopes.DELETE_WEBHOOKS)
    with context.service().lock:
        del subject.hooks[_hook(subject, uid).uuid]
    return Response(status=204)


@group.get("/hook_events")
def subjects() -> Response:
    """Public, as the lists below."""
    context.authorize(scopes.NOTHING)
    place = context.service().api_url
    return context.answer(
        {name: {"links": {"events": {"href": f"{place}/hook_events/{name}"}}} for name in events.BY_SUBJECT}
    )


@group.get("/hook_events/<subject>")
def hook_events(subject: str) -> Response:
    context.authorize(scopes.NOTHING)
    if subject not in events.BY_SUBJECT:
        raise errors.not_found(f"{subject} is not a subject of webhooks")
    return context.listing([events.describe(event) for event in events.BY_SUBJECT[subject]])
