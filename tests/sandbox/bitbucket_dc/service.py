# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Bitbucket Data Center as one object: what tests set up, and the WSGI app the server mounts."""

from __future__ import annotations

import itertools
import secrets
import shutil
import threading
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import git
from ..delivery import Courier
from ..hosting import Files, Hosting, Work
from ..server import Headers, MadeWhenAsked, WsgiApp
from . import dates, errors, paging, payloads
from .application import make_app
from .authentication import Authenticator
from .hooks import Hooks
from .model import AccessToken, Project, Repository, User, Webhook
from .permissions import GLOBAL, PROJECT, REPOSITORY, Caller
from .pulls import Pull, PullRequests, Wish
from .rate_limits import RateLimits
from .render import Render
from .tokens import Tokens

if TYPE_CHECKING:
    from ..calls import Call
    from ..server import Server

VERSION = "9.2.0"


class BitbucketDataCenter(Hosting[Repository]):
    """A ``Service`` of the sandbox's server, whose name is the context path: ``http://127.0.0.1:PORT/bitbucket-dc``.

    ``page_limit``: the hard limit of entries on a page; ``shows_secrets``: as servers before 9 did, webhooks are
    answered with their secret; ``version``: the release, on which the form of some times depends (``dates``).
    """

    name = "bitbucket-dc"

    def __init__(self, server: Server) -> None:
        self.clock = server.clock
        self.url = f"{server.url}/{self.name}"
        self.root = server.root / self.name
        self.page_limit = 1000
        self.shows_secrets = False
        self.version = VERSION
        self.projects: dict[str, Project] = {}
        self.users: dict[str, User] = {}
        self.tokens = Tokens(server.clock)
        self.authenticator = Authenticator(self.users, self.tokens, self.url)
        self.rate_limits = RateLimits(server.clock)
        self.courier = Courier()
        self.hook_deliveries = Hooks(self.courier, server.clock)
        self.pull_requests = PullRequests(self)
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)
        self.system = self._user("system", "noreply@bitbucket.example.com", "System", "ADMIN")
        self.wsgi: WsgiApp = MadeWhenAsked(lambda: make_app(self))

    @property
    def api_url(self) -> str:
        return f"{self.url}/rest/api/latest"

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        answer = errors.outage(status)
        return answer.body.encode(), answer.content_type

    def repeat_page(self, call: Call, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        return headers, paging.repeated(body)

    @property
    def build_number(self) -> str:
        """9.2.0 is 9002000."""
        major, minor, patch = (int(part) for part in self.version.split("."))
        return f"{major}{minor:03}{patch:03}"

    def number(self) -> int:
        """The next id; they are never given twice."""
        return next(self._numbers)

    # -- places and people ---------------------------------------------------------------------------------------

    def create_project(self, key: str, name: str | None = None, public: bool = False) -> Project:
        with self.lock:
            if key.upper() in self.projects:
                raise ValueError(f"There is a project {key} already")
            out = Project(self.number(), key.upper(), name or key, public=public)
            self.projects[out.key] = out
        return out

    def create_repository(
        self,
        project: str,
        slug: str,
        files: Files | None = None,
        public: bool = False,
        branches: Mapping[str, Files] | None = None,
        main_branch: str = "main",
        description: str = "",
        name: str | None = None,
    ) -> Repository:
        """A repository with ``files`` committed on the default branch (None: empty) and branches started from it."""
        place = self.projects[project]
        with self.lock:
            if slug in place.repositories:
                raise ValueError(f"There is a repository {project}/{slug} already")
            number = self.number()
            path = git.create(self.root / str(number), main_branch)
            out = Repository(number, place, slug, name or slug, path, secrets.token_hex(10), description, public)
            place.repositories[slug] = out
        if files is not None:
            self.commit(project, slug, main_branch, files, "Initial commit")
        for branch, contents in (branches or {}).items():
            self.commit(project, slug, branch, contents, f"Start {branch}")
        return out

    def delete_repository(self, project: str, slug: str) -> None:
        """Gone with its git repository, its hooks and its tokens."""
        with self.lock:
            gone = self.projects[project].repositories.pop(slug)
        self.tokens.revoke_all(gone)
        shutil.rmtree(gone.path, ignore_errors=True)

    def create_user(
        self,
        name: str,
        email: str | None = None,
        display_name: str | None = None,
        password: str | None = None,
        permission: str = "LICENSED_USER",
    ) -> User:
        """``permission`` is the global one: LICENSED_USER, PROJECT_CREATE, ADMIN or SYS_ADMIN."""
        if permission not in GLOBAL:
            raise ValueError(f"{permission} is no global permission")
        user = self._user(name, email or f"{name}@example.com", display_name or name, permission, password)
        with self.lock:
            self.users[name.lower()] = user
        return user

    def _user(self, name: str, email: str, display_name: str, permission: str, password: str | None = None) -> User:
        return User(self.number(), name, email, display_name, password or secrets.token_urlsafe(12), permission)

    def grant(self, user: User, permission: str, project: str, slug: str | None = None) -> None:
        """PROJECT_READ, PROJECT_WRITE or PROJECT_ADMIN; with ``slug`` REPO_READ, REPO_WRITE or REPO_ADMIN."""
        if permission not in (PROJECT if slug is None else REPOSITORY):
            raise ValueError(f"{permission} is not a permission there")
        place = self.projects[project]
        user.grants[place.key if slug is None else place.repositories[slug].full_name] = permission

    # -- credentials ---------------------------------------------------------------------------------------------

    def create_token(
        self,
        owner: User | Project | Repository,
        permissions: Iterable[str] = ("REPO_READ",),
        name: str = "sandbox",
        expiry_days: int | None = None,
    ) -> AccessToken:
        """An HTTP access token of a user, a project or a repository."""
        user = owner if isinstance(owner, User) else self._token_user(owner)
        return self.tokens.create(owner, user, name, permissions, expiry_days)

    def _token_user(self, owner: Project | Repository) -> User:
        """Whom Bitbucket shows where such a token did something; nobody can log in as that."""
        kind = "repository" if isinstance(owner, Repository) else "project"
        number = self.number()
        return User(number, f"access-token-user/{kind}/{number}", "", "Access token user", secrets.token_urlsafe(12))

    # -- content -------------------------------------------------------------------------------------------------

    def open_pull_request(
        self,
        project: str,
        slug: str,
        source: str,
        destination: str | None = None,
        title: str | None = None,
        by: User | None = None,
    ) -> Pull:
        """A pull request from a branch, to the default branch if nothing else is said."""
        repository = self.repository(project, slug)
        wanted = Wish(title or f"Merge {source}", source, destination or git.head(repository.path))
        return self.pull_requests.open(repository, wanted, by or self.system)

    def merge_pull_request(
        self, project: str, slug: str, number: int, strategy: str = "no-ff", by: User | None = None
    ) -> Pull:
        repository = self.repository(project, slug)
        found = repository.pull_requests[number]
        return self.pull_requests.merge(repository, found, found.version, by or self.system, strategy)

    def decline_pull_request(self, project: str, slug: str, number: int, by: User | None = None) -> Pull:
        repository = self.repository(project, slug)
        found = repository.pull_requests[number]
        return self.pull_requests.decline(repository, found, found.version, by or self.system)

    def hooks(self, project: str, slug: str | None = None) -> list[Webhook]:
        """The webhooks of a repository, or of the project itself; what the API never tells included."""
        place = self.repository(project, slug) if slug else self.projects[project]
        return list(place.hooks.values())

    def clone_url(self, project: str, slug: str) -> str:
        repository = self.repository(project, slug)
        return f"{self.url}/scm/{repository.project.key.lower()}/{repository.slug}.git"

    # -- what happens on changes ---------------------------------------------------------------------------------

    def actor(self, by: Caller | None) -> User:
        """Who did it; the system, when a test did."""
        return by.user if by else self.system

    def moved(
        self, repository: Repository, before: dict[str, str], after: dict[str, str], by: Caller | None
    ) -> list[Work]:
        moment, event = self.clock.datetime(), "repo:refs_changed"
        told: list[Work] = []
        if self._listeners(repository, event):
            payload = payloads.refs_changed(self.render(), repository, before, after, self.actor(by), moment)
            told.append(partial(self.notify, repository, event, payload))
        return [*told, *self.pull_requests.follow(repository, before, after, self.actor(by))]

    def notify(self, repository: Repository, event: str, payload: dict[str, Any]) -> None:
        """Tell the active webhooks of the repository and of its project that subscribe to the event."""
        for hook in self._listeners(repository, event):
            self.hook_deliveries.send(hook, event, payload)

    @staticmethod
    def _listeners(repository: Repository, event: str) -> list[Webhook]:
        """The active webhooks that are told of the event."""
        hooks = [*repository.hooks.values(), *repository.project.hooks.values()]
        return [hook for hook in hooks if hook.active and event in hook.events]

    # -- finding -------------------------------------------------------------------------------------------------

    def repository(self, owner: str, slug: str) -> Repository:
        return self.projects[owner].repositories[slug]

    def find_project(self, key: str) -> Project | None:
        """Keys are found in any case."""
        with self.lock:
            return self.projects.get(key.upper())

    def repositories(self) -> list[Repository]:
        with self.lock:
            return [one for project in self.projects.values() for one in project.repositories.values()]

    def render(self) -> Render:
        """Answers look the same to everybody."""
        users = {user.email.lower(): user for user in list(self.users.values())}
        return Render(self.url, users, dates.has_texts(self.version))
