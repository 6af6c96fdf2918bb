# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Upsun to start from, next to a Bitbucket it can follow, and a client that asks in someone's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from ..bitbucket import OAuthConsumer
from ..bitbucket.world import World as BitbucketWorld
from .model import ApiToken, Environment, Integration, Project, User
from .service import Upsun

# What the documentation's picture has ticked, under the names tokens have for it.
SCOPES = ("account", "repository:write", "repository:admin", "pullrequest:write", "webhook")
CONFIG = """\
applications:
  app:
    type: "python:3.13"
routes:
  "https://www.{default}/":
    type: redirect
    to: "https://{default}/"
  "https://{default}/":
    type: upstream
    upstream: "app:http"
"""


@dataclass
class World:
    """The project ``App``, whose admin is ``admin``; in Bitbucket acme/app, and a consumer that may do all."""

    upsun: Upsun
    source: BitbucketWorld
    admin: User
    token: ApiToken
    project: Project
    consumer: OAuthConsumer

    @classmethod
    def build(cls, upsun: Upsun, source: BitbucketWorld) -> World:
        for branch in ("main", "feature/login"):
            source.bitbucket.commit("acme", "app", branch, {".upsun/config.yaml": CONFIG}, "Add Upsun's configuration")
        admin = upsun.create_user("ursula")
        token, project = upsun.create_api_token(admin), upsun.create_project("App", admin)
        return cls(upsun, source, admin, token, project, source.bitbucket.create_oauth_consumer("acme", SCOPES))

    # -- asking --------------------------------------------------------------------------------------------------

    def login(self, secret: str | None = None, **form: str) -> requests.Response:
        """Exchange an API token as the documentation says."""
        data = {"grant_type": "api_token", "api_token": secret or self.token.secret, **form}
        return send("POST", f"{self.upsun.auth_url}/oauth2/token", auth=("platform-api-user", ""), data=data)

    def access(self, token: ApiToken | None = None) -> str:
        """A new access token."""
        return str(self.login((token or self.token).secret).json()["access_token"])

    def call(self, method: str, path: str, by: ApiToken | str | None = "admin", **options: Any) -> requests.Response:
        """Ask the API; a path without a leading slash is one below the project. ``by``: an access token as text."""
        access = by if isinstance(by, str) and by != "admin" else self.access(by if isinstance(by, ApiToken) else None)
        headers = {"Authorization": f"Bearer {access}"} if by else {}
        below = path if path.startswith("/") else f"/projects/{self.project.id}/{path}".rstrip("/")
        url = path if path.startswith("http") else self.upsun.api_url + below
        return send(method, url, headers=headers | options.pop("headers", {}), **options)

    # -- integrations --------------------------------------------------------------------------------------------

    def cloud(self, **more: Any) -> dict[str, Any]:
        """The body that makes an integration with acme/app."""
        credentials = {"key": self.consumer.key, "secret": self.consumer.secret}
        return {"type": "bitbucket", "repository": "acme/app", "app_credentials": credentials, **more}

    def integrate(self, **more: Any) -> Integration:
        """Make the integration and let its activities end."""
        answer = self.call("POST", "integrations", json=self.cloud(**more))
        assert answer.status_code == 201, answer.text
        self.settle()
        found = self.project.source
        assert found is not None
        return found

    def settle(self) -> None:
        """Until every webhook has come and nothing is under way any more."""
        self.source.bitbucket.wait_for_deliveries()
        self.upsun.wait(self.project)

    def environment(self, name: str) -> dict[str, Any]:
        """As the API gives it."""
        return dict(self.call("GET", f"environments/{quote(name, safe='')}").json())

    @property
    def environments(self) -> dict[str, Environment]:
        return dict(self.project.environments)


def send(method: str, url: str, **options: Any) -> requests.Response:
    """Without the proxies and the netrc of this machine."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=60, allow_redirects=False, **options)
