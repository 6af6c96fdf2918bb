# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Bitbucket Cloud as one object: what tests and the demo set up, and the WSGI app the server mounts."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .. import git
from ..delivery import Courier
from ..hosting import Event, Files, Hosting, Work
from ..server import Headers, MadeWhenAsked, WsgiApp
from . import errors, hook_delivery, paging, push_event
from .application import make_app
from .authentication import Authenticator
from .browser import Browser
from .credentials import YEAR, Credential, OAuthConsumer, Vault
from .model import LEVELS, ROLES, Project, Repository, User, Webhook, Workspace, new_uuid
from .pipelines import Pipelines
from .pulls import Pull, PullRequests, Wish
from .rate_limits import RateLimits
from .render import Render

if TYPE_CHECKING:
    from ..calls import Call
    from ..server import Server

DEFAULT_PROJECT = "PROJ"


class Bitbucket(Hosting[Repository]):
    """A ``Service`` of the sandbox's server: ``server.add(Bitbucket(server))``, then served below ``/bitbucket``."""

    name = "bitbucket"

    def __init__(self, server: Server) -> None:
        self.clock = server.clock
        self.url = f"{server.url}/{self.name}"
        self.root = server.root / self.name
        self.workspaces: dict[str, Workspace] = {}
        self.users: dict[str, User] = {}
        self.vault = Vault(server.clock)
        self.authenticator = Authenticator(self.vault)
        self.rate_limits = RateLimits(server.clock)
        self.courier = Courier(hook_delivery.RETRIES)
        self.browser_sessions: dict[str, User] = {}
        # The listings across workspaces went with CHANGE-2770. On only for clients that were never told, as CDS.
        self.cross_workspace_listings = False
        self.pull_requests = PullRequests(self)
        self.pipelines = Pipelines(self)
        self.lock = threading.RLock()
        self.wsgi: WsgiApp = MadeWhenAsked(lambda: make_app(self))

    @property
    def api_url(self) -> str:
        """The counterpart of https://api.bitbucket.org/2.0"""
        return f"{self.url}/2.0"

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        answer = errors.outage(status)
        return answer.body.encode(), answer.content_type

    def repeat_page(self, call: Call, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        return headers, paging.repeated(body, self.url.removesuffix(f"/{self.name}") + call.uri)

    # -- places and people ---------------------------------------------------------------------------------------

    def create_workspace(self, slug: str, name: str | None = None) -> Workspace:
        workspace = Workspace(slug, name or slug, self.clock.datetime())
        with self.lock:
            if slug in self.workspaces:
                raise ValueError(f"There is a workspace {slug} already")
            self.workspaces[slug] = workspace
        return workspace

    def create_repository(
        self,
        workspace: str,
        slug: str,
        files: Files | None = None,
        private: bool = True,
        branches: Mapping[str, Files] | None = None,
        main_branch: str = "main",
        project: str = DEFAULT_PROJECT,
        description: str = "",
    ) -> Repository:
        """A repository with ``files`` committed on the main branch (None: empty) and more branches started from it."""
        place = self.workspaces[workspace]
        now = self.clock.datetime()
        with self.lock:
            if slug in place.repositories:
                raise ValueError(f"There is a repository {workspace}/{slug} already")
            owner = self._project(place, project)
            path = self.root / workspace / f"{slug}.git"
            out = Repository(place, slug, owner, git.create(path, main_branch), private, now, now, description)
            place.repositories[slug] = out
        if files is not None:
            self.commit(workspace, slug, main_branch, files, "Initial commit")
        for name, contents in (branches or {}).items():
            self.commit(workspace, slug, name, contents, f"Start {name}")
        return out

    def copy_repository(self, workspace: str, source: str, slug: str) -> Repository:
        """Another repository with the commits of ``source`` and nothing else of it; no ``git`` runs for that."""
        place = self.workspaces[workspace]
        now = self.clock.datetime()
        with self.lock:
            if slug in place.repositories:
                raise ValueError(f"There is a repository {workspace}/{slug} already")
            old = place.repositories[source]
            with old.lock:
                path = shutil.copytree(old.path, self.root / workspace / f"{slug}.git")
            out = Repository(place, slug, old.project, path, old.is_private, now, now, old.description)
            place.repositories[slug] = out
        return out

    @staticmethod
    def _project(workspace: Workspace, key: str) -> Project:
        return workspace.projects.setdefault(key, Project(key, key))

    def delete_repository(self, workspace: str, slug: str) -> None:
        """Gone with its git repository, its hooks and its access tokens."""
        with self.lock:
            gone = self.workspaces[workspace].repositories.pop(slug)
        for credential in list(self.vault.credentials.values()):
            if credential.resource is gone:
                credential.revoked = True
        shutil.rmtree(gone.path, ignore_errors=True)

    def create_user(
        self, username: str, email: str | None = None, account_id: str | None = None, display_name: str | None = None
    ) -> User:
        account = account_id or f"557058:{new_uuid()[1:-1]}"
        mail, name = email or f"{username}@example.com", display_name or username
        user = User(username, mail, account, name, self.clock.datetime())
        with self.lock:
            self.users[username] = user
        return user

    def grant(self, user: User, permission: str, workspace: str, slug: str | None = None) -> None:
        """Set a permission: with ``slug`` none, read, write or admin; without member, create-project or owner."""
        place = self.workspaces[workspace]
        if permission not in (ROLES if slug is None else LEVELS):
            raise ValueError(f"{permission} is not a permission there")
        if slug is None:
            user.workspaces[workspace] = permission
            return
        user.repositories[place.repositories[slug].full_name] = permission
        user.workspaces.setdefault(workspace, "member")

    # -- credentials ---------------------------------------------------------------------------------------------

    def create_api_token(self, user: User, scopes: Iterable[str] = (), expires_in: float = YEAR) -> Credential:
        """An API token with scopes; without any it is the classic kind, which Bitbucket does not take."""
        return self.vault.api_token(user, scopes, expires_in)

    def create_access_token(
        self,
        kind: str,
        workspace: str,
        repository: str | None = None,
        project: str | None = None,
        scopes: Iterable[str] = ("repository",),
        expires_in: float = YEAR,
    ) -> Credential:
        """An access token; ``kind`` is repository, project or workspace, and says which of the others is needed."""
        place = self.workspaces[workspace]
        resource: Repository | Project | Workspace
        if kind == "repository":
            resource = place.repositories[repository or ""]
        elif kind == "project":
            resource = self._project(place, project or DEFAULT_PROJECT)
        elif kind == "workspace":
            resource = place
        else:
            raise ValueError(f"kind must be repository, project or workspace, not {kind!r}")
        return self.vault.access_token(resource, place, scopes, expires_in)

    def create_oauth_consumer(
        self,
        workspace: str,
        scopes: Iterable[str] = ("repository",),
        private: bool = True,
        user: User | None = None,
        callback_url: str = "",
    ) -> OAuthConsumer:
        """A consumer, as made on the workspace's settings page; ``user`` (who made it) is an owner by default."""
        place = self.workspaces[workspace]
        owner = user or next((one for one in self.users.values() if one.role(place) == "owner"), None)
        consumer = self.vault.consumer(place, scopes, private, owner)
        consumer.callback_url = callback_url
        return consumer

    def browser(self, user: User) -> Browser:
        """A browser in which the user is logged in."""
        return Browser(urlsplit(self.url).hostname or "", self.log_in(user))

    def log_in(self, user: User) -> str:
        """The cookie of a browser in which the user has logged in."""
        cookie = secrets.token_urlsafe(32)
        self.browser_sessions[cookie] = user
        return cookie

    def create_app_password(self, user: User, scopes: Iterable[str] = ("repository",)) -> Credential:
        """An app password that somebody still has. It opens nothing since 2026-07-28."""
        return self.vault.app_password(user, scopes)

    def revoke(self, credential: Credential | OAuthConsumer) -> None:
        """Dead from now on; with a consumer also its tokens."""
        credential.revoked = True
        if isinstance(credential, OAuthConsumer):
            for token in list(self.vault.credentials.values()):
                if token.kind == "oauth_token" and token.consumer is credential:
                    token.revoked = True

    # -- content ---------------------------------------------------------------------------------------------------

    def open_pull_request(
        self,
        workspace: str,
        slug: str,
        source: str,
        destination: str | None = None,
        title: str | None = None,
        close_source_branch: bool = False,
        by: Credential | None = None,
    ) -> Pull:
        """A pull request from a branch, to the main branch if nothing else is said."""
        repository = self.repository(workspace, slug)
        target = destination or repository.main_branch or git.head(repository.path)
        wanted = Wish(title or f"Merge {source}", source, target, close_source_branch=close_source_branch)
        return self.pull_requests.open(repository, wanted, by)

    def merge_pull_request(
        self, workspace: str, slug: str, number: int, strategy: str = "merge_commit", by: Credential | None = None
    ) -> Pull:
        repository = self.repository(workspace, slug)
        return self.pull_requests.merge(repository, repository.pull_requests[number], strategy, by=by)

    def decline_pull_request(
        self, workspace: str, slug: str, number: int, reason: str = "", by: Credential | None = None
    ) -> Pull:
        repository = self.repository(workspace, slug)
        return self.pull_requests.decline(repository, repository.pull_requests[number], reason, by)

    def hooks(self, workspace: str, slug: str | None = None) -> list[Webhook]:
        """The webhooks of a repository, or of the workspace itself; what the API never tells (the secret) included."""
        return list((self.repository(workspace, slug) if slug else self.workspaces[workspace]).hooks.values())

    def clone_url(self, workspace: str, slug: str) -> str:
        return f"{self.url}/{self.repository(workspace, slug).full_name}.git"

    # -- what happens on changes ---------------------------------------------------------------------------------

    def moved(
        self, repository: Repository, before: dict[str, str], after: dict[str, str], by: Credential | None
    ) -> list[Work]:
        repository.updated_on = self.clock.datetime()
        repository.size = sum(file.stat().st_size for file in (repository.path / "objects").rglob("*"))
        events: list[Event] = []
        if self._listeners(repository, "repo:push"):
            payload = push_event.payload(repository, before, after, self.render(), by)
            events += [("repo:push", payload)] if payload else []
        events += self.pull_requests.follow(repository, before, after, by)
        started = self.pipelines.for_changes(repository, before, after, by)
        told: list[Work] = [partial(self.notify, repository, *event) for event in events]
        return [*told, partial(self.pipelines.start, repository, started)]

    def notify(self, repository: Repository, event: str, payload: dict[str, Any]) -> None:
        """Tell the active webhooks of the repository and of its workspace that subscribe to the event.

        What every payload has, the repository, is put in here.
        """
        payload = {**payload, "repository": push_event.place(self.render(), repository)}
        for hook in self._listeners(repository, event):
            self.courier.send(hook_delivery.delivery(hook, event, payload))

    @staticmethod
    def _listeners(repository: Repository, event: str) -> list[Webhook]:
        """The active webhooks that are told of the event."""
        hooks = [*repository.hooks.values(), *repository.workspace.hooks.values()]
        return [hook for hook in hooks if hook.active and event in hook.events]

    def wait_for_pipelines(self, timeout: float = 120.0) -> None:
        """Wait (really) until no step of Bitbucket Pipelines is running any more."""
        self.pipelines.wait(timeout)

    # -- finding -------------------------------------------------------------------------------------------------

    def repository(self, owner: str, slug: str) -> Repository:
        return self.workspaces[owner].repositories[slug]

    def find_workspace(self, slug_or_uuid: str) -> Workspace | None:
        """By slug, or by uuid with its braces."""
        with self.lock:
            return next((w for w in self.workspaces.values() if slug_or_uuid in (w.slug, w.uuid)), None)

    def find_repository(self, workspace: str, slug_or_uuid: str) -> Repository | None:
        """By slugs or uuids; with ``{}`` for the workspace by the repository's uuid alone."""
        with self.lock:
            place = self.find_workspace(workspace)
            places = list(self.workspaces.values()) if workspace == "{}" else [place] if place else []
            found = [r for one in places for r in one.repositories.values() if slug_or_uuid in (r.slug, r.uuid)]
        return next((r for r in found if workspace != "{}" or r.uuid == slug_or_uuid), None)

    def users_by_email(self) -> dict[str, User]:
        return {user.email.lower(): user for user in self.users.values()}

    def render(self) -> Render:
        """Answers as nobody in particular sees them."""
        return Render(self.url, self.users_by_email())
