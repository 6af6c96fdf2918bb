# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications. Their repository is attached elsewhere; how it is cloned is part of the application."""

from __future__ import annotations

import re

import yaml
from flask import Blueprint, Response, request

from ... import yaml_text
from .. import context, errors, render
from ..model import Application, Project

group = Blueprint("applications", __name__)
_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_STRATEGY = ("connection_type", "ssh_key", "user", "password", "branch", "default_branch", "pgp_key")
_PLACE = "/project/<key>/application/<name>"


def find(place: Project, name: str) -> Application:
    found = place.applications.get(name)
    if found is None:
        raise errors.NOT_FOUND() if context.version().has_consumers else errors.NO_APPLICATION()
    return found


@group.get("/project/<key>/applications")
def listing(key: str) -> Response:
    place = context.project(key)
    return context.answer([render.application(one, place) for one in place.applications.values()])


@group.post("/project/<key>/applications")
def create(key: str) -> Response:
    place, body, cds = context.project(key), context.body(), context.service()
    name = context.pick(body, "name")
    if not _NAME.fullmatch(name):
        raise errors.INVALID_APPLICATION_NAME()
    if name in place.applications:
        raise errors.APPLICATION_EXISTS()
    now = cds.clock.datetime()
    new = Application(cds.accounts.next_id(), name, context.pick(body, "description"), now)
    _strategy(new, context.pick(body, "vcs_strategy", dict))
    place.applications[name] = new
    return context.answer(render.application(new, place))


def _strategy(application: Application, given: dict[str, object]) -> None:
    """A password that comes back as it was shown is the old one."""
    new = {name: context.pick(given, name) for name in _STRATEGY}
    if new["password"] == "**********":
        new["password"] = application.strategy.get("password", "")
    if new["connection_type"] not in ("", "ssh", "https"):
        raise errors.Kind(155, 400, "The repository strategy on your application is not well filled")()
    application.strategy = new


@group.get(_PLACE)
def get(key: str, name: str) -> Response:
    place = context.project(key)
    return context.answer(render.application(find(place, name), place))


@group.put(_PLACE)
def update(key: str, name: str) -> Response:
    """Name, description and strategy; the repository is not touched by this."""
    place, body = context.project(key), context.body()
    found, new_name = find(place, name), context.pick(body, "name")
    if not _NAME.fullmatch(new_name):
        raise errors.INVALID_APPLICATION_NAME()
    if new_name != name and new_name in place.applications:
        raise errors.APPLICATION_EXISTS()
    _strategy(found, context.pick(body, "vcs_strategy", dict))
    found.name, found.description = new_name, context.pick(body, "description")
    found.last_modified = context.service().clock.datetime()
    place.applications = {one.name: one for one in place.applications.values()}
    for workflow in place.workflows.values():
        if workflow.application == name:
            workflow.application = new_name
    return context.answer(render.application(found, place))


@group.delete(_PLACE)
def delete(key: str, name: str) -> Response:
    place = context.project(key)
    find(place, name)
    if any(workflow.application == name for workflow in place.workflows.values()):
        raise errors.APPLICATION_USED()
    del place.applications[name]
    return context.nothing()


@group.post("/project/<key>/import/application")
def load(key: str) -> Response:
    """An application as YAML; with ``force`` over one that is there."""
    place, cds = context.project(key), context.service()
    try:
        given = yaml_text.load(request.get_data())
    except yaml.YAMLError:
        raise errors.WRONG_REQUEST("unable to parse the application") from None
    if not isinstance(given, dict) or not _NAME.fullmatch(context.pick(given, "name")):
        raise errors.INVALID_APPLICATION_NAME()
    name, force = given["name"], request.args.get("force", "").lower() in ("1", "t", "true")
    server, repository = context.pick(given, "vcs_server"), context.pick(given, "repo")
    if server and server not in place.links and server not in place.vcs:
        raise errors.NO_REPOSITORIES_MANAGER()
    old = place.applications.get(name)
    if old and not force:
        raise errors.APPLICATION_EXISTS()
    new = old or Application(cds.accounts.next_id(), name, "", cds.clock.datetime())
    new.description = context.pick(given, "description")
    new.vcs_server, new.repository = server, repository
    new.strategy = {field: context.pick(given, f"vcs_{field}") for field in _STRATEGY}
    place.applications[name] = new
    word = "updated" if old else "created"
    return context.answer([f"Application {name} has been {word}"])


@group.get("/project/<key>/export/application/<name>")
def export(key: str, name: str) -> Response:
    found = find(context.project(key), name)
    value = {"version": "v1.0", "name": found.name, "description": found.description}
    value |= {"vcs_server": found.vcs_server, "repo": found.repository}
    value |= {f"vcs_{field}": text for field, text in found.strategy.items() if field != "password"}
    text = yaml.safe_dump({field: entry for field, entry in value.items() if entry}, sort_keys=False)
    return Response(text, 200, content_type="application/x-yaml")
