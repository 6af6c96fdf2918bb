# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's CDS as one object: what tests and the demo set up, and the WSGI app the server mounts."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..server import MadeWhenAsked, WsgiApp
from . import configuration, errors
from .accounts import SHARED_INFRA, STARTUP_SCOPES, Accounts
from .application import make_app
from .driver import Places
from .model import WRITE, Application, Consumer, Group, Project, Run, Session, User, Workflow
from .running import Running, Services
from .runs import Runs
from .versions import Version

if TYPE_CHECKING:
    from ..bitbucket import Bitbucket
    from ..server import Server

DEFAULT_VERSION = "0.57.0"


class Cds:
    """A ``Service`` of the sandbox's server, below ``/cds``: the API, and the UI's address below ``/cds/ui``.

    Its vcs and hooks services run with the settings of an engine's configuration file, once somebody has started them:
    ``engine start`` does, and ``start`` for tests.
    """

    name = "cds"

    def __init__(self, server: Server, bitbucket: Bitbucket, version: str = DEFAULT_VERSION) -> None:
        self.clock = server.clock
        self.url = f"{server.url}/{self.name}"
        self.version = Version(version)
        self.places = Places(bitbucket.url, bitbucket.api_url)
        self.signup_disabled = False
        self.accounts = Accounts(server.clock)
        self.projects: dict[str, Project] = {}
        self.services = Services()
        self.tasks: dict[str, tuple[str, str]] = {}  # of the hooks service: uuid → project and workflow
        self.states: dict[str, tuple[float, dict[str, Any]]] = {}  # OAuth states, each with its end
        self.repositories: dict[tuple[str, str], list[dict[str, Any]]] = {}  # lists of repositories, kept
        self.rules: dict[str, list[dict[str, Any]]] = {}  # RBAC rules by name
        self.log: list[str] = []  # what CDS writes to its log and tells nobody
        self.lock = threading.RLock()
        self.runs = Runs(self)
        self.wsgi: WsgiApp = MadeWhenAsked(lambda: make_app(self))

    @property
    def ui_url(self) -> str:
        """``[api.url] ui``"""
        return f"{self.url}/ui"

    @property
    def callback_url(self) -> str:
        """What a Bitbucket OAuth consumer for this CDS has as its callback."""
        return f"{self.ui_url}/cdsapi/repositories_manager/oauth2/callback"

    @property
    def hooks_url(self) -> str:
        """What ``[hooks] urlPublic`` is when the hooks are reached through the UI."""
        return f"{self.ui_url}/cdshooks"

    def ui_of(self, service: Running) -> str:
        """The UI as the vcs service knows it: from its own settings, later from the API."""
        return service.settings.ui_url if self.version.ui_in_vcs_settings else self.ui_url

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        kinds = {401: errors.UNAUTHORIZED, 403: errors.FORBIDDEN, 404: errors.NOT_FOUND}
        _, value = kinds.get(status, errors.UNKNOWN)().answer(self.version)
        if status in (502, 503, 504):
            return b"<html><body>The service is not available</body></html>\n", "text/html"
        return json.dumps(value).encode(), "application/json"

    def later(self, work: Callable[[], None]) -> None:
        """What a service does after it has answered: at the next request, or when the clock is asked."""
        self.clock.after(0.0, work)

    # -- people --------------------------------------------------------------------------------------------------

    def create_user(self, username: str, password: str = "correct horse", ring: str = "USER") -> User:
        return self.accounts.add_user(username, password, ring)

    def create_group(self, name: str, admin: User | None = None) -> Group:
        return self.accounts.add_group(name, admin)

    def create_consumer(self, user: User, name: str = "ansible", **more: Any) -> Consumer:
        """A builtin consumer; its ``token`` is what a client signs in with."""
        return self.accounts.add_consumer(user, name, **more)

    def open_session(self, user: User) -> Session:
        """A session of era A, as ``cdsctl login`` opens one; since 0.44 one of the user's password."""
        consumer = self.accounts.local_consumer(user) if self.version.has_consumers else None
        return self.accounts.open_session(user, consumer)

    def service_token(self, kind: str, name: str) -> str:
        """What stands in ``[vcs.api] token``: a token of shared.infra, or a service's own consumer's."""
        if not self.version.has_consumers:
            place = self.accounts.groups[SHARED_INFRA]
            mine = [one for one in place.tokens.values() if one.description == "sharedInfraToken"]
            found = mine[0] if mine else self.accounts.add_group_token(place, "persistent", "sharedInfraToken", "")
            return found.token
        admin = next((user for user in self.accounts.users.values() if user.ring == "ADMIN"), None)
        if admin is None:
            raise ValueError("There is no administrator yet whose consumer it could be")
        scopes = STARTUP_SCOPES[kind]
        return self.create_consumer(admin, name, service_name=name, service_type=kind, scopes=scopes).token

    # -- projects ------------------------------------------------------------------------------------------------

    def create_project(self, key: str, owner: User, name: str | None = None) -> Project:
        group = self.accounts.groups.get(key.lower()) or self.create_group(key.lower(), owner)
        now = self.clock.datetime()
        project = Project(self.accounts.next_id(), key, name or key, "", now, now, {group.id: WRITE})
        self.projects[key] = project
        return project

    def create_application(self, project: Project, name: str) -> Application:
        out = Application(self.accounts.next_id(), name, "", self.clock.datetime())
        project.applications[name] = out
        return out

    def create_workflow(self, project: Project, name: str, application: str = "", pipeline: str = "build") -> Workflow:
        """A workflow of one node, named as its pipeline."""
        project.pipelines.setdefault(pipeline, self.accounts.next_id())
        now, number = self.clock.datetime(), self.accounts.next_id()
        out = Workflow(number, name, "", pipeline, self.accounts.next_id(), pipeline, application, now, now)
        project.workflows[name] = out
        return out

    def workflow_runs(self, key: str, workflow: str) -> list[Run]:
        """The runs that are not removed, newest first."""
        every = self.projects[key].workflows[workflow].runs.values()
        return sorted((run for run in every if not run.to_delete), key=lambda run: -run.number)

    def adopt(self, text: str) -> None:
        """Take over what the API is told by a configuration file: the key it signs with, or era A's shared token."""
        auth = configuration.load(text).get("api", {}).get("auth", {})
        if self.version.has_consumers:
            self.accounts.api_key = auth["rsaprivatekeys"][0]["key"]
            return
        place = self.accounts.groups[SHARED_INFRA]
        token = self.accounts.add_group_token(place, "persistent", "sharedInfraToken", "")
        token.token = auth["sharedinfratoken"]

    # -- services ------------------------------------------------------------------------------------------------

    def start(self, text: str, *kinds: str) -> list[Running]:
        """Start services with a configuration file's text inside of the sandbox, as ``engine start`` does outside.

        :raises ValueError: the engine would not come up with it.
        """
        tree = configuration.load(text)
        out = []
        for kind in kinds or ("hooks", "vcs"):
            settings = configuration.service(tree, kind, self.version)
            if settings is None:
                raise ValueError(f"Unable to start: missing service {kind} configuration")
            wrong = settings.check() or settings.check_start(self.version) or self._check_token(kind, settings)
            if wrong:
                raise ValueError(f"Unable to init service {kind}: {wrong}")
            running = Running(kind, settings.name, settings)
            self.services.add(running)
            out.append(running)
        return out

    def _check_token(self, kind: str, settings: configuration.Settings) -> str | None:
        """What the API would say to the service that signs in."""
        if not self.version.has_consumers:
            place = self.accounts.group_of_token(settings.token)
            return None if place and place.name == SHARED_INFRA else "not authenticated"
        consumer = self.accounts.consumer_by_token(settings.token)
        named = (consumer.service_name, consumer.service_type) if consumer else None
        return None if named in ((settings.name, kind), (None, None)) else "forbidden"
