# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches and tags: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-refs/"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from ... import git
from .. import context, errors, scopes
from ..model import Repository
from .commits import resolve

group = Blueprint("refs", __name__, url_prefix="/2.0/repositories/<workspace>/<slug>/refs")
_FORMAT = (
    "--format=%(refname)%00%(objectname)%00%(*objectname)%00%(taggername)%00%(taggeremail)%00"
    "%(taggerdate:iso-strict)%00%(contents)%00%01"
)


def _rendered(repository: Repository, *patterns: str) -> list[dict[str, Any]]:
    """The refs in git's order, each with the commit it leads to (for an annotated tag, through the tag object)."""
    render = context.render()
    listing = git.run(repository.path, "for-each-ref", _FORMAT, *patterns).decode("utf-8", "replace")
    rows = [row.lstrip("\n").split("\0") for row in listing.split("\0\1") if row.strip()]
    commits = git.commits(repository.path, *(peeled or sha for _, sha, peeled, *_ in rows))
    out = []
    for name, sha, peeled, tagger, email, date, message in rows:
        commit, short = commits.get(peeled or sha), name.split("/", 2)[2]
        if commit is None:  # git peels one tag at a time; what leads to no commit (a tag of a file) is not listed here
            found = git.resolve(repository.path, name)
            if found is None:
                continue
            commit = git.commits(repository.path, found)[found]
        if name.startswith("refs/heads/"):
            out.append(render.branch(repository, short, commit))
        else:
            tag = render.tag(repository, short, commit)
            out.append(render.annotated(tag, message, date, tagger, email.strip("<>")) if peeled else tag)
    return out


@group.get("")
def both(workspace: str, slug: str) -> Response:
    repository = context.repository(workspace, slug, scopes.READ_REPOSITORY)
    return context.listing(_rendered(repository, "refs/heads", "refs/tags"))


@group.get("/branches", defaults={"place": "refs/heads"})
@group.get("/tags", defaults={"place": "refs/tags"})
def some(workspace: str, slug: str, place: str) -> Response:
    return context.listing(_rendered(context.repository(workspace, slug, scopes.READ_REPOSITORY), place))


@group.post("/branches")
def create_branch(workspace: str, slug: str) -> Response:
    """A branch at a hash, of which the beginning is enough, or at another branch."""
    repository = context.repository(workspace, slug, scopes.CREATE_BRANCH, level="write")
    body = context.body()
    name, target = body.get("name"), body.get("target")
    if not isinstance(name, str) or not name:
        raise errors.invalid(name="This field is required.")
    revision = target.get("hash") if isinstance(target, dict) else None
    if not isinstance(revision, str) or not revision:
        raise errors.invalid(target="This field is required.")
    sha = resolve(repository, revision)
    with context.service().changes(repository, context.caller()):
        if git.has_branch(repository.path, name):
            raise errors.refused(400, f'Branch "{name}" already exists.', data={"key": "BRANCH_ALREADY_EXISTS"})
        try:
            git.run(repository.path, "branch", "--no-track", "--", name, sha)
        except git.GitError:  # a name git does not take, or one that is a folder of others
            raise errors.refused(400, f'Invalid branch name "{name}".') from None
    return context.answer(_rendered(repository, f"refs/heads/{name}")[0], 201)


@group.delete("/branches/<path:name>")
def delete_branch(workspace: str, slug: str, name: str) -> Response:
    """Any branch but the main one."""
    repository = context.repository(workspace, slug, scopes.WRITE_REPOSITORY, level="write")
    with context.service().changes(repository, context.caller()):
        if not git.has_branch(repository.path, name):
            raise errors.not_found(f"Branch '{name}' not found.")
        if name == repository.main_branch:
            raise errors.refused(400, "The main branch cannot be deleted.")
        git.delete_ref(repository.path, f"refs/heads/{name}")
    return Response(status=204)


@group.get("/branches/<path:name>", defaults={"place": "refs/heads"})
@group.get("/tags/<path:name>", defaults={"place": "refs/tags"})
def one(workspace: str, slug: str, place: str, name: str) -> Response:
    repository = context.repository(workspace, slug, scopes.READ_REPOSITORY)
    full = f"{place}/{name}"
    found = [ref for ref in _rendered(repository, full) if ref["name"] == name] if _plain(name) else []
    if not found:
        kind = "Branch" if place == "refs/heads" else "Tag"
        raise errors.not_found(f"{kind} '{name}' not found.")
    return context.answer(found[0])


def _plain(name: str) -> bool:
    """Not a pattern: for-each-ref would take these letters as one."""
    return not set(name) & set("*?[")
