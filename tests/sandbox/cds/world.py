# SPDX-License-Identifier: GPL-3.0-or-later
"""A small CDS to start from: an administrator, a project, its services running, and a client that asks in someone's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from ..bitbucket.credentials import OAuthConsumer
from ..bitbucket.world import World as BitbucketWorld
from .model import Project, Session, User
from .service import Cds
from .settings import toml

CONSUMER_SCOPES = ("account", "repository", "pullrequest", "webhook")


@dataclass
class World:
    """``DEMO`` belongs to ``admin``; Bitbucket's ``acme/app`` to ``bitbucket.owner``, ``oauth`` is CDS's consumer there."""

    cds: Cds
    bitbucket: BitbucketWorld
    admin: User
    session: Session
    project: Project
    oauth: OAuthConsumer

    @classmethod
    def build(cls, cds: Cds, bitbucket: BitbucketWorld, start: bool = True) -> World:
        """With ``start`` the services run, with the OAuth consumer in their configuration."""
        admin = cds.create_user("root", ring="ADMIN")
        oauth = bitbucket.bitbucket.create_oauth_consumer("acme", CONSUMER_SCOPES, callback_url=cds.callback_url)
        out = cls(cds, bitbucket, admin, cds.open_session(admin), cds.create_project("DEMO", admin), oauth)
        if start:
            out.start()
        return out

    def start(self, **more: Any) -> None:
        self.cds.start(toml(self.cds, (self.oauth.key, self.oauth.secret), **more))

    def call(self, method: str, path: str, by: Session | str | None = "admin", **options: Any) -> requests.Response:
        """Ask the API; ``by`` None is nobody. Redirects are not followed."""
        session = self.session if by == "admin" else by
        headers = options.pop("headers", {})
        if isinstance(session, Session):
            if self.cds.version.has_consumers:
                headers = {"Authorization": f"Bearer {session.token}", **headers}
            else:
                headers = {"Session-Token": session.token, "X-Requested-With": "X-CDS-SDK", **headers}
                options.setdefault("auth", (session.user.username, session.token))
        with requests.Session() as client:
            client.trust_env = False
            return client.request(
                method, self.cds.url + path, headers=headers, timeout=30, allow_redirects=False, **options
            )

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.call("POST", path, **options)

    # -- what tests of anything further start from ---------------------------------------------------------------

    def link(self, name: str = "bitbucketcloud") -> None:
        """Link the project by OAuth, with the owner of acme pressing the button."""
        url = self.post(f"/project/DEMO/repositories_manager/{name}/authorize").json()["url"]
        with self.bitbucket.bitbucket.browser(self.bitbucket.owner) as browser:
            browser.grant(url)

    def vcs_body(self, **more: Any) -> dict[str, Any]:
        """A project VCS with the API token of the owner of acme."""
        login = {"username": self.bitbucket.owner.email, "token": self.bitbucket.token.secret}
        if self.cds.version.needs_ssh_key_name:
            login["sshKeyName"] = "proj-ssh-demo"
        return {"name": "bb", "type": "bitbucketcloud", "auth": login, **more}

    def attach(self, server: str = "bitbucketcloud", application: str = "app", repository: str = "acme/app") -> None:
        if application not in self.project.applications:
            self.cds.create_application(self.project, application)
        path = f"/project/DEMO/repositories_manager/{server}/application/{application}/attach"
        answer = self.post(path, params={"fullname": repository})
        assert answer.status_code == 200, answer.text

    def settle(self, seconds: float = 0.0) -> None:
        """Let webhooks arrive, and what they cause happen; then let time pass."""
        self.bitbucket.bitbucket.wait_for_deliveries()
        self.cds.clock.advance(seconds)
