# SPDX-License-Identifier: GPL-3.0-or-later
"""Build statuses: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from .. import context, errors, hook_input, paging, push_event, scopes
from ..model import BuildStatus, Repository
from .commits import resolve

group = Blueprint("statuses", __name__, url_prefix="/2.0/repositories/<workspace>/<slug>/commit/<revision>/statuses")
STATES = ("SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED")
MAXIMUM_KEY = 40
_TEXTS = ("name", "description", "refname")


def _place(workspace: str, slug: str, revision: str) -> tuple[Repository, str]:
    """Reading a repository is enough, even to write a status."""
    repository = context.repository(workspace, slug, scopes.READ_REPOSITORY)
    return repository, resolve(repository, revision)


def _checked(body: dict[str, Any], current: BuildStatus | None) -> dict[str, Any]:
    """The properties a request sets; on an update those it does not name stay as they are."""
    out: dict[str, Any] = {}
    for name in ("state", "url"):
        if name in body or current is None:
            if not body.get(name):
                raise errors.invalid(**{name: "This field is required."})
            out[name] = str(body[name])
    if "state" in out and out["state"] not in STATES:
        raise errors.invalid(state=f"Select a valid choice. {out['state']} is not one of the available choices.")
    if "url" in out and not _is_url(out["url"]):
        raise errors.invalid(url="Enter a valid URL.")
    for name in _TEXTS:
        if name in body or current is None:
            value = body.get(name)
            if value is not None and not isinstance(value, str):
                raise errors.invalid(**{name: "Not a valid string."})
            out[name] = value
    return out


def _is_url(value: str) -> bool:
    """A host without a dot, as one's own network has them, is none to Bitbucket Cloud; an address is fine.

    https://github.com/runatlantis/atlantis/issues/710,
    https://github.com/jenkinsci/bitbucket-branch-source-plugin/pull/146
    """
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        return False
    dotted = "." in host.strip(".") or ":" in host
    return parts.scheme in ("http", "https") and dotted and not any(letter.isspace() for letter in value)


def _key(body: dict[str, Any]) -> str:
    key = body.get("key")
    if not key or not isinstance(key, str):
        raise errors.invalid(key="This field is required.")
    if len(key) > MAXIMUM_KEY:
        raise errors.invalid(key=hook_input.at_most(MAXIMUM_KEY, key))
    return key


def _found(repository: Repository, sha: str, key: str) -> BuildStatus:
    status = repository.statuses.get((sha, key))
    if status is None:
        raise errors.not_found(f"Build status {key} not found")
    return status


def _answer(repository: Repository, sha: str, status: BuildStatus, created: bool, code: int) -> Response:
    """The status, which the webhooks are told about as well."""
    answer = context.render().status(repository, sha, status)
    payload = {
        "commit_status": answer,
        "actor": push_event.actor(context.render(), context.caller()),
    }
    event = "repo:commit_status_created" if created else "repo:commit_status_updated"
    context.service().notify(repository, event, payload)
    return context.answer(answer, code)


@group.get("")
def listing(workspace: str, slug: str, revision: str) -> Response:
    repository, sha = _place(workspace, slug, revision)
    refname = request.args.get("refname")
    return context.listing(
        [
            context.render().status(repository, sha, status)
            for (commit, _key_), status in list(repository.statuses.items())
            if commit == sha and refname in (None, status.refname)
        ],
        default=paging.STATUSES_LENGTH,
    )


@group.post("/build")
def create(workspace: str, slug: str, revision: str) -> Response:
    """Creates, or overwrites what is there under the same key; 201 both ways."""
    repository, sha = _place(workspace, slug, revision)
    body = context.body()
    key, now = _key(body), context.service().clock.datetime()
    properties = _checked(body, None)
    with context.service().lock:
        before = repository.statuses.get((sha, key))
        status = BuildStatus(key=key, created_on=before.created_on if before else now, updated_on=now, **properties)
        repository.statuses[(sha, key)] = status
    return _answer(repository, sha, status, before is None, 201)


@group.get("/build/<path:key>")
def get(workspace: str, slug: str, revision: str, key: str) -> Response:
    repository, sha = _place(workspace, slug, revision)
    return context.answer(context.render().status(repository, sha, _found(repository, sha, key)))


@group.put("/build/<path:key>")
def update(workspace: str, slug: str, revision: str, key: str) -> Response:
    """Everything but the key can be changed."""
    repository, sha = _place(workspace, slug, revision)
    status = _found(repository, sha, key)
    given = _checked(context.body(), status)
    with context.service().lock:
        for name, value in given.items():
            setattr(status, name, value)
        status.updated_on = context.service().clock.datetime()
    return _answer(repository, sha, status, False, 200)
