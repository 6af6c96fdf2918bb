# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an edition of Bitbucket must be able to do for the modules, in terms that both have.

A module is written once against these; ``cloud`` and ``data_center`` hold what each edition makes of them: paths, paging,
bodies, names. The terms are Cloud's, because its options were there first.
"""

from __future__ import annotations

import typing as t
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields, Snapshot
from .client import BitbucketClient
from .files import Files
from .hooks import Webhooks
from .place import Place, Port


@dataclass(frozen=True)
class Limits:
    """How many characters a field of a build status may have."""

    key: int
    others: dict[str, int] = field(default_factory=dict)


class Statuses(Port):
    """The build statuses of a repository: dicts of ``key``, ``state``, ``url``, ``name``, ``description``, ``refname``,
    ``created_on`` and ``updated_on``."""

    title: t.ClassVar[str]
    operation: t.ClassVar[str]
    limits: t.ClassVar[Limits]
    # The edition's own names of the states by the module's.
    states: t.ClassVar[dict[str, str]]
    # Whether a url is refused whose host has no dot, as hosts of a local network have none.
    dotted_hosts: t.ClassVar[bool] = False

    @classmethod
    def refname(cls, name: str) -> str:
        """A branch as the edition shows it in a status."""
        return name

    @abstractmethod
    def find(self, commit: str, key: str, asked: str) -> Snapshot | None:
        """The status of that key on a commit; its origin is what else ``put`` must send."""

    @abstractmethod
    def put(self, commit: str, key: str, fields: Fields, current: Snapshot | None, asked: str) -> Fields:
        """Make it or replace it. ``fields`` is all of it in the common terms, ``current`` what was there."""


class Repositories(Port):
    """A repository, its branches and tags."""

    @abstractmethod
    def read(self) -> t.Any:
        """The service's answer to a look at the repository, one that says "forbidden" too."""

    def read_many(self, slugs: list[str]) -> Fields:
        """The answers that ``read`` would get for these repositories of a workspace, as far as a list has them."""
        return {}

    @abstractmethod
    def refused(self, answer: t.Any) -> BridgeError | None:
        """The error that answer stands for, if it is one."""

    @abstractmethod
    def describe(self, answer: t.Any) -> Fields:
        """The repository in the common terms, but for what ``refs`` tells."""

    @abstractmethod
    def resolve(self, revision: str) -> str | None:
        """The commit of a hash, a branch or a tag, in this order; ``refs/heads/`` and ``refs/tags/`` say which."""

    @abstractmethod
    def refs(self) -> tuple[Fields, dict[str, str]]:
        """What the branches tell of the repository, and the commit of every branch and tag by its full name."""

    # The service's own calls for a branch.
    branch_operations: t.ClassVar[dict[str, str]] = {"create": "git push", "delete": "git push"}

    def create_branch(self, name: str, commit: str, asked: str) -> None:
        """A branch at a commit that is there."""
        raise self._no_branches(asked)

    def delete_branch(self, name: str, asked: str) -> None:
        """Take a branch away; one that is gone is fine."""
        raise self._no_branches(asked)

    @staticmethod
    def _no_branches(asked: str) -> BridgeError:
        return BridgeError(f"{asked}: this is implemented for Bitbucket Cloud only", remedy="Do it with git.")

    def without_refs(self, repository: Fields) -> Fields:
        """What else there is to ask where the refs are not read."""
        return {}


@dataclass(frozen=True)
class Filters:
    """Which repositories of a workspace or a project are wanted; all of it is decided by the server.

    ``role`` is what the caller must be (member, contributor, admin or owner), ``projects`` are keys, ``name`` is a part of the
    name, ``q`` is a condition in the edition's own language.
    """

    role: str | None = None
    projects: tuple[str, ...] = ()
    name: str | None = None
    q: str | None = None


class Listings(ABC):
    """Lists of repositories, in the terms of ``Repositories.describe``."""

    def __init__(self, client: t.Any) -> None:
        self.client = client

    @classmethod
    @abstractmethod
    def check(cls, workspaces: t.Sequence[str], filters: Filters) -> None:
        """:raises InvalidInput: the edition has no such list."""

    @abstractmethod
    def repositories(self, workspace: str | None, filters: Filters) -> t.Iterator[Fields]:
        """Those of a workspace or project, in the order of their creation; None: of all, where the edition has that."""

    @abstractmethod
    def file(self, repository: Fields, path: str) -> bytes | None:
        """A file at the head of the main branch of a repository of such a list; None if it is missing."""


class PullRequests(Port):
    """The open pull requests of a repository: dicts of ``id``, ``title``, ``source`` and ``destination`` (branches),
    ``commit`` (at the head of the source, maybe cut), ``fork`` (whether the source is in another repository) and ``url``."""

    @abstractmethod
    def listing(self) -> list[Fields]:
        """All open ones."""

    @abstractmethod
    def statuses(self, request: Fields) -> list[Fields]:
        """What is shown on one: dicts of ``key``, ``state``, ``url`` and ``name``."""


