# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches and tags: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-repository/"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from ... import git
from .. import context, errors
from ..model import Repository
from .places import API, BRANCH_UTILS, GIT, REPOSITORY

group = Blueprint("refs", __name__)
_ORDERS = {"ALPHABETICAL": "refname", "MODIFICATION": "-committerdate"}
_FORMAT = "--format=%(refname)%00%(objectname)%00%(*objectname)"


def _refs(repository: Repository, place: str) -> list[tuple[str, str, str]]:
    """Name, object and, of an annotated tag, the commit below it: as the query orders and filters them."""
    order = request.args.get("orderBy") or "MODIFICATION"
    if order not in _ORDERS:
        raise errors.refused(400, f"{order} is not a valid order.")
    out = git.run(repository.path, "for-each-ref", f"--sort={_ORDERS[order]}", _FORMAT, place).decode()
    rows = [line.split("\0") for line in out.splitlines()]
    text = request.args.get("filterText", "").lower()
    return [(name, sha, peeled) for name, sha, peeled in rows if text in name.split("/", 2)[2].lower()]


def _tag(name: str, sha: str, peeled: str) -> dict[str, Any]:
    return context.render().tag(name, peeled or sha, sha if peeled else None)


@group.get(f"{API}{REPOSITORY}/branches")
def branches(key: str, slug: str) -> Response:
    """Those whose name has ``filterText`` in it, wherever; exact names have to be looked for in the answer."""
    repository, render = context.repository(key, slug), context.render()
    return context.listing([render.branch(repository, name, sha) for name, sha, _ in _refs(repository, "refs/heads")])


@group.get(f"{API}{REPOSITORY}/branches/default")
def default_branch(key: str, slug: str) -> Response:
    """Deprecated: nothing (204) for an empty repository."""
    repository = context.repository(key, slug)
    name = repository.main_branch
    if name is None:
        return context.empty()
    ref = f"refs/heads/{name}"
    return context.answer(context.render().branch(repository, ref, git.refs(repository.path, ref)[ref]))


def _make_branch(repository: Repository) -> dict[str, Any]:
    body = context.body()
    name, start = context.text(body, "name"), context.text(body, "startPoint")
    if not name:
        raise errors.invalid(name="A branch name must be supplied.")
    name = name.removeprefix("refs/heads/")
    sha = git.resolve(repository.path, start or "")
    if sha is None:
        raise errors.refused(404, f'"{start}" does not exist.', "commit.NoSuchCommitException", "startPoint")
    with context.service().changes(repository, context.authorize()):
        if git.has_branch(repository.path, name):
            raise errors.refused(
                409, f"Branch {name} already exists in this repository.", "repository.DuplicateRefException"
            )
        try:
            git.run(repository.path, "branch", "--no-track", "--", name, sha)
        except git.GitError:  # a name git does not take, or one that is a folder of others
            raise errors.invalid(name=f"{name} is not a valid branch name.") from None
    return context.render().branch(repository, f"refs/heads/{name}", sha)


@group.post(f"{API}{REPOSITORY}/branches")
def create_branch(key: str, slug: str) -> Response:
    return context.answer(_make_branch(context.repository(key, slug, context.WRITE)))


@group.post(f"{BRANCH_UTILS}{REPOSITORY}/branches")
def create_branch_again(key: str, slug: str) -> Response:
    """The same by another path, with another status."""
    return context.answer(_make_branch(context.repository(key, slug, context.WRITE)), 201)


@group.delete(f"{BRANCH_UTILS}{REPOSITORY}/branches")
def delete_branch(key: str, slug: str) -> Response:
    """Fine if it is not there. ``endPoint``: only if it points there."""
    repository = context.repository(key, slug, context.WRITE)
    body = context.body()
    name = (context.text(body, "name") or "").removeprefix("refs/heads/")
    if not name:
        raise errors.invalid(name="A branch name must be supplied.")
    ref, end = f"refs/heads/{name}", context.text(body, "endPoint")
    with context.service().changes(repository, context.authorize()):
        sha = git.refs(repository.path, ref).get(ref)
        if sha and name == git.head(repository.path):
            words = f"The default branch {name} cannot be deleted."
            raise errors.refused(400, words, "repository.DefaultBranchDeletionException")
        if sha and end and end != sha:
            raise errors.refused(400, f"{ref} points to {sha}, not to {end}.", context="endPoint")
        if sha and not body.get("dryRun"):
            git.delete_ref(repository.path, ref)
    return context.empty()


@group.get(f"{API}{REPOSITORY}/tags")
def tags(key: str, slug: str) -> Response:
    return context.listing([_tag(*one) for one in _refs(context.repository(key, slug), "refs/tags")])


@group.get(f"{API}{REPOSITORY}/tags/<path:name>")
def tag(key: str, slug: str, name: str) -> Response:
    repository = context.repository(key, slug)
    found = [one for one in _refs(repository, "refs/tags") if one[0] == f"refs/tags/{name}"]
    if not found:
        raise errors.refused(404, f"Tag {name} does not exist.", "repository.NoSuchTagException")
    return context.answer(_tag(*found[0]))


@group.post(f"{API}{REPOSITORY}/tags", defaults={"status": 200})
@group.post(f"{GIT}{REPOSITORY}/tags", defaults={"status": 201})
def create_tag(key: str, slug: str, status: int) -> Response:
    """Annotated when there is a message."""
    repository = context.repository(key, slug, context.WRITE)
    body = context.body()
    name, start = context.text(body, "name"), context.text(body, "startPoint")
    if not name:
        raise errors.invalid(name="A tag name must be supplied.")
    sha = git.resolve(repository.path, start or "")
    if sha is None:
        raise errors.refused(404, f'"{start}" does not exist.', "commit.NoSuchCommitException", "startPoint")
    with context.service().changes(repository, context.authorize()):
        if git.refs(repository.path, f"refs/tags/{name}"):
            raise errors.refused(
                409, f"Tag {name} already exists in this repository.", "repository.DuplicateRefException"
            )
        try:
            made = git.tag(repository.path, name, sha, context.text(body, "message"))
        except git.GitError:
            raise errors.invalid(name=f"{name} is not a valid tag name.") from None
    return context.answer(_tag(f"refs/tags/{name}", made, sha if made != sha else ""), status)


@group.delete(f"{GIT}{REPOSITORY}/tags/<path:name>")
def delete_tag(key: str, slug: str, name: str) -> Response:
    repository = context.repository(key, slug, context.WRITE)
    with context.service().changes(repository, context.authorize()):
        if f"refs/tags/{name}" not in git.refs(repository.path, "refs/tags"):
            raise errors.refused(404, f"Tag {name} does not exist.", "repository.NoSuchTagException")
        git.delete_ref(repository.path, f"refs/tags/{name}")
    return context.empty()
