# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/"""

from __future__ import annotations

from flask import Blueprint, Response, request

from ... import git
from .. import context, errors, scopes
from ..model import Repository

group = Blueprint("commits", __name__, url_prefix="/2.0/repositories/<workspace>/<slug>")


def resolve(repository: Repository, revision: str) -> str:
    """The hash a revision names, or Bitbucket's 404."""
    sha = git.resolve(repository.path, revision)
    if sha is None:
        raise errors.not_found(f"Commit not found: {revision}")
    return sha


@group.get("/commit/<revision>")
def one(workspace: str, slug: str, revision: str) -> Response:
    repository = context.repository(workspace, slug, scopes.READ_REPOSITORY)
    sha = resolve(repository, revision)
    answer = context.render().commit(repository, git.commits(repository.path, sha)[sha])
    return context.answer({**answer, "participants": []})


@group.get("/commits", defaults={"revision": None})
@group.get("/commits/<path:revision>")
def several(workspace: str, slug: str, revision: str | None) -> Response:
    """Newest first, from everywhere or from ``revision``/``include``, without what ``exclude`` has."""
    repository = context.repository(workspace, slug, scopes.READ_REPOSITORY)
    include = [*request.args.getlist("include"), *([revision] if revision else [])]
    wanted = [resolve(repository, name) for name in include]
    unwanted = [f"^{resolve(repository, name)}" for name in request.args.getlist("exclude")]
    paths = tuple(path for path in request.args.getlist("path") if path)
    if not wanted and repository.main_branch is None:
        return context.listing([], counted=False)
    found = git.log(repository.path, "--topo-order", *(wanted or ["--branches", "--tags"]), *unwanted, paths=paths)
    render = context.render()
    return context.listing([render.commit(repository, commit) for commit in found], counted=False)
