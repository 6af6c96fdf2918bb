# SPDX-License-Identifier: GPL-3.0-or-later
"""What Bitbucket holds: workspaces, projects, repositories, users and what hangs on them. Data only."""

from __future__ import annotations

import threading
import uuid as uuids
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .. import git
from ..pull_requests import PullRequest
from .pipelines_model import PipelinesState

LEVELS = ("none", "read", "write", "admin")
ROLES = ("member", "create-project", "owner")


def new_uuid() -> str:
    """Bitbucket writes uuids in braces, everywhere."""
    return f"{{{uuids.uuid4()}}}"


@dataclass(eq=False)
class User:
    """An Atlassian account. ``username`` is Bitbucket's own name for it (used by git), ``email`` Atlassian's (REST)."""

    username: str
    email: str
    account_id: str
    display_name: str
    created_on: datetime
    uuid: str = field(default_factory=new_uuid)
    workspaces: dict[str, str] = field(default_factory=dict)  # workspace slug → member | create-project | owner
    repositories: dict[str, str] = field(default_factory=dict)  # full name → read | write | admin

    def role(self, workspace: Workspace) -> str | None:
        return self.workspaces.get(workspace.slug)

    def level(self, repository: Repository) -> str:
        """The permission on a repository; owners of the workspace administer all of them."""
        if self.role(repository.workspace) == "owner":
            return "admin"
        return self.repositories.get(repository.full_name, "none")


@dataclass(eq=False)
class Webhook:
    """A subscription on a repository or a workspace."""

    subject: Repository | Workspace
    url: str
    events: list[str]
    description: str
    active: bool
    created_at: datetime
    secret: str | None = None
    skip_cert_verification: bool = False
    history_enabled: bool = False
    uuid: str = field(default_factory=new_uuid)


@dataclass(eq=False)
class BuildStatus:
    """The state a CI system has reported for a commit under a key."""

    key: str
    state: str
    url: str
    name: str | None
    description: str | None
    refname: str | None
    created_on: datetime
    updated_on: datetime


@dataclass(eq=False)
class Comment:
    """What somebody wrote below a pull request; a token that is nobody has no author."""

    id: int
    raw: str
    author: User | None
    created_on: datetime


@dataclass(eq=False)
class Workspace:
    slug: str
    name: str
    created_on: datetime
    uuid: str = field(default_factory=new_uuid)
    projects: dict[str, Project] = field(default_factory=dict)
    repositories: dict[str, Repository] = field(default_factory=dict)
    hooks: dict[str, Webhook] = field(default_factory=dict)


@dataclass(eq=False)
class Project:
    key: str
    name: str
    uuid: str = field(default_factory=new_uuid)


@dataclass(eq=False)
class Repository:
    """A repository: a bare git repository at ``path`` and what Bitbucket knows beside it."""

    workspace: Workspace
    slug: str
    project: Project
    path: Path
    is_private: bool
    created_on: datetime
    updated_on: datetime
    description: str = ""
    size: int = 0
    uuid: str = field(default_factory=new_uuid)
    hooks: dict[str, Webhook] = field(default_factory=dict)
    statuses: dict[tuple[str, str], BuildStatus] = field(default_factory=dict)  # (commit, key) →
    comments: dict[int, list[Comment]] = field(default_factory=dict)  # by pull request
    pull_requests: dict[int, PullRequest[User | None]] = field(default_factory=dict)
    merge_tasks: dict[tuple[int, str], object] = field(default_factory=dict)  # (pull request, task) → its outcome
    pipelines: PipelinesState = field(default_factory=PipelinesState)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)  # held while refs change

    @property
    def full_name(self) -> str:
        return f"{self.workspace.slug}/{self.slug}"

    @property
    def main_branch(self) -> str | None:
        """The main branch; an empty repository has none."""
        name = git.head(self.path)
        return name if git.has_branch(self.path, name) else None
