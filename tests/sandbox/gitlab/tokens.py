# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens of people and of projects: scopes, life time, rotation, and what happens to a bot without a token.

https://docs.gitlab.com/api/personal_access_tokens/ and https://docs.gitlab.com/api/project_access_tokens/
"""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ..clock import Clock
from .model import Project, User

PERSONAL_SCOPES = (
    "api",
    "read_api",
    "read_user",
    "read_repository",
    "write_repository",
    "create_runner",
    "manage_runner",
    "k8s_proxy",
    "ai_features",
    "self_rotate",
    "sudo",
    "admin_mode",
)
PROJECT_SCOPES = (
    "api",
    "read_api",
    "read_repository",
    "write_repository",
    "create_runner",
    "manage_runner",
    "k8s_proxy",
    "ai_features",
    "self_rotate",
)
MAXIMUM_DAYS = 365
ROTATED_DAYS = 7  # when the caller names no date


@dataclass(eq=False)
class Token:
    """``kind`` is personal or project. A token with ``granular`` permissions has these instead of scopes.

    ``family`` is shared by a token and all that were rotated out of it.
    """

    id: int
    kind: str
    name: str
    secret: str
    user: User
    scopes: tuple[str, ...]
    created_at: datetime
    expires_on: date | None
    family: int
    description: str | None = None
    project: Project | None = None
    access_level: int = 0
    granular: frozenset[str] | None = None
    granular_projects: frozenset[int] = frozenset()
    revoked: bool = False
    last_used_at: datetime | None = None
    replaced_by: Token | None = field(default=None, repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """For ``requests.get(url, headers=…)``."""
        return {"PRIVATE-TOKEN": self.secret}


class Tokens:
    """All tokens there ever were."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.all: dict[int, Token] = {}
        self._ids = itertools.count(501)
        self._lock = threading.RLock()

    def today(self) -> date:
        return self.clock.datetime().date()

    def find(self, secret: str) -> Token | None:
        with self._lock:
            return next(
                (
                    token
                    for token in self.all.values()
                    if secrets.compare_digest(token.secret.encode(), secret.encode())
                ),
                None,
            )

    def expired(self, token: Token) -> bool:
        """A token ends at midnight UTC at the start of its date."""
        return token.expires_on is not None and token.expires_on <= self.today()

    def active(self, token: Token) -> bool:
        return not token.revoked and not self.expired(token)

    def add(
        self,
        kind: str,
        name: str,
        user: User,
        scopes: Iterable[str],
        expires_on: date | None,
        description: str | None = None,
        project: Project | None = None,
        access_level: int = 0,
        family: int | None = None,
    ) -> Token:
        with self._lock:
            number = next(self._ids)
            token = Token(
                number,
                kind,
                name,
                "glpat-" + secrets.token_urlsafe(15),
                user,
                tuple(scopes),
                self.clock.datetime(),
                expires_on,
                family or number,
                description,
                project,
                access_level,
            )
            self.all[number] = token
        return token

    def rotate(self, token: Token, expires_on: date | None) -> Token:
        """A new secret under a new id; the old one is dead at once. The bot stays the same."""
        with self._lock:
            token.revoked = True
            new = self.add(
                token.kind,
                token.name,
                token.user,
                token.scopes,
                expires_on or self.today() + timedelta(days=ROTATED_DAYS),
                token.description,
                token.project,
                token.access_level,
                token.family,
            )
            new.granular, new.granular_projects = token.granular, token.granular_projects
            token.replaced_by = new
        return new

    def revoke_family(self, token: Token) -> None:
        """Reuse detection: somebody rotates a token that is dead, so whatever came of it may be in wrong hands."""
        with self._lock:
            for other in self.all.values():
                if other.family == token.family:
                    other.revoked = True

    def of_project(self, project: Project) -> list[Token]:
        return [token for token in list(self.all.values()) if token.project is project]

    def of_user(self, user: User) -> list[Token]:
        return [token for token in list(self.all.values()) if token.user is user and token.kind == "personal"]
