# SPDX-License-Identifier: GPL-3.0-or-later
"""Build statuses: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-builds-and-deployments/"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request

from ... import git
from .. import context, errors
from ..model import BuildStatus, Repository
from .places import API, BUILD_STATUS, REPOSITORY

group = Blueprint("builds", __name__)
_BUILDS = f"{API}{REPOSITORY}/commits/<sha>/builds"
STATES = ("SUCCESSFUL", "FAILED", "INPROGRESS", "CANCELLED", "UNKNOWN")
OLD_STATES = STATES[:3]
MAXIMUM = {"key": 255, "url": 450}
MAXIMUM_TEXT = 255
_TEXTS = ("name", "description", "parent", "ref", "buildNumber")


def _place(key: str, slug: str, sha: str, needed: int) -> Repository:
    """Reading is enough to report; the commit has to be there, by its whole hash."""
    repository = context.repository(key, slug, needed)
    if not re.fullmatch(r"[0-9a-f]{40}", sha):
        raise errors.refused(400, f"{sha} is not a valid commit hash.")
    if git.resolve(repository.path, sha) is None:
        raise errors.no_commit(sha, repository.slug)
    return repository


def _checked(body: dict[str, Any], states: tuple[str, ...]) -> dict[str, Any]:
    for name, maximum in MAXIMUM.items():
        if not context.text(body, name):
            raise errors.invalid(**{name: f"The build {name} must not be blank."})
        if len(body[name]) > maximum:
            raise errors.invalid(**{name: f"The build {name} must not be longer than {maximum} characters."})
    if not body["url"].startswith(("http://", "https://")):
        raise errors.invalid(url="The build url must be a valid URL.")
    if body.get("state") not in states:
        raise errors.invalid(state=f"The build state must be one of {', '.join(states)}.")
    for name in _TEXTS:
        if len(context.text(body, name) or "") > MAXIMUM_TEXT:
            raise errors.invalid(**{name: f"The build {name} must not be longer than {MAXIMUM_TEXT} characters."})
    if body.get("ref") and not re.match(r"refs/(heads|tags)/.", body["ref"]):
        raise errors.invalid(ref="The ref must be fully qualified, e.g. refs/heads/master.")
    return {
        "key": body["key"],
        "state": body["state"],
        "url": body["url"],
        "build_number": body.get("buildNumber"),
        "duration": body.get("duration"),
        "test_results": body.get("testResults"),
        **{name: body.get(name) for name in ("name", "description", "parent", "ref")},
    }


def _store(repository: Repository, sha: str, properties: dict[str, Any]) -> None:
    """What is there under the same key is replaced, not merged."""
    now = context.service().clock.datetime()
    with repository.lock:
        before = repository.builds.get((sha, properties["key"]))
        repository.builds[(sha, properties["key"])] = BuildStatus(
            created=before.created if before else now, updated=now, **properties
        )


@group.post(_BUILDS)
def create(key: str, slug: str, sha: str) -> Response:
    """Creates or replaces; there is nothing in the answer."""
    context.logged_in()
    repository = _place(key, slug, sha, context.READ)
    _store(repository, sha, _checked(context.body(), STATES))
    return context.empty()


def _build(repository: Repository, sha: str) -> BuildStatus:
    wanted = request.args.get("key")
    if not wanted:
        raise errors.invalid(key="The build key must be provided.")
    found = repository.builds.get((sha, wanted))
    if found is None:
        raise errors.refused(404, f"No build status with key {wanted} for commit {sha}.", "NoSuchEntityException")
    return found


@group.get(_BUILDS)
def get(key: str, slug: str, sha: str) -> Response:
    """One, by ``key``: there is no list of them here."""
    repository = _place(key, slug, sha, context.READ)
    return context.answer(context.render().build(_build(repository, sha)))


@group.delete(_BUILDS)
def delete(key: str, slug: str, sha: str) -> Response:
    """An administrator's right, unlike the report."""
    repository = _place(key, slug, sha, context.ADMIN)
    with repository.lock:
        repository.builds.pop((sha, request.args.get("key", "")), None)
    return context.empty()


def _holders(sha: str) -> list[Repository]:
    """The repositories with the commit that the caller may read."""
    return [
        one
        for one in context.service().repositories()
        if context.level(one) >= context.READ and git.resolve(one.path, sha)
    ]


@group.get(f"{BUILD_STATUS}/commits/<sha>")
def of_commit(sha: str) -> Response:
    """Deprecated, and the only list: of all repositories that have the commit."""
    context.logged_in()
    found = {
        build.key: build for one in _holders(sha) for (commit, _key), build in list(one.builds.items()) if commit == sha
    }
    newest = sorted(found.values(), key=lambda build: build.updated, reverse=request.args.get("orderBy") != "OLDEST")
    return context.listing([context.render().build(build) for build in newest])


@group.post(f"{BUILD_STATUS}/commits/<sha>")
def create_for_commit(sha: str) -> Response:
    """Deprecated: it names no repository, and knows three states only."""
    context.logged_in()
    if not re.fullmatch(r"[0-9a-f]{40}", sha):
        raise errors.refused(400, "The commitId must be a full 40-character SHA1.")
    properties = _checked(context.body(), OLD_STATES)
    for repository in _holders(sha):
        _store(repository, sha, properties)
    return context.empty()
