# SPDX-License-Identifier: GPL-3.0-or-later
"""What every endpoint does first: does this release have it, who calls, with which scope, may they."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import yaml
from flask import Response, current_app, g, jsonify, request

from .. import yaml_text
from . import errors
from .model import READ, WRITE, Project, Session, Workflow
from .versions import Version

if TYPE_CHECKING:
    from .service import Cds

Handler = TypeVar("Handler", bound=Callable[..., Any])


def service() -> Cds:
    return cast("Cds", current_app.extensions["cds"])


def version() -> Version:
    return service().version


def only(condition: Callable[[Version], bool]) -> Callable[[Handler], Handler]:
    """Endpoints that not all releases have: elsewhere there is no such path."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def guarded(*arguments: Any, **named: Any) -> Any:
            if not condition(version()):
                raise errors.NOT_FOUND()
            return handler(*arguments, **named)

        return cast("Handler", guarded)

    return decorate


ONLY_A = only(lambda release: not release.has_consumers)
ONLY_CONSUMERS = only(lambda release: release.has_consumers)
ONLY_LINKS = only(lambda release: release.has_vcs_servers)
ONLY_PROJECT_VCS = only(lambda release: release.has_project_vcs)


def caller() -> Session | None:
    """Who calls, if it is somebody: era A takes Basic user and session token together with ``Session-Token``."""
    accounts = service().accounts
    login = request.authorization
    if not version().has_consumers:
        token = request.headers.get("Session-Token", "")
        found = accounts.session(token)
        if not found or not login or login.type != "basic":
            return None
        return found if (login.username, login.password) == (found.user.username, token) else None
    if login and login.type == "bearer":
        return accounts.session(login.token or "")
    # With the cookie it takes the caller for a browser, and wants the token that other sites do not have.
    return accounts.session(request.cookies.get("jwt_token", "")) if request.headers.get("X-XSRF-TOKEN") else None


def login(*scopes: str) -> Session:
    """Who calls (401), with a consumer that has one of the scopes (401 as well)."""
    session = caller()
    if session is None:
        raise errors.UNAUTHORIZED()
    # Only a password's consumer has no scopes, and may do all that its user may.
    granted = session.consumer.scopes if session.consumer else ()
    if scopes and granted and not set(scopes) & set(granted):
        raise errors.UNAUTHORIZED()
    g.session = session
    return session


def session() -> Session:
    return cast("Session", g.session)


def is_admin() -> bool:
    return session().user.ring == "ADMIN"


def is_maintainer() -> bool:
    return session().user.ring in ("ADMIN", "MAINTAINER")


def project(key: str, level: int | None = None, scope: str = "Project") -> Project:
    """The project, if the caller's groups have the level on it; who cannot read it is told that it does not exist."""
    who = login(scope)
    found = service().projects.get(key)
    if found is None:
        raise errors.NO_PROJECT()
    needed = level or (READ if request.method == "GET" else WRITE)
    mine = service().accounts.group_ids(who)
    granted = max((permission for group, permission in found.groups.items() if group in mine), default=0)
    if granted >= needed or is_admin() or (needed == READ and is_maintainer()):
        return found
    raise errors.NO_PROJECT() if needed == READ else errors.FORBIDDEN()


def rbac_project(key: str, role: str) -> Project:
    """The project for the v2 API, whose permissions are others: rights of v1 groups count for nothing here.

    Nobody asks for an administrator's role on a project, so one that is missing looks like one with nothing in it.
    """
    who = v2_login("Project")
    found = service().projects.get(key)
    if is_admin():
        now = service().clock.datetime()
        return found or Project(0, key, "", "", now, now)
    if found is None or role not in _roles(key, who):
        raise errors.FORBIDDEN()
    return found


def v2_login(scope: str) -> Session:
    return login(scope) if version().has_v2_scopes else login()


def existing(place: Project) -> Project:
    """For the handlers of v2 that load the project before anything else."""
    if place.key not in service().projects:
        raise errors.NO_PROJECT()
    return place


def _roles(key: str, who: Session) -> set[str]:
    """The caller's roles on a project, by the imported rules."""
    groups = {one.name for one in service().accounts.groups.values() if who.user.username in one.members}
    out = set()
    for rules in service().rules.values():
        for rule in rules:
            mine = who.user.username in (rule.get("users") or ()) or groups & set(rule.get("groups") or ())
            if key in (rule.get("projects") or ()) and (mine or rule.get("all_users")):
                out.add(str(rule["role"]))
    return out


def workflow(key: str, name: str, scope: str = "Project") -> tuple[Project, Workflow]:
    place = project(key, scope=scope)
    found = place.workflows.get(name)
    if found is None or found.to_delete:
        raise errors.NOT_FOUND() if version().has_consumers else errors.NO_WORKFLOW()
    return place, found


def answer(value: Any, status: int = 200) -> Response:
    response = jsonify(value)
    response.status_code = status
    return response


def marshalled(value: Any, status: int = 200) -> Response:
    """What v2 writes so that the caller may choose between JSON and YAML: the engine has the two swapped.

    ``Accept: application/json``, exactly, gets YAML that is labelled JSON; any other gets JSON that is labelled YAML.
    (WriteMarshal in engine/service/http.go, from 0.51.0 on)
    """
    if request.headers.get("Accept") == "application/json":
        return Response(yaml.safe_dump(value), status, content_type="application/json")
    return Response(json.dumps(value), status, content_type="application/x-yaml")


def nothing(status: int = 204) -> Response:
    """A handler that writes nothing. (writeNoContentPostMiddleware in engine/api/router_util.go)"""
    return Response(b"", status, content_type="application/json")


def body() -> dict[str, Any]:
    """The request's JSON object; newer releases take an empty body as an empty object."""
    raw = request.get_data()
    if not raw and version().has_consumers:
        return {}
    value = request.get_json(force=True, silent=True)
    if not isinstance(value, dict):
        raise errors.WRONG_REQUEST("json: cannot unmarshal the request's body")
    return value


def yaml_body() -> dict[str, Any]:
    """v2: the body is read as YAML (JSON is YAML), whatever its content type; keys in any case, unknown ones ignored."""
    try:
        value = yaml_text.load(request.get_data())
    except yaml.YAMLError:
        raise errors.UNKNOWN() from None  # CDS does not catch this one
    if not isinstance(value, dict):
        raise errors.UNKNOWN()
    return value


def pick(table: Any, name: str, kind: type = str) -> Any:
    """A field as Go's JSON decoder finds it: in any case; the type's zero if it is not there."""
    if not isinstance(table, dict):
        raise errors.WRONG_REQUEST(f"json: cannot unmarshal {type(table).__name__} into an object with a field {name}")
    found = table.get(name, next((value for key, value in table.items() if str(key).lower() == name.lower()), None))
    if found is None:
        return kind()
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise errors.WRONG_REQUEST(
            f"json: cannot unmarshal {type(found).__name__} into field {name} of type {kind.__name__}"
        )
    return found
