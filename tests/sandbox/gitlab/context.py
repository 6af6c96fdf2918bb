# SPDX-License-Identifier: GPL-3.0-or-later
"""What every endpoint does first: who calls, with which token, may it do that, does it see what it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from flask import Response, current_app, g, jsonify, request

from . import errors, paging
from .model import MAINTAINER, Namespace, Project, User
from .render import Render
from .tokens import Token

if TYPE_CHECKING:
    from .service import GitLab


def service() -> GitLab:
    return cast("GitLab", current_app.extensions["gitlab"])


def render() -> Render:
    return Render(service())


def _secret() -> str | None:
    """The token of the request: in its own header, as Bearer, or as ``?private_token=`` (or in a form)."""
    header = request.headers.get("PRIVATE-TOKEN")
    if header:
        return header
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    return request.args.get("private_token") or request.form.get("private_token")


def caller() -> Token | None:
    return cast("Token | None", g.get("token"))


def user() -> User:
    """Who calls; only after ``login``."""
    token = caller()
    if token is None:
        raise errors.unauthorized()
    return token.user


def login(
    *scopes: str, permission: str | None = None, project: Project | None = None, anonymous: bool = False
) -> User | None:
    """Authenticate (401), count (429) and check the scopes (403).

    ``api`` opens everything and ``read_api`` what is read; ``scopes`` are the others that will do. ``permission`` is
    what a fine-grained token needs here; None: such a token does not get in.
    """
    secret = _secret()
    if not secret:
        _count(request.remote_addr or "")
        if anonymous:
            return None
        raise errors.unauthorized()
    token = service().tokens.find(secret)
    _count(secret)
    if token is None:
        raise errors.unauthorized()
    g.token = token
    if token.revoked:
        if "rotate" in request.path:  # reuse detection
            service().tokens.revoke_family(token)
        raise errors.revoked()
    if service().tokens.expired(token):
        raise errors.expired()
    if token.user.state != "active":
        raise errors.unauthorized()
    _check_scopes(token, scopes, permission, project)
    token.last_used_at = service().clock.datetime()
    return token.user


def _check_scopes(token: Token, scopes: tuple[str, ...], permission: str | None, project: Project | None) -> None:
    if token.granular is not None:
        inside = project is None or project.id in token.granular_projects
        if permission is None or permission not in token.granular or not inside:
            raise errors.insufficient_granular_scope(permission or "none")
        return
    enough = ("api", *(("read_api",) if request.method in ("GET", "HEAD") else ()), *scopes)
    if not set(enough) & set(token.scopes):
        raise errors.insufficient_scope(*enough)


def _count(who: str) -> None:
    within, g.limit_headers = service().rate_limits.take(who)
    if not within:
        raise errors.throttled()


def project(
    name: str, level: int = 0, *scopes: str, permission: str | None = None, features: tuple[str, ...] = ()
) -> Project:
    """The project in the URL (an id or a path), if the caller has at least that access level there.

    Without a level whoever sees the project may. Who does not see it is told that it is not there.
    """
    found = service().find_project(name)
    who = login(*scopes, permission=permission, project=found, anonymous=level == 0 and request.method == "GET")
    if found is None or not found.visible_to(who):
        raise errors.not_found("Project")
    if found.level(who) < level:
        raise errors.forbidden()
    for feature in features:
        if found.settings.get(f"{feature}_access_level") == "disabled":
            raise errors.forbidden()
    return found


def maintained(name: str, *scopes: str, permission: str | None = None) -> Project:
    return project(name, MAINTAINER, *scopes, permission=permission)


def namespace(name: str) -> Namespace:
    """A group or namespace by id or path, if the caller sees it."""
    found = service().find_namespace(name)
    who = user()
    if found is None or not (found.visibility != "private" or found.level(who)):
        raise errors.not_found("Group" if "/groups/" in request.path else "Namespace")
    return found


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    response = jsonify(value)
    response.status_code = status
    response.headers.update(headers or {})
    return response


def nothing(status: int = 204) -> Response:
    return Response(status=status)


def listing(items: list[Any], draw: Any) -> Response:
    """One page of items, drawn."""
    url = service().url + quote(request.path)
    chosen, headers = paging.page(items, url)
    return answer([draw(one) for one in chosen], headers=headers)
