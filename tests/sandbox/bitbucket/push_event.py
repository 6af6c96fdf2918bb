# SPDX-License-Identifier: GPL-3.0-or-later
"""The payload of ``repo:push``. https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Push"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .. import git
from .credentials import Credential
from .model import Repository
from .render import Render

MAXIMUM_COMMITS = 5  # per change; more are cut off and ``truncated`` says so


def payload(
    repository: Repository, before: dict[str, str], after: dict[str, str], render: Render, by: Credential | None
) -> dict[str, Any] | None:
    """What changed between two states of the refs; None if nothing did."""
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    if not changed:
        return None
    return {
        "push": {"changes": [_change(repository, name, before.get(name), after.get(name), render) for name in changed]},
        "actor": actor(render, by),
    }


def actor(render: Render, by: Credential | None) -> dict[str, Any]:
    """Who did it: a user; for tokens that are nobody an app user."""
    if by and by.user:
        return render.user(by.user)
    return render.nobody(by.kind if by else "sandbox")


def place(render: Render, repository: Repository) -> dict[str, Any]:
    """The repository, as the payload of every event has it: with whose it is, unlike where answers embed one."""
    return render.repository_base(repository) | {
        "scm": "git",
        "website": None,
        "owner": render.team(repository.workspace),
        "workspace": render.workspace(repository.workspace),
        "is_private": repository.is_private,
        "project": render.project(repository.project, repository.workspace),
        "parent": None,
    }


def _change(repository: Repository, name: str, old: str | None, new: str | None, render: Render) -> dict[str, Any]:
    old_commit, new_commit = _commit(repository, old), _commit(repository, new)
    commits: list[git.Commit] = []
    if new_commit and name.startswith("refs/heads/"):
        without = [f"^{old_commit.sha}"] if old_commit else []
        commits = git.log(repository.path, f"-{MAXIMUM_COMMITS + 1}", new_commit.sha, *without)
    forced = bool(old_commit and new_commit and git.log(repository.path, "-1", old_commit.sha, f"^{new_commit.sha}"))
    links = {"html": {"href": f"{render.root}/{repository.full_name}/branch/{quote(name.split('/', 2)[2])}"}}
    if new_commit:
        href = f"{render.repository_api(repository)}/commits?include={new_commit.sha}"
        links["commits"] = {"href": href + (f"&exclude={old_commit.sha}" if old_commit else "")}
    return {
        "old": _ref(repository, name, old_commit, render),
        "new": _ref(repository, name, new_commit, render),
        "created": old is None,
        "closed": new is None,
        "forced": forced,
        "truncated": len(commits) > MAXIMUM_COMMITS,
        "commits": [render.commit(repository, commit) for commit in commits[:MAXIMUM_COMMITS]],
        "links": links,
    }


def _commit(repository: Repository, sha: str | None) -> git.Commit | None:
    if sha is None:
        return None
    found = git.log(repository.path, "-1", sha)
    return found[0] if found else None


def _ref(repository: Repository, name: str, commit: git.Commit | None, render: Render) -> dict[str, Any] | None:
    if commit is None:
        return None
    short = name.split("/", 2)[2]
    draw = render.branch if name.startswith("refs/heads/") else render.tag
    return draw(repository, short, commit)
