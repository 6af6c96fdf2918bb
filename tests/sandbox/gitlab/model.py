# SPDX-License-Identifier: GPL-3.0-or-later
"""What GitLab holds: users, namespaces, projects and what hangs on them. Data only."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import git

GUEST, PLANNER, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 15, 20, 30, 40, 50
LEVELS = (GUEST, PLANNER, REPORTER, DEVELOPER, MAINTAINER, OWNER)
VISIBILITIES = ("private", "internal", "public")
EDITIONS = ("ce", "ee_free", "premium")


@dataclass(eq=False)
class User:
    """A person, or the bot behind a project access token (``bot_of`` is that project's id)."""

    id: int
    username: str
    name: str
    email: str
    created_at: datetime
    is_admin: bool = False
    bot_of: int | None = None
    state: str = "active"


@dataclass(eq=False)
class Namespace:
    """A group, or a user's own namespace (then ``owner`` is the user)."""

    id: int
    path: str
    name: str
    created_at: datetime
    visibility: str = "private"
    parent: Namespace | None = None
    owner: User | None = None
    description: str = ""
    members: dict[int, int] = field(default_factory=dict)  # user id → access level

    @property
    def kind(self) -> str:
        return "user" if self.owner else "group"

    @property
    def full_path(self) -> str:
        return f"{self.parent.full_path}/{self.path}" if self.parent else self.path

    @property
    def full_name(self) -> str:
        return f"{self.parent.full_name} / {self.name}" if self.parent else self.name

    @property
    def root(self) -> Namespace:
        return self.parent.root if self.parent else self

    def level(self, user: User) -> int:
        """The access level of a user, members of the groups above included; 0 is none."""
        return OWNER if user.is_admin else self.membership(user)

    def membership(self, user: User) -> int:
        """The same without what administrators may."""
        if user is self.owner:
            return OWNER
        return max(self.members.get(user.id, 0), self.parent.membership(user) if self.parent else 0)


@dataclass(eq=False)
class Variable:
    """A CI/CD variable. Its identity is the key together with the environment scope."""

    key: str
    value: str
    variable_type: str = "env_var"
    protected: bool = False
    masked: bool = False
    hidden: bool = False
    raw: bool = False
    environment_scope: str = "*"
    description: str | None = None


@dataclass
class Access:
    """Somebody who may do something with a protected branch whatever the role: a user, or a group's developers.

    ``kind`` is push, merge or unprotect. Premium has these.
    """

    id: int
    kind: str
    user: User | None = None
    group: Namespace | None = None

    def allows(self, user: User) -> bool:
        return self.user is user or (self.group is not None and self.group.membership(user) >= DEVELOPER)


@dataclass
class Protection:
    """A protected branch (or a pattern of names). None for a role: nobody by role, only by ``accesses``."""

    id: int
    name: str
    push: int | None = MAINTAINER
    merge: int | None = MAINTAINER
    allow_force_push: bool = False
    unprotect: int | None = None
    code_owner_approval: bool = False
    accesses: list[Access] = field(default_factory=list)

    def allows(self, kind: str, project: Project, user: User | None) -> bool:
        """Whether somebody may push or merge; 0 as a role is no one."""
        role = self.push if kind == "push" else self.merge
        if role and project.level(user) >= role:
            return True
        return user is not None and any(one.kind == kind and one.allows(user) for one in self.accesses)


@dataclass(eq=False)
class Mirror:
    """A pull mirror, and its import state: the two are one row of the vendor's API.

    ``status`` is none, scheduled, started, finished or failed. ``turn`` counts what has been arranged: work that finds
    another number than the one it was arranged with is no longer wanted.
    """

    enabled: bool = False
    url: str | None = None  # without credentials
    username: str = ""
    password: str = ""
    user: User | None = None  # in whose name the mirror runs: who last configured it
    trigger_builds: bool = False
    only_protected: bool = False
    overwrite: bool = False
    branch_regex: str | None = None
    status: str = "none"
    last_error: str | None = None
    last_update_at: datetime | None = None
    last_update_started_at: datetime | None = None
    last_successful_update_at: datetime | None = None
    failures: int = 0
    turn: int = 0
    due_at: float | None = None  # on the sandbox's clock


@dataclass(eq=False)
class Job:
    id: int
    name: str
    stage: str
    created_at: datetime
    status: str = "created"
    allow_failure: bool = False
    trace: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure_reason: str | None = None


@dataclass(eq=False)
class Pipeline:
    """``reason`` is the sandbox's own: why a pipeline was skipped, or could not run."""

    id: int
    iid: int
    project: Project
    sha: str
    ref: str
    tag: bool
    source: str
    created_at: datetime
    user: User | None = None
    before_sha: str = "0" * 40
    status: str = "created"
    yaml_errors: str | None = None
    reason: str | None = None
    updated_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    jobs: list[Job] = field(default_factory=list)
    cancelled: bool = False


@dataclass(eq=False)
class Project:
    """A project: a bare git repository at ``git_path`` and what GitLab knows beside it."""

    id: int
    namespace: Namespace
    path: str
    name: str
    git_path: Path
    creator: User
    created_at: datetime
    visibility: str = "private"
    settings: dict[str, Any] = field(default_factory=dict)
    members: dict[int, int] = field(default_factory=dict)
    variables: dict[tuple[str, str], Variable] = field(default_factory=dict)
    protections: dict[str, Protection] = field(default_factory=dict)
    pipelines: list[Pipeline] = field(default_factory=list)
    mirror: Mirror = field(default_factory=Mirror)
    import_status: str = "none"
    import_error: str | None = None
    import_url: str | None = None  # where it was imported from, without credentials
    updated_at: datetime | None = None
    marked_for_deletion_on: datetime | None = None
    archived: bool = False
    lfs_objects: set[str] = field(default_factory=set)  # sha256 of each; nothing here takes uploads of them
    external_webhook_token: str | None = None  # GitHub's secret; no REST call sets it
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)  # held while refs change

    @property
    def full_path(self) -> str:
        return f"{self.namespace.full_path}/{self.path}"

    def level(self, user: User | None) -> int:
        """The access level of a user; 0 is none."""
        if user is None:
            return 0
        if user.bot_of is not None and user.bot_of != self.id:
            return 0
        return max(self.members.get(user.id, 0), self.namespace.level(user))

    def membership(self, user: User) -> int:
        """The level of somebody who is a member, here or of a group above; administrators need not be."""
        if user.bot_of is not None and user.bot_of != self.id:
            return 0
        return max(self.members.get(user.id, 0), self.namespace.membership(user))

    def visible_to(self, user: User | None) -> bool:
        if self.visibility == "public" or self.level(user):
            return True
        return self.visibility == "internal" and user is not None and user.bot_of is None

    @property
    def default_branch(self) -> str | None:
        name = git.head(self.git_path)
        return name if git.has_branch(self.git_path, name) else None
