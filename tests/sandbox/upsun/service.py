# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Upsun as one object: what tests and the demo set up, and the three hosts the server mounts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .. import git
from .activities import Activities
from .api import AUTH, GATEWAY, GATEWAY_LACKS, REGION
from .application import Host
from .environments import Environments
from .model import (
    ROLES,
    Activity,
    ApiToken,
    Environment,
    Integration,
    Organization,
    Project,
    User,
    new_id,
)
from .render import Render
from .synchronization import Synchronization
from .tokens import Tokens

if TYPE_CHECKING:
    from ..server import Server

Files = Mapping[str, "str | bytes | git.File | None"]
REGION_NAME = "eu-3.platform.sh"
CONSOLE_URL = "https://console.upsun.com"


class Upsun:
    """Three ``Service`` of the sandbox's server; the constructor adds them.

    ``api_url`` stands for https://api.upsun.com, ``auth_url`` for https://auth.upsun.com, ``region_url`` for the host
    of the projects' region. They have ports of their own, because Upsun's links are paths from the root of a host.
    ``bitbucket_url`` is where Bitbucket Cloud is, both its API and its site.
    """

    def __init__(self, server: Server, bitbucket_url: str) -> None:
        self.clock = server.clock
        self.server = server
        self.root = server.root / "upsun"
        self.bitbucket_api_url = f"{bitbucket_url}/2.0"
        self.bitbucket_site_url = bitbucket_url
        self.api_url = server.open_door("/upsun")
        self.region_url = server.open_door("/upsun-region")
        self.auth_url = f"{server.url}/upsun-auth"
        self.console_url = CONSOLE_URL
        # The description marks all fields of an update as required, the vendor's own CLI never sends them all. What
        # the real service does with an update that has no type is not known; True is the stricter reading.
        self.update_needs_type = False
        self.users: dict[str, User] = {}
        self.organizations: dict[str, Organization] = {}
        self.projects: dict[str, Project] = {}
        self.tokens = Tokens(server.clock)
        self.lock = threading.RLock()
        self.activities = Activities(self)
        self.environments = Environments(self)
        self.synchronization = Synchronization(self)
        self.hosts = {
            name: Host(name, self, groups, absent)
            for name, groups, absent in (
                ("upsun", GATEWAY, GATEWAY_LACKS),
                ("upsun-region", REGION, ()),
                ("upsun-auth", AUTH, ()),
            )
        }
        for host in self.hosts.values():
            server.add(host)

    # -- people and places ---------------------------------------------------------------------------------------

    def create_user(self, username: str, email: str | None = None, first_name: str = "", last_name: str = "") -> User:
        mail = email or f"{username}@example.com"
        out = User(username, mail, first_name or username.title(), last_name or "Doe", self.clock.datetime())
        with self.lock:
            self.users[out.id] = out
        return out

    def create_api_token(self, user: User, name: str = "token") -> ApiToken:
        return self.tokens.create(user, name)

    @staticmethod
    def revoke(token: ApiToken) -> None:
        """It buys nothing from now on; what it has bought lives on for its quarter of an hour."""
        token.revoked = True

    def create_organization(self, name: str, owner: User, label: str | None = None) -> Organization:
        out = Organization(name, label or name.title(), owner, self.clock.datetime())
        with self.lock:
            self.organizations[out.id] = out
        return out

    def create_project(
        self,
        title: str,
        admin: User,
        organization: Organization | None = None,
        default_branch: str = "main",
        files: Files | None = None,
        environments: Mapping[str, Files] | None = None,
    ) -> Project:
        """A project with its active main environment, with ``files`` in it (None: no code yet) and more of them.

        ``environments`` are branches that somebody pushed to Upsun itself; they are active.
        """
        place = organization or self.create_organization(title.lower(), admin)
        now, number = self.clock.datetime(), new_id()
        path = git.create(self.root / f"{number}.git", default_branch)
        project = Project(title, place, REGION_NAME, default_branch, path, now, now, number)
        project.roles[admin.id] = "admin"
        with self.lock:
            self.projects[number] = project
        self.environments.create(project, default_branch, None, None, status="active")
        if files is not None:
            self.commit(project, default_branch, files, "Initial commit")
        for name, contents in (environments or {}).items():
            self.branch(project, name, contents)
        return project

    def grant(self, user: User, project: Project, role: str | None) -> None:
        """``viewer`` or ``admin``; None takes it away."""
        if role is None:
            project.roles.pop(user.id, None)
        elif role not in ROLES:
            raise ValueError(f"role must be one of {', '.join(ROLES)}, not {role!r}")
        else:
            project.roles[user.id] = role

    # -- content -------------------------------------------------------------------------------------------------

    def branch(self, project: Project, name: str, files: Files | None = None, active: bool = True) -> Environment:
        """An environment made on Upsun's side, from the main one."""
        main = project.environments[project.default_branch]
        out = self.environments.create(project, name, main.id, main.head_commit)
        out.status = "active" if active else "inactive"
        if files is not None:
            self.commit(project, name, files, f"Start {name}")
        return out

    def commit(self, project: Project, environment: str, files: Files, message: str = "Change") -> str:
        """What ``git push`` to Upsun itself brings, deployed at once if the environment is active; the hash."""
        place = project.environments[environment]
        sha = git.commit(project.path, environment, files, message, place.head_commit, when=self.clock.datetime())
        self.environments.move(place, sha)
        if place.status == "active":
            place.deployed_commit, place.deployed_at = sha, self.clock.datetime()
        return sha

    # -- looking -------------------------------------------------------------------------------------------------

    def repository_url(self, project: Project) -> str:
        """Where the code is: with Upsun, or where the source integration has it from."""
        if project.source and project.source.clone_url:
            return project.source.clone_url
        return f"{project.id}@git.{project.region}:{project.id}.git"

    def hook_url(self, integration: Integration) -> str:
        """What Bitbucket calls; on the region's host and there only."""
        return f"{self.region_url}/api/projects/{integration.project.id}/integrations/{integration.id}/hook"

    def source(self, project: Project) -> Integration | None:
        return project.source

    def activities_of(self, project: Project, type_: str = "") -> list[Activity]:
        """Oldest first; ``type_`` is the end of the type, such as ``register_hooks``."""
        return [one for one in project.activities if one.type.endswith(type_)]

    def render(self) -> Render:
        """Answers as an admin sees them."""
        return Render(self, True)

    def wait(self, project: Project | None = None) -> None:
        """Let the sandbox's time pass until nothing is under way."""
        for one in [project] if project else list(self.projects.values()):
            self.activities.wait(one)

    # -- integrations --------------------------------------------------------------------------------------------

    def forbidden_type(self, project: Project, type_: str) -> bool:
        """Whether the subscription leaves this type out."""
        return project.limits_integrations and not project.allowed.get(type_, False)
