# SPDX-License-Identifier: GPL-3.0-or-later
"""Project access tokens: https://docs.gitlab.com/api/project_access_tokens/"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from .. import context, errors
from ..model import LEVELS, MAINTAINER, Project
from ..params import Field, read
from ..tokens import MAXIMUM_DAYS, PROJECT_SCOPES, Token

if TYPE_CHECKING:
    from ..service import GitLab

group = Blueprint("access_tokens", __name__, url_prefix="/api/v4/projects/<part:project>/access_tokens")
_CREATE = (
    Field("name", required=True),
    Field("scopes", list, True, PROJECT_SCOPES),
    Field("expires_at", date, True),
    Field("access_level", int, False, LEVELS),
    Field("description"),
)
_LIST = (
    Field("state", str, False, ("active", "inactive")),
    Field("search"),
    Field("revoked", bool),
    Field("expires_before", date),
    Field("expires_after", date),
)


def check_expiry(service: GitLab, expires: date | None) -> None:
    today = service.tokens.today()
    if expires is None:
        return
    if expires <= today:
        raise errors.bad_request("Expires at cannot be a date in the past")
    if expires > today + timedelta(days=MAXIMUM_DAYS):
        raise errors.bad_request(f"Expires at must be before {today + timedelta(days=MAXIMUM_DAYS + 1)}")


def _managed(name: str) -> Project:
    """Who may not manage tokens is told 401 here."""
    project = context.project(name)
    if project.level(context.user()) < MAINTAINER or not _offered():
        raise errors.unauthorized()
    return project


def _offered() -> bool:
    """GitLab.com has them from Premium on, an installation of one's own in every edition."""
    service = context.service()
    return service.edition == "premium" or not service.saas


def _token(project: Project, number: int) -> Token:
    found = context.service().tokens.all.get(number)
    if found is None or found.project is not project:
        raise errors.message(404, f"404 Could not find project access token with token_id: {number} Not Found")
    return found


@group.get("")
def listing(project: str) -> Response:
    """Also the revoked ones, unless the filter says otherwise."""
    place = _managed(project)
    wanted = read(_LIST)
    tokens = context.service().tokens
    found = []
    for token in tokens.of_project(place):
        day = token.expires_on or date.max
        keep = (
            wanted.get("state") in (None, "active" if tokens.active(token) else "inactive")
            and wanted.get("search", "").lower() in token.name.lower()
            and wanted.get("revoked") in (None, token.revoked)
            and ("expires_before" not in wanted or day < wanted["expires_before"])
            and ("expires_after" not in wanted or day > wanted["expires_after"])
        )
        if keep:
            found.append(token)
    return context.listing(sorted(found, key=lambda one: -one.id), context.render().token)


@group.post("")
def create(project: str) -> Response:
    """Only a person can: a project's bot cannot make another one."""
    place = context.project(project)
    given = read(_CREATE)
    user = context.user()
    level = given.get("access_level") or MAINTAINER
    if user.bot_of is not None or place.level(user) < MAINTAINER or not _offered():
        raise errors.bad_request("User does not have permission to create project access token")
    if not given["name"]:
        raise errors.bad_request("Name can't be blank")
    if level > place.level(user):
        raise errors.bad_request(
            "Access level of the token can't be greater the access level of the user who created the token"
        )
    check_expiry(context.service(), given["expires_at"])
    token = context.service().create_project_token(
        place, given["scopes"], level, given["name"], given["expires_at"], given.get("description")
    )
    return context.answer(context.render().token(token, secret=True), 201)


@group.get("/<int:number>")
def get(project: str, number: int) -> Response:
    return context.answer(context.render().token(_token(_managed(project), number)))


@group.delete("/<int:number>")
def delete(project: str, number: int) -> Response:
    """Revoked and its bot with it."""
    token = _token(_managed(project), number)
    context.service().revoke(token)
    return context.nothing()


@group.post("/<int:number>/rotate")
def rotate(project: str, number: int) -> Response:
    place = _managed(project)
    return _rotated(_token(place, number))


@group.post("/self/rotate")
def rotate_itself(project: str) -> Response:
    """For a token that may do nothing else but this, too."""
    place = context.project(project, 0, "self_rotate")
    token = context.caller()
    if token is None:
        raise errors.unauthorized()
    if token.project is not place:
        raise errors.message(405, "405 Method Not Allowed")
    return _rotated(token)


def _rotated(token: Token) -> Response:
    """Without a date the new one lives a week. A second rotation of the same token is a sign of theft."""
    service = context.service()
    expires = read([Field("expires_at", date)]).get("expires_at")
    if token.revoked:
        service.tokens.revoke_family(token)
        raise errors.bad_request("Token already revoked")
    check_expiry(service, expires)
    return context.answer(context.render().token(service.tokens.rotate(token, expires), secret=True))
