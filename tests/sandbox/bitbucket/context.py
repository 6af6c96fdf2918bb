# SPDX-License-Identifier: GPL-3.0-or-later
"""The first steps of every endpoint: authentication, rate limits, scopes, and access to the requested object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from flask import Response, current_app, g, jsonify, request
from werkzeug.datastructures import Authorization

from . import errors, paging, query, scopes
from .credentials import Credential
from .model import Repository, Workspace
from .render import Render

if TYPE_CHECKING:
    from .service import Bitbucket


def service() -> Bitbucket:
    return cast("Bitbucket", current_app.extensions["bitbucket"])


def render() -> Render:
    """Answers as the caller sees them; so only after ``authorize``."""
    return Render(service().url, service().users_by_email(), g.get("credential"))


def authorize(need: scopes.Need) -> Credential | None:
    """Authenticate (401), count (429), and check the scopes (403). None is an anonymous caller."""
    g.need = need
    credential = service().authenticator.rest(login())
    g.credential = credential
    _count(credential)
    if credential and not credential.has(need):
        raise errors.missing_scopes(credential.needed(need), credential.scopes)
    return credential


def login() -> Authorization | None:
    """The ``Authorization`` header; one that cannot be read is not the same as none."""
    if request.authorization is None and request.headers.get("Authorization"):
        raise errors.login_failed()
    return request.authorization


def logged_in(need: scopes.Need) -> Credential:
    """As ``authorize``, for what nobody may see anonymously."""
    credential = authorize(need)
    if credential is None:
        raise errors.login_failed()
    return credential


def _count(credential: Credential | None) -> None:
    limits = service().rate_limits
    if credential is None:
        who, resource = request.remote_addr or "", "api-anonymous"
    elif "/hooks" in request.path:
        who, resource = credential.secret, "api-webhooks"
    elif request.path.startswith("/2.0/repositories/"):
        who, resource = credential.secret, "api-repositories"
    else:
        return
    allowed = limits.take(who, resource)
    if credential and credential.is_access_token and resource == "api-repositories":
        g.limit_headers = limits.headers(who, resource)
    if not allowed:
        raise errors.plain(429, errors.RATE_LIMITED)


def repository(workspace: str, slug: str, need: scopes.Need, level: str = "read") -> Repository:
    """The repository in the URL, if the caller may do ``level`` with it."""
    credential = authorize(need)
    found = service().find_repository(workspace, slug)
    if found is None:
        raise errors.no_repository()
    readable = not found.is_private or (credential is not None and credential.may(found, "read"))
    if not readable:
        raise errors.no_repository()
    if level != "read" or request.method not in ("GET", "HEAD"):
        if credential is None:
            raise errors.login_failed()
        if not credential.may(found, level):
            raise errors.forbidden()
    return found


def workspace(slug: str, need: scopes.Need) -> Workspace:
    """The workspace in the URL, if the caller is part of it."""
    credential = logged_in(need)
    found = service().find_workspace(slug)
    if found is None or not credential.belongs_to(found):
        raise errors.not_found(f"No workspace with identifier '{slug}'.")
    return found


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON, reduced to the ``fields=`` that were asked for."""
    response = jsonify(paging.partial(value, request.args.get("fields")))
    response.status_code = status
    response.content_type = errors.JSON
    response.headers.update(headers or {})
    return response


def listing(items: list[Any], counted: bool = True, default: int = paging.DEFAULT_LENGTH) -> Response:
    """A page of what ``q=`` and ``sort=`` leave; ``default``: how long it is if the request does not say."""
    return answer(paging.page(_chosen(items), service().url + quote(request.path), counted, default))


def pipelines_listing(items: list[Any]) -> Response:
    """The same for the lists of Pipelines, whose pages have no links."""
    return answer(paging.unlinked(_chosen(items)))


def _chosen(items: list[Any]) -> list[Any]:
    return query.select(items, request.args.get("q"), request.args.get("sort"))


def body() -> dict[str, Any]:
    """The request's JSON object."""
    value = request.get_json(force=True, silent=True)
    if not isinstance(value, dict):
        raise errors.refused(400, "Bad request", detail="The request's body is not a JSON object")
    return value


def caller() -> Credential | None:
    """The credential that ``authorize`` found."""
    return cast("Credential | None", g.get("credential"))


def require(need: scopes.Need) -> None:
    """Scopes that turn out to be needed once the request's body has been read."""
    credential = caller()
    g.need = need
    if credential and not credential.has(need):
        raise errors.missing_scopes(credential.needed(need), credential.scopes)
