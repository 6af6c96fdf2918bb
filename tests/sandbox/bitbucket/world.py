# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Bitbucket to start from: a workspace, a repository, its owner, and a client that asks in someone's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from .. import git
from ..hosting import Files
from .credentials import Credential
from .model import User
from .service import Bitbucket

ALL_SCOPES = (
    "read:user:bitbucket",
    "read:workspace:bitbucket",
    "read:repository:bitbucket",
    "write:repository:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
    "read:pullrequest:bitbucket",
    "write:pullrequest:bitbucket",
    "admin:repository:bitbucket",
    "read:pipeline:bitbucket",
    "admin:pipeline:bitbucket",
)
FILES: Files = {
    "README.md": "# App\n",
    "src/main.py": "print('hello')\n",
    "bin/run": git.executable("#!/bin/sh\n"),
}


@dataclass
class World:
    """``acme/app`` with branches main and feature/login and the tag v1; ``owner`` owns acme, ``token`` may do all."""

    bitbucket: Bitbucket
    owner: User
    token: Credential

    @classmethod
    def build(cls, bitbucket: Bitbucket) -> World:
        bitbucket.create_workspace("acme")
        bitbucket.create_repository("acme", "app", files=FILES, branches={"feature/login": {"login.py": "pass\n"}})
        bitbucket.tag("acme", "app", "v1", "main")
        owner = bitbucket.create_user("olivia", "olivia@example.com")
        bitbucket.grant(owner, "owner", "acme")
        return cls(bitbucket, owner, bitbucket.create_api_token(owner, ALL_SCOPES))

    def call(self, method: str, path: str, by: Credential | str | None = "owner", **options: Any) -> requests.Response:
        """Ask the API below ``/2.0``; ``by`` None is nobody."""
        credential = self.token if by == "owner" else by
        headers = {**(credential.rest if isinstance(credential, Credential) else {}), **options.pop("headers", {})}
        url = path if path.startswith("http") else f"{self.bitbucket.api_url}/{path}"
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, url, headers=headers, timeout=30, **options)

    def get(self, path: str, by: Credential | str | None = "owner", **options: Any) -> requests.Response:
        return self.call("GET", path, by, **options)
