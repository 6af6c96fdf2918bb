# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Data Center to start from: a project, a repository, its administrator, and a client that asks for someone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from .. import git
from ..hosting import Files
from .model import AccessToken, Repository, User
from .service import BitbucketDataCenter

ADMIN = ("PROJECT_ADMIN", "REPO_ADMIN")
FILES: Files = {
    "README.md": "# App\n",
    "src/main.py": "print('hello')\n",
    "bin/run": git.executable("#!/bin/sh\n"),
}
By = AccessToken | User | None


@dataclass
class World:
    """``ACME/app`` with branches main and feature/login and the tag v1; ``owner`` administers ACME, as ``token`` does."""

    dc: BitbucketDataCenter
    owner: User
    token: AccessToken

    @classmethod
    def build(cls, dc: BitbucketDataCenter) -> World:
        dc.create_project("ACME", "Acme")
        dc.create_repository("ACME", "app", FILES, branches={"feature/login": {"login.py": "pass\n"}})
        dc.tag("ACME", "app", "v1", "main")
        owner = dc.create_user("olivia", password="correct horse")
        dc.grant(owner, "PROJECT_ADMIN", "ACME")
        return cls(dc, owner, dc.create_token(owner, ADMIN))

    @property
    def app(self) -> Repository:
        return self.dc.repository("ACME", "app")

    def call(self, method: str, path: str, by: By | str = "token", **options: Any) -> requests.Response:
        """Ask below ``/rest/api/latest``, or at a path that begins with a slash; a user asks with the password."""
        who = self.token if by == "token" else by
        headers = {**(who.rest if isinstance(who, AccessToken) else {}), **options.pop("headers", {})}
        if method == "POST" and not {"json", "data", "files"} & options.keys():
            headers.setdefault("X-Atlassian-Token", "no-check")
        base = self.dc.url if path.startswith("/") else f"{self.dc.api_url}/"
        with requests.Session() as session:
            session.trust_env = False
            if isinstance(who, User):
                session.auth = (who.name, who.password)
            return session.request(method, base + path, headers=headers, timeout=30, **options)

    def get(self, path: str, by: By | str = "token", **options: Any) -> requests.Response:
        return self.call("GET", path, by, **options)
