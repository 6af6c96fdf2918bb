# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks of repositories and projects: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-repository/

Nothing about a webhook is unique but its id, which is a number. The API answers 201 to a creation, whatever its
description says.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from ...strictness import whole_number
from .. import context, errors, events, hook_input
from ..model import Invocation, Project, Repository, Webhook
from .places import API, PROJECT, REPOSITORY

group = Blueprint("webhooks", __name__, url_prefix=API)
_OUTCOMES = ("SUCCESS", "FAILURE", "ERROR")


def _scope(key: str, slug: str = "") -> Repository | Project:
    """Administrators only."""
    return context.repository(key, slug, context.ADMIN) if slug else context.project(key, context.ADMIN)


def _found(scope: Repository | Project, number: str) -> Webhook:
    ident = whole_number(number)
    found = None if ident is None else scope.hooks.get(ident)
    if found is None:
        raise errors.refused(
            404, f"The webhook with id {number} does not exist.", "com.atlassian.webhooks.NoSuchWebhookException"
        )
    return found


def _input(scope: Repository | Project) -> dict[str, Any]:
    return hook_input.checked(context.body(), events.REPOSITORY if isinstance(scope, Repository) else events.PROJECT)


def _shown(hook: Webhook) -> dict[str, Any]:
    statistics = request.args.get("statistics", "").lower() == "true"
    return context.render().hook(hook, statistics, context.service().shows_secrets)


def _listing(hooks: list[Webhook]) -> Response:
    wanted = set(request.args.getlist("event"))
    return context.listing([_shown(hook) for hook in hooks if not wanted or wanted & set(hook.events)])


@group.get(f"{PROJECT}/webhooks")
@group.get(f"{REPOSITORY}/webhooks")
def listing(**place: str) -> Response:
    return _listing(list(_scope(**place).hooks.values()))


@group.get(f"{REPOSITORY}/webhooks/search")
def search(key: str, slug: str) -> Response:
    """Those of the project as well, unless ``scopeType`` says otherwise."""
    repository = context.repository(key, slug, context.ADMIN)
    scopes = request.args.getlist("scopeType") or ["repository", "project"]
    places: dict[str, Repository | Project] = {"repository": repository, "project": repository.project}
    unknown = [one for one in scopes if one not in places]
    if unknown:
        raise errors.refused(400, f"{unknown[0]} is not a valid scope type.")
    return _listing([hook for name in dict.fromkeys(scopes) for hook in places[name].hooks.values()])


@group.post(f"{PROJECT}/webhooks")
@group.post(f"{REPOSITORY}/webhooks")
def create(**place: str) -> Response:
    scope, service = _scope(**place), context.service()
    now = service.clock.datetime()
    hook = Webhook(service.number(), scope, created=now, updated=now, **_input(scope))
    with service.lock:
        scope.hooks[hook.id] = hook
    return context.answer(_shown(hook), 201)


@group.post(f"{PROJECT}/webhooks/test")
@group.post(f"{REPOSITORY}/webhooks/test")
def test(**place: str) -> Response:
    """A ping to ``url`` (or to the webhook ``webhookId``): 200 whatever became of it, which the answer tells."""
    scope = _scope(**place)
    number, url = request.args.get("webhookId"), request.args.get("url")
    saved = _found(scope, number) if number else None
    body = context.body() if request.get_data() else {}
    credentials = {name: str(body[name]) for name in ("username", "password") if body.get(name)}
    target = hook_input.url(url or (saved.url if saved else None))
    delivery, invocation = context.service().hook_deliveries.ping(
        target, credentials or (saved.credentials if saved else None)
    )
    result: dict[str, Any] = {"outcome": invocation.outcome, "description": invocation.description}
    if delivery.attempts[-1].status:
        result["statusCode"] = delivery.attempts[-1].status
    return context.answer(
        {"request": {"method": "POST", "url": target, "body": delivery.body.decode()}, "result": result}
    )


@group.get(f"{PROJECT}/webhooks/<number>")
@group.get(f"{REPOSITORY}/webhooks/<number>")
def get(number: str, **place: str) -> Response:
    return context.answer(_shown(_found(_scope(**place), number)))


@group.put(f"{PROJECT}/webhooks/<number>")
@group.put(f"{REPOSITORY}/webhooks/<number>")
def update(number: str, **place: str) -> Response:
    """Replaces the whole: without a secret in the request there is none any more."""
    scope = _scope(**place)
    hook, given = _found(scope, number), _input(scope)
    with context.service().lock:
        for name, value in given.items():
            setattr(hook, name, value)
        hook.updated = context.service().clock.datetime()
        hook.failures, hook.skip_until = 0, 0.0
    return context.answer(_shown(hook))


@group.delete(f"{PROJECT}/webhooks/<number>")
@group.delete(f"{REPOSITORY}/webhooks/<number>")
def delete(number: str, **place: str) -> Response:
    scope = _scope(**place)
    with context.service().lock:
        del scope.hooks[_found(scope, number).id]
    return context.empty()


def _invocations(hook: Webhook) -> list[Invocation]:
    event = request.args.get("event")
    return [one for one in hook.invocations if event in (None, "", one.event)]


@group.get(f"{PROJECT}/webhooks/<number>/latest")
@group.get(f"{REPOSITORY}/webhooks/<number>/latest")
def latest(number: str, **place: str) -> Response:
    """The last delivery; 204 before the first one."""
    hook, outcome = _found(_scope(**place), number), request.args.get("outcome")
    if outcome is not None and outcome not in _OUTCOMES:
        raise errors.refused(400, f"{outcome} is not a valid outcome.")
    found = [one for one in _invocations(hook) if outcome in (None, one.outcome)]
    return context.answer(context.render().invocation(hook, found[-1])) if found else context.empty()


@group.get(f"{PROJECT}/webhooks/<number>/statistics")
@group.get(f"{REPOSITORY}/webhooks/<number>/statistics")
def statistics(number: str, **place: str) -> Response:
    return context.answer(context.render().statistics(_invocations(_found(_scope(**place), number))))


@group.get(f"{PROJECT}/webhooks/<number>/statistics/summary")
@group.get(f"{REPOSITORY}/webhooks/<number>/statistics/summary")
def summary(number: str, **place: str) -> Response:
    """The statistics of each event."""
    hook = _found(_scope(**place), number)
    return context.answer(
        {
            event: context.render().statistics([one for one in hook.invocations if one.event == event])
            for event in dict.fromkeys(one.event for one in hook.invocations)
        }
    )
