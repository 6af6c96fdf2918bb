# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-repository/"""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from ... import git
from .. import context, errors
from ..model import Repository
from .places import API, REPOSITORY

group = Blueprint("commits", __name__, url_prefix=f"{API}{REPOSITORY}/commits")
_MERGES = {"include": [], "exclude": ["--no-merges"], "only": ["--merges"]}


def resolve(repository: Repository, revision: str | None) -> str | None:
    """The commit a hash, branch or tag names, by default the default branch's; None in an empty repository."""
    wanted = revision or repository.main_branch
    if wanted is None:
        return None
    sha = git.resolve(repository.path, wanted)
    if sha is None:
        raise errors.no_commit(wanted, repository.slug)
    return sha


@group.get("")
def listing(key: str, slug: str) -> Response:
    """Newest first, from ``until`` back to ``since`` (which is not part of it)."""
    repository, query = context.repository(key, slug), request.args
    merges = query.get("merges") or "include"
    if merges not in _MERGES:
        raise errors.refused(400, f"{merges} is not one of include, exclude and only.")
    until = resolve(repository, query.get("until"))
    if until is None:
        return context.listing([])
    since = resolve(repository, query["since"]) if query.get("since") else None
    unwanted = [f"^{since}"] if since else []
    paths = (query["path"],) if query.get("path") else ()
    found = git.log(repository.path, "--topo-order", *_MERGES[merges], until, *unwanted, paths=paths)
    return context.listing([context.render().commit(one) for one in found])


@group.get("/<revision>")
def get(key: str, slug: str, revision: str) -> Response:
    """By hash, of which the beginning is enough; no names of refs."""
    repository = context.repository(key, slug)
    sha = git.resolve(repository.path, revision) if re.fullmatch(r"[0-9a-f]{4,40}", revision) else None
    if sha is None:
        raise errors.no_commit(revision, repository.slug)
    return context.answer(context.render().commit(git.commits(repository.path, sha)[sha]))
