# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches and tags: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-refs/"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from ... import git
from .. import context, errors, scopes
from ..model import Repository

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
        commit, short = commits[peeled or sha], name.split("/", 2)[2]
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
