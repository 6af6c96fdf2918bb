# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's GitLab as one object: what tests and the demo set up, and the WSGI app the server mounts."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .. import git
from ..server import Headers, MadeWhenAsked, WsgiApp
from ..strictness import whole_number
from . import deletion, errors, features, paging, protection
from .application import make_app
from .mirroring import Mirroring
from .model import EDITIONS, LEVELS, MAINTAINER, OWNER, Namespace, Project, Protection, User, Variable
from .pipelines import Pipelines
from .rate_limits import RateLimits
from .tokens import PERSONAL_SCOPES, PROJECT_SCOPES, Token, Tokens

if TYPE_CHECKING:
    from ..calls import Call
    from ..server import Server

Files = Mapping[str, "str | bytes | git.File | None"]
VERSION = "19.6.0"


class GitLab:
    """A ``Service`` of the sandbox's server: ``server.add(GitLab(server))``, then served below ``/gitlab``.

    ``edition``: ``ce`` (the Community Edition), ``ee_free`` (the Enterprise Edition without a licence) or ``premium``.
    """

    name = "gitlab"

    def __init__(self, server: Server, edition: str = "premium") -> None:
        if edition not in EDITIONS:
            raise ValueError(f"edition must be one of {', '.join(EDITIONS)}, not {edition!r}")
        self.edition = edition
        self.version = VERSION
        self.saas = False  # GitLab.com tells plans, an installation of one's own does not
        self.clock = server.clock
        self.url = f"{server.url}/{self.name}"
        self.root = server.root / self.name
        self.users: dict[int, User] = {}
        self.namespaces: dict[int, Namespace] = {}
        self.projects: dict[int, Project] = {}
        self.tokens = Tokens(server.clock)
        self.rate_limits = RateLimits(server.clock)
        self.deletion_delay_days = 30
        # Where URLs that start with the key are really fetched: {"https://bitbucket.org/": "http://127.0.0.1:…/"}.
        self.url_rewrites: dict[str, str] = {}
        self.lock = threading.RLock()
        self._ids: dict[str, Iterator[int]] = {}
        self.pipelines = Pipelines(self)
        self.mirroring = Mirroring(self)
        self.wsgi: WsgiApp = MadeWhenAsked(lambda: make_app(self))

    @property
    def api_url(self) -> str:
        """The counterpart of https://gitlab.com/api/v4"""
        return f"{self.url}/api/v4"

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        answer = errors.outage(status)
        return answer.body.encode(), answer.content_type

    def repeat_page(self, call: Call, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        return paging.repeated(headers, self.url.removesuffix(f"/{self.name}") + call.uri), body

    def next_id(self, kind: str, start: int = 1) -> int:
        """Ids are numbers of their own for each kind of thing."""
        with self.lock:
            return next(self._ids.setdefault(kind, itertools.count(start)))

    # -- people and places ---------------------------------------------------------------------------------------

    def create_user(
        self, username: str, email: str | None = None, name: str | None = None, admin: bool = False
    ) -> User:
        """A person with a namespace of the same name."""
        now = self.clock.datetime()
        mail = email or f"{username}@example.com"
        user = User(self.next_id("user", 11), username, name or username.title(), mail, now, admin)
        with self.lock:
            self.users[user.id] = user
            own = Namespace(self.next_id("namespace", 21), username, user.name, now, "public", owner=user)
            self.namespaces[own.id] = own
        return user

    def create_group(
        self, path: str, name: str | None = None, parent: Namespace | None = None, visibility: str = "private"
    ) -> Namespace:
        now = self.clock.datetime()
        out = Namespace(self.next_id("namespace", 21), path, name or path, now, visibility, parent)
        with self.lock:
            if self.find_namespace(out.full_path):
                raise ValueError(f"There is a namespace {out.full_path} already")
            self.namespaces[out.id] = out
        return out

    def grant(self, user: User, level: int, place: Project | Namespace) -> None:
        """Make somebody a member: 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner; 0 takes it away."""
        if level == 0:
            place.members.pop(user.id, None)
        elif level not in LEVELS:
            raise ValueError(f"{level} is not an access level")
        else:
            place.members[user.id] = level

    def create_project(
        self,
        namespace: Namespace | str,
        path: str,
        creator: User | None = None,
        name: str | None = None,
        visibility: str = "private",
        files: Files | None = None,
        **settings: Any,
    ) -> Project:
        """A project, empty or with ``files`` on its main branch; whoever creates it owns it."""
        place = self.find_namespace(namespace) if isinstance(namespace, str) else namespace
        if place is None:
            raise ValueError(f"There is no namespace {namespace}")
        now = self.clock.datetime()
        with self.lock:
            owner = creator or place.owner or next(user for user in self.users.values() if place.level(user) >= OWNER)
            number = self.next_id("project", 101)
            path_on_disk = git.create(self.root / "repositories" / f"{number}.git")
            out = Project(number, place, path, name or path, path_on_disk, owner, now, visibility)
            out.settings = {**features.at_first(), **settings}
            if out.level(owner) < OWNER:
                out.members[owner.id] = MAINTAINER
            protection.install(path_on_disk)
            self.projects[number] = out
        if files is not None:
            self.commit(out, "main", files, "Initial commit")
        return out

    def delete_project(self, project: Project, at_once: bool = False) -> None:
        """Marked, renamed out of the way and gone after thirty days; ``at_once`` skips the waiting."""
        if at_once or not self.deletion_delay_days:
            deletion.remove(self, project)
        else:
            deletion.mark(self, project, self.deletion_delay_days)

    # -- tokens --------------------------------------------------------------------------------------------------

    def create_token(
        self, user: User, scopes: Iterable[str] = ("api",), name: str = "token", expires_in_days: int | None = 365
    ) -> Token:
        """A personal access token."""
        chosen = tuple(scopes)
        if not set(chosen) <= set(PERSONAL_SCOPES):
            raise ValueError(f"{chosen} are not scopes of a personal access token")
        return self.tokens.add("personal", name, user, chosen, self._date(expires_in_days))

    def create_granular_token(
        self, user: User, permissions: Iterable[str], projects: Iterable[Project], name: str = "fine-grained"
    ) -> Token:
        """A fine-grained personal access token; a permission is for example ``create_pull_mirror``.

        https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens/
        """
        token = self.tokens.add("personal", name, user, ("granular",), self._date(365))
        token.granular, token.granular_projects = frozenset(permissions), frozenset(p.id for p in projects)
        return token

    def create_project_token(
        self,
        project: Project,
        scopes: Iterable[str] = ("api",),
        access_level: int = MAINTAINER,
        name: str = "bot",
        expires_on: date | None = None,
        description: str | None = None,
    ) -> Token:
        """A project access token with its bot, a member of the project like any other."""
        chosen = tuple(scopes)
        if not set(chosen) <= set(PROJECT_SCOPES) or access_level not in LEVELS:
            raise ValueError(f"{chosen} with access level {access_level} is no project access token")
        number = self.next_id("user", 11)
        username = f"project_{project.id}_bot_{number:08x}"
        bot = User(number, username, name, f"{username}@noreply.example.com", self.clock.datetime(), bot_of=project.id)
        with self.lock:
            self.users[number] = bot
            project.members[number] = access_level
        date_ = expires_on or self._date(365)
        return self.tokens.add("project", name, bot, chosen, date_, description, project, access_level)

    def revoke(self, token: Token) -> None:
        """Dead from now on. The bot of a project token goes too, and with it, without a word, its mirrors."""
        token.revoked = True
        bot = token.user
        if bot.bot_of is None:
            return
        bot.state = "blocked"
        for project in list(self.projects.values()):
            project.members.pop(bot.id, None)
            if project.mirror.user is bot:
                self.mirroring.disable(project, forget=False)

    def _date(self, days: int | None) -> date | None:
        return None if days is None else self.tokens.today() + timedelta(days=days)

    # -- content -------------------------------------------------------------------------------------------------

    def commit(
        self, project: Project, branch: str, files: Files, message: str = "Change", by: User | None = None
    ) -> str:
        """Commit files (None deletes one) on a branch, as a push would; gives the hash."""
        with self.changes(project, by or project.creator):
            start = None if git.has_branch(project.git_path, branch) else project.default_branch
            parent = git.resolve(project.git_path, start) if start else None
            return git.commit(project.git_path, branch, files, message, parent, when=self.clock.datetime())

    def refs(self, project: Project) -> dict[str, str]:
        """All branches and tags by full name, as ``git ls-remote`` gives them."""
        return git.refs(project.git_path)

    def read(self, project: Project, path: str, revision: str = "HEAD") -> bytes | None:
        return git.read(project.git_path, revision, path)

    @staticmethod
    def variables(project: Project) -> list[Variable]:
        """The variables, hidden values included."""
        return list(project.variables.values())

    def clone_url(self, project: Project) -> str:
        return f"{self.url}/{project.full_path}.git"

    @contextmanager
    def changes(self, project: Project, by: User | None, skip_ci: bool = False, builds: bool = True) -> Iterator[None]:
        """Whatever moves refs is done in here: one at a time; the pipelines start once the lock is free again."""
        with project.lock:
            before = git.refs(project.git_path)
            yield
            after = git.refs(project.git_path)
            if before == after:
                return
            project.updated_at = self.clock.datetime()
            if not any(name.startswith("refs/heads/") for name in before):
                self._first_branch(project, after)
            started = self.pipelines.for_changes(project, before, after, by, skip_ci) if builds else []
        self.pipelines.start(started)

    def _first_branch(self, project: Project, refs: Mapping[str, str]) -> None:
        """The default branch comes with the first push, and is protected from then on."""
        heads = [name.removeprefix("refs/heads/") for name in refs if name.startswith("refs/heads/")]
        wanted = [git.head(project.git_path), "main", "master", *heads]
        chosen = next((name for name in wanted if name in heads), None)
        if chosen is None:
            return
        git.set_head(project.git_path, chosen)
        if not project.protections:
            self.protect(project, chosen)

    # -- protected branches --------------------------------------------------------------------------------------

    def protect(self, project: Project, name: str, push: int = MAINTAINER, force: bool = False) -> Protection:
        if not (name or "").strip():
            raise errors.message(422, ["Name can't be blank"])
        out = Protection(self.next_id("protection"), name, push, MAINTAINER, force)
        project.protections[name] = out
        return out

    @staticmethod
    def protection(project: Project, branch: str) -> Protection | None:
        return protection.of(project, branch)

    def mirrors(self, project: Project) -> bool:
        """Whether a project is a pull mirror: without a licence no project is, whatever was set."""
        return self.edition == "premium" and project.mirror.enabled

    # -- time ----------------------------------------------------------------------------------------------------

    def wait_for_mirror(self, project: Project, timeout: float = 60.0) -> str:
        """Let the sandbox's time pass until no update is under way; the mirror's status then."""
        return self.mirroring.wait(project, timeout)

    def wait_for_pipelines(self, timeout: float = 120.0) -> list[Any]:
        """Wait (really) until no pipeline is running any more; all pipelines there are."""
        return self.pipelines.wait(timeout)

    # -- finding -------------------------------------------------------------------------------------------------

    def find_user(self, username: str) -> User | None:
        return next((user for user in list(self.users.values()) if user.username == username), None)

    def find_namespace(self, id_or_path: str | int) -> Namespace | None:
        text = str(id_or_path)
        with self.lock:
            if (number := whole_number(text)) is not None:
                return self.namespaces.get(number)
            return next((one for one in self.namespaces.values() if one.full_path.lower() == text.lower()), None)

    def find_project(self, id_or_path: str | int) -> Project | None:
        text = str(id_or_path)
        with self.lock:
            if (number := whole_number(text)) is not None:
                return self.projects.get(number)
            return next((one for one in self.projects.values() if one.full_path.lower() == text.lower()), None)
