# SPDX-License-Identifier: GPL-3.0-or-later
"""What Upsun holds: users, organizations, projects, environments, integrations and activities. Data only."""

from __future__ import annotations

import secrets
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

ROLES = ("viewer", "admin")
SOURCE_TYPES = ("bitbucket", "bitbucket_server")
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """The form of the ids of projects, integrations and activities."""
    return "".join(secrets.choice(_BASE32) for _ in range(13))


def new_ulid() -> str:
    """The form of the ids of organizations."""
    return "0" + "".join(secrets.choice(_ULID) for _ in range(25))


@dataclass(eq=False)
class User:
    username: str
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(eq=False)
class ApiToken:
    """What a user makes on the account's page; it buys access tokens until it is revoked."""

    user: User
    name: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(33))
    revoked: bool = False


@dataclass(eq=False)
class Organization:
    name: str
    label: str
    owner: User
    created_at: datetime
    id: str = field(default_factory=new_ulid)


@dataclass(eq=False)
class Environment:
    """``id`` is also the name of its branch in the project's repository; for a pull request it is ``pr-<number>``."""

    id: str
    project: Project
    parent: str | None
    created_at: datetime
    updated_at: datetime
    title: str = ""
    status: str = "inactive"
    is_pr: bool = False
    has_remote: bool = False
    source_branch: str | None = None  # of a pull request
    clone_parent_on_create: bool = True
    data_from: str | None = None  # the environment whose data it was given
    data_at: datetime | None = None
    deployed_commit: str | None = None
    deployed_at: datetime | None = None
    deployed_successfully: bool = True
    head_commit: str | None = None


@dataclass(eq=False)
class Integration:
    """``settings`` can be read, ``secrets`` cannot. ``hook_id`` is the webhook that Upsun itself has made.

    ``clone_url``: where the code is, as Bitbucket told it when it was asked last.
    """

    type: str
    project: Project
    settings: dict[str, Any]
    secrets: dict[str, str]
    created_at: datetime
    updated_at: datetime
    id: str = field(default_factory=new_id)
    hook_id: str | None = None
    clone_url: str = ""


@dataclass(eq=False)
class Activity:
    """Something Upsun does in the background. ``log``: what it has written so far, with the times."""

    type: str
    project: Project
    text: str
    created_at: datetime
    seconds: float
    integration: Integration | None = None
    environment: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    state: str = "pending"
    result: str | None = None
    failure_reason: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    updated_at: datetime | None = None
    log: list[tuple[datetime, str]] = field(default_factory=list)
    id: str = field(default_factory=new_id)

    @property
    def is_open(self) -> bool:
        return self.state in ("pending", "in_progress", "scheduled")


@dataclass(eq=False)
class Project:
    """A project with its git repository at ``path``. ``roles``: user id → admin or viewer."""

    title: str
    organization: Organization
    region: str
    default_branch: str
    path: Path
    created_at: datetime
    updated_at: datetime
    id: str
    roles: dict[str, str] = field(default_factory=dict)
    # What the subscription allows: type of integration → whether it is enabled; whether it is looked at at all.
    allowed: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(SOURCE_TYPES, True))
    limits_integrations: bool = True
    environments: dict[str, Environment] = field(default_factory=dict)
    integrations: dict[str, Integration] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def source(self) -> Integration | None:
        """The integration the code comes from, of which there is one at most."""
        return next((one for one in self.integrations.values() if one.type in SOURCE_TYPES), None)