class Credentials(ABC):
    """What a credential is, whose, and what it lacks for what it is for; what keeps it from that goes into ``problems``."""

    def __init__(self, client: t.Any, params: Fields, context: Context) -> None:
        self.client, self.params, self.context = client, params, context
        self.problems: list[str] = []

    @property
    def place(self) -> Place | None:
        workspace = self.params.get("workspace")
        return Place(workspace, self.params.get("repository")) if workspace else None

    def unknown(self) -> Fields:
        """What can be told without asking."""
        login = self.client.login
        return {
            "edition": None,
            "kind": login.kind,
            "account": None,
            "email": None,
            "scopes": None,
            "missing_scopes": [],
            "auth_scheme": "bearer" if login.bearer else "basic",
            "rest_user": None if login.bearer else login.username,
            "git_user": None,
            "git_users": [],
            "expires_in": None,
            "permission": None,
        }

    @abstractmethod
    def identify(self) -> Fields:
        """Ask who it is. :raises BridgeError: it is dead (kind unauthorized or invalid), or the service could not be asked."""

    @abstractmethod
    def describe(self, answer: t.Any) -> Fields:
        """The credential, as far as the answer to any call that was made with it tells."""

    @abstractmethod
    def check(self, credential: Fields) -> None:
        """Note as problems what keeps it from what it is for."""

    def check_repository(self, credential: Fields, answer: t.Any) -> None:  # noqa: B027 - Cloud's headers tell it all
        """The same, where that takes the repository's own answer."""

    @abstractmethod
    def permission(self, credential: Fields) -> str | None:
        """read, write or admin on the place, None if untold."""


class AccessTokens(ABC):
    """The tokens of a user, a project or a repository: dicts of ``id``, ``name``, ``permissions`` (if they are told),
    ``created_at``, ``expires_at`` (a day) and ``last_used``."""

    def __init__(self, client: t.Any, params: Fields) -> None:
        self.client, self.params = client, params

    @property
    @abstractmethod
    def owner(self) -> str:
        """Whose they are, for people."""

    @classmethod
    @abstractmethod
    def operations(cls, params: Fields) -> dict[str, str]:
        """The service's own calls for create, renew, update, delete and revoke."""

    @abstractmethod
    def listing(self, asked: str) -> list[Fields]:
        """All tokens of the owner."""

    @abstractmethod
    def create(self, name: str, permissions: list[str], days: int | None, asked: str) -> tuple[Fields, str]:
        """A new one and its value. :raises OutcomeUnknown: it may have been made, and nobody knows its value."""

    @abstractmethod
    def change(self, item: Fields, permissions: list[str], asked: str) -> Fields:
        """Give it other permissions."""

    @abstractmethod
    def revoke(self, item: Fields, asked: str) -> None:
        """Take it away; one that is gone is fine."""


class Source(ABC):
    """Files of a repository: reading them at a commit, and committing several at once."""

    name: str
    repository: t.Any  # its Repositories
    # The service's own call for a commit.
    operation: t.ClassVar[str]

    def __init__(self, client: t.Any, params: Fields, context: Context) -> None:
        self.client, self.params, self.context = client, params, context
        self.name = f"{params['workspace']}/{params['repository']}"

    @abstractmethod
    def look(self, branch: str, paths: t.Sequence[str]) -> tuple[str | None, Files]:
        """The commit a branch is at (None: no such branch), and the files there."""

    @abstractmethod
    def read(self, commit: str, paths: t.Sequence[str]) -> Files:
        """The files at a commit."""

    @abstractmethod
    def is_empty(self) -> bool:
        """Whether there is no branch at all."""

    @abstractmethod
    def commit(self, branch: str, parent: str | None, files: Files, message: str, author: str | None) -> str:
        """One commit on top of ``parent``; a file that is None is deleted. Gives the commit's hash.

        :raises Outdated: ``parent`` is no longer where the branch is.
        """

    def lacking_mode(self, commit: str, paths: t.Sequence[str]) -> list[str]:
        """Which of these files, committed as executable, are not so."""
        return []

    def make_executable(self, branch: str, commit: str, paths: list[str], author: str | None) -> str:
        """A commit on top of ``commit`` that makes them so. :raises Outdated:"""
        raise AssertionError("a commit sets the mode itself")

    def close(self) -> None:  # noqa: B027 - most leave nothing
        """Leave nothing behind."""


@dataclass(frozen=True)
class Edition:
    """An edition of Bitbucket: one object for each thing in which it differs."""

    key: str
    title: str
    client: t.Callable[[Fields, Context], BitbucketClient]
    webhooks: type[Webhooks]
    statuses: type[Statuses]
    repositories: type[Repositories]
    credentials: type[Credentials]
    source: type[Source]
    pull_requests: type[PullRequests]
    listings: type[Listings]
    access_tokens: type[AccessTokens] | None = None  # None: no API for them


def too_long(what: str, value: str, most: int, title: str) -> InvalidInput:
    """The error for a text that the edition would not take."""
    return InvalidInput(f"{what} has {len(value)} characters, but {title} accepts {most}")
