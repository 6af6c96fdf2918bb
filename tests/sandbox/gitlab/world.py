# SPDX-License-Identifier: GPL-3.0-or-later
"""A small GitLab to start from, next to a Bitbucket it can mirror, and a client that asks in someone's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from ..bitbucket.credentials import Credential
from ..bitbucket.world import World as BitbucketWorld
from .model import DEVELOPER, OWNER, Namespace, Project, User
from .service import GitLab
from .tokens import Token


@dataclass
class World:
    """Group ``acme`` with the empty project ``app``; ``owner`` owns the group, ``developer`` may push."""

    gitlab: GitLab
    source: BitbucketWorld
    owner: User
    developer: User
    group: Namespace
    project: Project
    token: Token
    developer_token: Token

    @classmethod
    def build(cls, gitlab: GitLab, source: BitbucketWorld) -> World:
        owner, developer = gitlab.create_user("glenda"), gitlab.create_user("dev")
        group = gitlab.create_group("acme", "Acme")
        gitlab.grant(owner, OWNER, group)
        project = gitlab.create_project(group, "app", owner)
        gitlab.grant(developer, DEVELOPER, project)
        tokens = gitlab.create_token(owner), gitlab.create_token(developer)
        return cls(gitlab, source, owner, developer, group, project, *tokens)

    def call(self, method: str, path: str, by: Token | str | None = "owner", **options: Any) -> requests.Response:
        """Ask the API; a path without a leading slash is one below the project. ``by`` None is nobody."""
        token = self.token if by == "owner" else by
        headers = {**(token.headers if isinstance(token, Token) else {}), **options.pop("headers", {})}
        below = path if path.startswith("/") else f"/projects/{self.project.id}/{path}".rstrip("/")
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, self.gitlab.api_url + below, headers=headers, timeout=60, **options)

    @property
    def source_url(self) -> str:
        """The repository in Bitbucket that is to be mirrored."""
        return self.source.bitbucket.clone_url("acme", "app")

    @property
    def source_token(self) -> Credential:
        return self.source.token

    def mirror_attributes(self, **more: Any) -> dict[str, Any]:
        """What PUT takes to mirror Bitbucket's acme/app."""
        return {
            "enabled": True,
            "url": self.source_url,
            "auth_user": self.source_token.git_user,
            "auth_password": self.source_token.secret,
            "mirror_trigger_builds": True,
            **more,
        }

    def mirror(self, by: Token | str | None = "owner", **more: Any) -> requests.Response:
        """Configure the mirror and let its first update end."""
        answer = self.call("PUT", "mirror/pull", by, json=self.mirror_attributes(**more))
        self.gitlab.wait_for_mirror(self.project)
        return answer
