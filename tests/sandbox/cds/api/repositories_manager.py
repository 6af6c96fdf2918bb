# SPDX-License-Identifier: GPL-3.0-or-later
"""Era A and B: a project's OAuth link with a server of the vcs configuration; and what all releases have: its repositories,
and applications attached to them. (engine/api/repositories_manager.go)
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request

from .. import context, errors, render, render_projects
from ..authorized import Authorized, consumer
from ..model import Application, Link, Project

group = Blueprint("repositories_manager", __name__)
STATE_SECONDS = 300.0
_ROOT = "/project/<key>/repositories_manager"
_PLACE = f"{_ROOT}/<part:name>"


@group.get("/repositories_manager")
@context.ONLY_LINKS
def servers() -> Response:
    """The names of ``[vcs.servers]`` in the running service's configuration."""
    context.login("Project")
    return context.answer(list(context.service().services.vcs().settings.servers))


@group.get(_ROOT)
def linked(key: str) -> Response:
    return context.answer(render_projects.vcs_servers(context.project(key), context.version()))


@group.post(_PLACE + "/authorize")
@context.ONLY_LINKS
def authorize(key: str, name: str) -> Response:
    """Where somebody has to press a button, and the token that goes with it."""
    place, cds = context.project(key), context.service()
    if cds.version.era == "A" and name in place.links:
        return context.nothing()  # an error that CDS forgets to make
    try:
        state, url = consumer(cds, name).authorize()
    except errors.Refused:
        raise errors.NO_MANAGER_AUTH() from None
    session = context.session()
    data = {
        "project_key": key,
        "last_modified": str(int(cds.clock.now())),
        "repositories_manager": name,
        "url": url,
        "request_token": state,
        "username": session.user.username,
        "auth_type": "oauth",
    }
    if session.consumer:
        data["consumer_id"] = session.consumer.id
    cds.states[state] = (cds.clock.now() + STATE_SECONDS, data)
    return context.answer(data)


@group.get("/repositories_manager/oauth2/callback")
@context.ONLY_LINKS
def callback() -> Response:
    """Where Bitbucket sends the browser: nobody is logged in here, the state says what it is about."""
    cds = context.service()
    if request.args.get("error"):
        raise errors.UNKNOWN()
    until, data = cds.states.get(request.args.get("state", ""), (0.0, {}))
    if until < cds.clock.now():
        raise errors.FORBIDDEN()
    place = cds.projects.get(data["project_key"])
    if place is None:
        raise errors.NO_PROJECT()
    _link(place, data["repositories_manager"], data["username"], request.args.get("code", ""))
    return redirect(f"{cds.ui_url}/project/{place.key}?tab=advanced", 307)  # type: ignore[return-value]


@group.post(_PLACE + "/authorize/callback")
@context.ONLY_LINKS
def complete(key: str, name: str) -> Response:
    """The same with a code that somebody has brought. The state is not looked at, Bitbucket judges the code."""
    place, body = context.project(key), context.body()
    token, verifier = context.pick(body, "request_token"), context.pick(body, "verifier")
    if not token or not verifier:
        raise errors.WRONG_REQUEST()
    _link(place, name, context.session().user.username, verifier)
    return _project(place)


@group.post(_PLACE + "/authorize/basicauth")
@context.ONLY_LINKS
def basic(key: str, name: str) -> Response:
    """For other kinds of server; what is sent is taken for an access token and judged by a list of repositories."""
    place, body, cds = context.project(key), context.body(), context.service()
    username, secret = context.pick(body, "username"), context.pick(body, "secret")
    if not username or not secret:
        raise errors.WRONG_REQUEST()
    before = place.links.get(name)
    place.links[name] = Link(name, context.session().user.username, username, secret, cds.clock.now())
    try:
        Authorized(cds, place, name).repositories()
    except errors.Refused:
        if before:
            place.links[name] = before
        else:
            del place.links[name]
        raise
    return _project(place)


@group.delete(_PLACE)
@context.ONLY_LINKS
def delete(key: str, name: str) -> Response:
    place = context.project(key)
    if name not in place.links:
        raise errors.NO_REPOSITORY()
    force = request.args.get("force", "").lower() in ("1", "t", "true")
    if not force and any(one.vcs_server == name for one in place.applications.values()):
        raise errors.VCS_USED()
    del place.links[name]
    return _project(place)


def _link(place: Project, name: str, username: str, code: str) -> None:
    cds = context.service()
    try:
        token, secret = consumer(cds, name).exchange(code)
    except errors.Refused:
        raise errors.NO_CLIENT_AUTH() from None
    if not token or not secret:
        raise errors.NO_CLIENT_AUTH()
    place.links[name] = Link(name, username, token, secret, cds.clock.now())


def _project(place: Project) -> Response:
    cds = context.service()
    return context.answer(render_projects.project(place, cds.accounts, cds.version, True))


# -- repositories and applications --------------------------------------------------------------------------------


@group.get(_PLACE + "/repos")
def repositories(key: str, name: str) -> Response:
    """Kept until somebody asks with ``synchronize``."""
    place, cds = context.project(key), context.service()
    cached = (key, name)
    if request.args.get("synchronize", "").lower() in ("1", "t", "true"):
        cds.repositories.pop(cached, None)
    if not cds.repositories.get(cached):
        cds.repositories[cached] = Authorized(cds, place, name).repositories()
    return context.answer(cds.repositories[cached])


@group.get(_PLACE + "/repo")
def repository(key: str, name: str) -> Response:
    place, full_name = context.project(key), request.args.get("repo", "")
    if not full_name:
        raise errors.WRONG_REQUEST("Missing repository name 'repo' as a query parameter")
    return context.answer(Authorized(context.service(), place, name).repository(full_name))


@group.get(_PLACE + "/applications")
def applications(key: str, name: str) -> Response:
    place = context.project(key)
    found = [one for one in place.applications.values() if one.vcs_server == name]
    return context.answer([{"id": one.id, "name": one.name} for one in found])


def _application(place: Project, name: str) -> Application:
    found = place.applications.get(name)
    if found is None:
        raise errors.NOT_FOUND() if context.version().has_consumers else errors.NO_APPLICATION()
    return found


@group.post(_PLACE + "/application/<application>/attach")
def attach(key: str, name: str, application: str) -> Response:
    """``fullname`` comes in the query or in a form. Bitbucket is asked whether there is such a repository."""
    place, cds = context.project(key), context.service()
    found, full_name = _application(place, application), request.values.get("fullname", "")
    try:
        client = Authorized(cds, place, name)
    except errors.Refused as refused:
        old = cds.version.era == "A" and refused.kind is errors.NO_CLIENT_AUTH
        raise (errors.NO_REPOSITORIES_MANAGER() if old else errors.NO_CLIENT_AUTH()) from None
    try:
        client.repository(full_name)
    except errors.Refused:
        raise errors.NO_REPOSITORY() from None
    found.vcs_server, found.repository = name, full_name
    found.last_modified = cds.clock.datetime()
    return context.answer(render.application(found, place))


@group.post(_PLACE + "/application/<application>/detach")
def detach(key: str, name: str, application: str) -> Response:
    """Whatever the name in the path: what is attached is detached, unless a webhook needs it."""
    place = context.project(key)
    found = _application(place, application)
    for workflow in place.workflows.values():
        if workflow.application == found.name and any(hook.is_repository_webhook for hook in workflow.hooks):
            raise errors.REPOSITORY_USED()
    found.vcs_server = found.repository = ""
    return context.answer(render.application(found, place))
