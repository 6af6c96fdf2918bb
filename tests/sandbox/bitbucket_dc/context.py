# SPDX-License-Identifier: GPL-3.0-or-later
"""What every endpoint does first: who calls, is it within the limits, may it do that with what it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Response, current_app, g, jsonify, request
from werkzeug.datastructures import Authorization

from . import errors, paging
from .model import Project, Repository, User
from .permissions import ADMIN, NONE, READ, WRITE, Caller
from .render import Render

if TYPE_CHECKING:
    from .service import BitbucketDataCenter

__all__ = ["ADMIN", "NONE", "READ", "WRITE"]


def service() -> BitbucketDataCenter:
    return cast("BitbucketDataCenter", current_app.extensions["bitbucket-dc"])


def render() -> Render:
    return service().render()


def login() -> Authorization | None:
    """The ``Authorization`` header; one that cannot be read is not the same as none."""
    if request.authorization is None and request.headers.get("Authorization"):
        raise errors.authentication_failed()
    return request.authorization


def authorize() -> Caller | None:
    """Authenticate (401) and count (429). None is an anonymous caller."""
    if "caller" not in g:
        caller = service().authenticator.caller(login())
        g.caller = caller
        headers = service().rate_limits.take(caller.user.name) if caller else None
        if headers:
            raise errors.rate_limited(headers)
    return cast("Caller | None", g.caller)


def logged_in() -> Caller:
    """As ``authorize``, for what nobody may see anonymously."""
    caller = authorize()
    if caller is None:
        raise errors.not_permitted()
    return caller


def a_user() -> Caller:
    """Somebody with a name and an e-mail address: no project's or repository's token."""
    caller = logged_in()
    if not caller.is_user:
        raise errors.no_user_of_its_own()
    return caller


def level(place: Project | Repository) -> int:
    """What the caller may do there."""
    caller = authorize()
    if caller is not None:
        return caller.level(place)
    project = place.project if isinstance(place, Repository) else place
    return READ if place.public or project.public else NONE


def repository(key: str, slug: str, needed: int = READ) -> Repository:
    """The repository in the URL. That it exists is told to everybody who is somebody: 401, not 404, says "not for you"."""
    authorize()
    project = service().find_project(key)
    if project is None:
        raise errors.no_project(key)
    found = project.repositories.get(slug.lower())
    if found is None:
        raise errors.no_repository(project.key, slug)
    if level(found) < needed:
        raise errors.not_permitted()
    return found


def project(key: str, needed: int = NONE) -> Project:
    """The project in the URL; ``NONE`` is PROJECT_VIEW, which everybody has who may read something in it."""
    authorize()
    found = service().find_project(key)
    if found is None:
        raise errors.no_project(key)
    seen = [level(found), *(level(one) for one in list(found.repositories.values()))]
    if seen[0] < needed or max(seen) < READ:
        raise errors.not_permitted()
    return found


def user(slug: str) -> User:
    """The user in the URL, by slug."""
    found = next((one for one in service().users.values() if one.slug == slug.lower()), None)
    if found is None:
        raise errors.no_user(slug)
    return found


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    response = jsonify(value)
    response.status_code = status
    response.content_type = errors.JSON
    response.headers.update(headers or {})
    return response


def listing(items: list[Any]) -> Response:
    """The page of ``items`` that was asked for."""
    return answer(paging.page(items, request.args, service().page_limit))


def empty(status: int = 204) -> Response:
    return Response(status=status)


def body() -> dict[str, Any]:
    """The request's JSON object; without the JSON content type nothing is read."""
    if request.mimetype != "application/json":
        raise errors.Refused(415, "", errors.TEXT)
    value = request.get_json(silent=True)
    if not isinstance(value, dict):
        raise errors.refused(400, "The request body could not be parsed: it is not a JSON object.")
    return value


def text(body: dict[str, Any], name: str) -> str | None:
    """A property that is a string, or is not there."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.invalid(**{name: f"{name} must be a string."})
    return value
