# SPDX-License-Identifier: GPL-3.0-or-later
"""What CDS holds. Data only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

READ, WRITE = 4, 7
RINGS = ("USER", "MAINTAINER", "ADMIN")
SCOPES = (
    "User",
    "AccessToken",
    "Action",
    "Admin",
    "Group",
    "Template",
    "Project",
    "Run",
    "RunExecution",
    "Hooks",
    "WorkerModel",
    "Hatchery",
    "Service",
)


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass(eq=False)
class User:
    username: str
    fullname: str
    email: str
    password: str
    ring: str
    created: datetime
    id: str = field(default_factory=new_id)


@dataclass(eq=False)
class GroupToken:
    """Era A: a token of a group. ``token`` is only told when it is made and, to the group's administrators, in the list."""

    id: int
    token: str
    description: str
    expiration: str
    creator: str
    created: datetime


@dataclass(eq=False)
class Group:
    """``members``: user name → whether that is an administrator of the group."""

    id: int
    name: str
    members: dict[str, bool] = field(default_factory=dict)
    tokens: dict[int, GroupToken] = field(default_factory=dict)


@dataclass(eq=False)
class Consumer:
    """Era B and C: what sessions are opened with: a password (``local``) or a signin token (``builtin``)."""

    name: str
    kind: str
    user: User
    created: datetime
    description: str = ""
    parent: Consumer | None = None
    group_ids: tuple[int, ...] = ()
    scopes: tuple[str, ...] = ()  # none: all, which only a ``local`` one has
    service_name: str | None = None
    service_type: str | None = None
    issued_at: datetime | None = None
    duration: int = 0  # nanoseconds
    token: str = ""
    id: str = field(default_factory=new_id)


@dataclass(eq=False)
class Session:
    """``consumer`` None: a session of era A, or of a service of era A."""

    token: str
    user: User
    expires_at: float
    consumer: Consumer | None = None
    service: str | None = None


@dataclass(eq=False)
class Key:
    id: int
    name: str
    kind: str  # ssh | pgp
    public: str
    key_id: str
    disabled: bool = False


@dataclass(eq=False)
class Link:
    """Era A and B: a project's OAuth link with a server of the vcs service's configuration."""

    name: str
    username: str
    token: str
    secret: str  # the refresh token; with authorize/basicauth what was sent as secret
    created: float


@dataclass(eq=False)
class ProjectRepository:
    name: str
    clone_url: str
    created: datetime
    created_by: str
    id: str = field(default_factory=new_id)
    analyses: list[dict[str, Any]] = field(default_factory=list)


@dataclass(eq=False)
class ProjectVcs:
    """``auth`` holds all that was sent, the token as well."""

    name: str
    type: str
    description: str
    url: str
    auth: dict[str, Any]
    options: dict[str, Any]
    created: datetime
    last_modified: datetime
    created_by: str
    id: str = field(default_factory=new_id)
    repositories: dict[str, ProjectRepository] = field(default_factory=dict)


@dataclass(eq=False)
class Application:
    id: int
    name: str
    description: str
    last_modified: datetime
    vcs_server: str = ""
    repository: str = ""
    strategy: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Hook:
    """A hook of a workflow's root node. ``config``: name → value."""

    model: str
    config: dict[str, str]
    uuid: str = ""

    @property
    def is_repository_webhook(self) -> bool:
        return self.model == "RepositoryWebHook"


@dataclass(eq=False)
class Notification:
    """``settings`` as sent; statuses are for ``vcs`` notifications that have a template."""

    type: str
    settings: dict[str, Any]

    @property
    def template(self) -> dict[str, Any] | None:
        return self.settings.get("template")


@dataclass(eq=False)
class Run:
    """``status`` Building, Success, Fail or Stopped; ``to_delete`` marks it, and it is no longer listed."""

    number: int
    status: str
    hash: str
    branch: str
    tag: str
    payload: dict[str, str]
    hook_uuid: str
    started_at: datetime
    last_modified: datetime
    to_delete: bool = False


@dataclass(eq=False)
class Workflow:
    id: int
    name: str
    description: str
    node: str  # the root node's name
    node_id: int
    pipeline: str
    application: str
    created: datetime
    last_modified: datetime
    hooks: list[Hook] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    retention_policy: str = ""
    runs: dict[int, Run] = field(default_factory=dict)
    last_number: int = 0
    to_delete: bool = False  # hidden already; its hooks go a little later


@dataclass(eq=False)
class Project:
    id: int
    key: str
    name: str
    description: str
    created: datetime
    last_modified: datetime
    groups: dict[int, int] = field(default_factory=dict)  # group id → permission
    keys: dict[str, Key] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    vcs: dict[str, ProjectVcs] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    workflows: dict[str, Workflow] = field(default_factory=dict)
    pipelines: dict[str, int] = field(default_factory=dict)  # name → id
