# SPDX-License-Identifier: GPL-3.0-or-later
"""What Bitbucket Data Center holds: projects, repositories, users, tokens and what hangs on them. Data only."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import git
from ..pull_requests import PullRequest


@dataclass(eq=False)
class User:
    """``permission`` is the global one; ``grants`` are those on projects (by key) and repositories (by full name)."""

    id: int
    name: str
    email: str
    display_name: str
    password: str
    permission: str = "LICENSED_USER"
    active: bool = True
    grants: dict[str, str] = field(default_factory=dict)
    failed_logins: int = 0  # since the last good one

    @property
    def slug(self) -> str:
        return "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in self.name.lower())


@dataclass(eq=False)
class Invocation:
    """How a delivery to a webhook ended: SUCCESS, FAILURE (the receiver said no) or ERROR (no answer)."""

    id: int
    event: str
    outcome: str
    description: str
    started: datetime
    finished: datetime
    url: str


@dataclass(eq=False)
class Webhook:
    """A subscription on a repository or a project. ``failures`` in a row make it unhealthy, until ``skip_until``."""

    id: int
    scope: Repository | Project
    name: str
    url: str
    events: list[str]
    active: bool
    created: datetime
    updated: datetime
    configuration: dict[str, Any] = field(default_factory=dict)
    credentials: dict[str, str] | None = None
    ssl_verification_required: bool = True
    invocations: list[Invocation] = field(default_factory=list)
    failures: int = 0
    skip_until: float = 0.0

    @property
    def secret(self) -> str | None:
        return self.configuration.get("secret")


@dataclass(eq=False)
class BuildStatus:
    """What a CI server reported for a commit under a key."""

    key: str
    state: str
    url: str
    created: datetime
    updated: datetime
    name: str | None = None
    description: str | None = None
    parent: str | None = None
    ref: str | None = None
    build_number: str | None = None
    duration: int | None = None
    test_results: dict[str, int] | None = None


@dataclass(eq=False)
class Project:
    id: int
    key: str
    name: str
    description: str = ""
    public: bool = False
    repositories: dict[str, Repository] = field(default_factory=dict)
    hooks: dict[int, Webhook] = field(default_factory=dict)


@dataclass(eq=False)
class Repository:
    """A repository: a bare git repository at ``path`` and what Bitbucket knows beside it."""

    id: int
    project: Project
    slug: str
    name: str
    path: Path
    hierarchy: str
    description: str = ""
    public: bool = False
    hooks: dict[int, Webhook] = field(default_factory=dict)
    builds: dict[tuple[str, str], BuildStatus] = field(default_factory=dict)  # (commit, key) →
    pull_requests: dict[int, PullRequest[User]] = field(default_factory=dict)
    pull_requests_made: int = 0  # deleted ones do not give their number back
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)  # held while refs change

    @property
    def full_name(self) -> str:
        return f"{self.project.key}/{self.slug}"

    @property
    def main_branch(self) -> str | None:
        """The default branch if it exists; an empty repository has one configured that does not."""
        name = git.head(self.path)
        return name if git.has_branch(self.path, name) else None


@dataclass(eq=False)
class AccessToken:
    """An HTTP access token. ``owner``: whose it is; a project's or a repository's acts as a user of its own."""

    id: str
    secret: str
    name: str
    permissions: tuple[str, ...]
    owner: User | Project | Repository
    user: User  # who it acts as
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    revoked: bool = False

    @property
    def is_personal(self) -> bool:
        return isinstance(self.owner, User)

    @property
    def rest(self) -> dict[str, str]:
        """The header that is right for the REST API."""
        return {"Authorization": f"Bearer {self.secret}"}
