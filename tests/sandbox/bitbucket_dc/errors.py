# SPDX-License-Identifier: GPL-3.0-or-later
"""Data Center's refusals: a list of errors, each with the Java exception it comes from.

https://developer.atlassian.com/server/bitbucket/rest/v902/intro/#errors-validation. 401 means two things: not logged in, and logged in
but not permitted.
"""

from __future__ import annotations

import json
from typing import Any

from ..refusals import Refused as Refused

JSON, TEXT, HTML = "application/json;charset=UTF-8", "text/plain;charset=UTF-8", "text/html;charset=UTF-8"
_PACKAGE = "com.atlassian.bitbucket."
NOT_PERMITTED = "You are not permitted to access this resource"
AUTHENTICATION_FAILED = "Authentication failed. Please check your credentials and try again."
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Atlassian Bitbucket"'}


def refused(
    status: int,
    message: str,
    exception: str | None = None,
    context: str | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Refused:
    """``exception``: the class below ``com.atlassian.bitbucket``; ``context``: the field that is wrong."""
    name = exception if exception is None or exception.startswith("com.") else _PACKAGE + exception
    error = {"context": context, "message": message, "exceptionName": name, **more}
    return Refused(status, json.dumps({"errors": [error]}), JSON, headers)


def plain(status: int, text: str, headers: dict[str, str] | None = None) -> Refused:
    return Refused(status, text, TEXT, headers)


def authentication_failed() -> Refused:
    return refused(401, AUTHENTICATION_FAILED, "auth.IncorrectPasswordAuthenticationException")


def not_permitted() -> Refused:
    return refused(401, NOT_PERMITTED, "AuthorisationException")


def no_user_of_its_own() -> Refused:
    """A project's or repository's token asks for something that makes a commit."""
    return refused(
        403, "The access token used does not have a valid user associated with it.", "AuthorisationException"
    )


def no_project(key: str) -> Refused:
    return refused(404, f"Project {key} does not exist.", "project.NoSuchProjectException")


def no_repository(key: str, slug: str) -> Refused:
    return refused(404, f"Repository {key}/{slug} does not exist.", "repository.NoSuchRepositoryException")


def no_commit(revision: str, repository: str) -> Refused:
    return refused(
        404, f"Commit '{revision}' does not exist in repository '{repository}'.", "commit.NoSuchCommitException"
    )


def no_path(path: str, revision: str) -> Refused:
    return refused(404, f'The path "{path}" does not exist at revision "{revision}"', "content.NoSuchPathException")


def no_user(name: str) -> Refused:
    return refused(404, f"User {name} does not exist.", "user.NoSuchUserException")


def invalid(**fields: str) -> Refused:
    """Input that does not validate: one error for each field."""
    errors = [{"context": name, "message": text, "exceptionName": None} for name, text in fields.items()]
    return Refused(400, json.dumps({"errors": errors}), JSON)


def outage(status: int) -> Refused:
    """What Data Center, or the proxy in front of it, says with a status when the request is not the reason."""
    if status == 401:
        return authentication_failed()
    if status == 403:
        return refused(403, NOT_PERMITTED, "AuthorisationException")
    if status == 429:
        return rate_limited()
    if status in (502, 503, 504):
        text = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}[status]
        return Refused(status, f"<html><head><title>{status} {text}</title></head><body>{text}</body></html>\n", HTML)
    return refused(
        status, "An error occurred while processing your request. Check the server logs for more information."
    )


def rate_limited(headers: dict[str, str] | None = None) -> Refused:
    return refused(429, "You've been rate limited. Reduce your number of requests and try again.", headers=headers)
