# SPDX-License-Identifier: GPL-3.0-or-later
"""The Bitbucket operations against the sandbox's Data Center."""

from __future__ import annotations

from typing import Any

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Operation
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.model import AccessToken, Project, Repository, User
from tests.sandbox.server import Server

from .conftest import Result, Runner

REST = "/rest/api/latest"
SHOP = f"{REST}/projects/ACME/repos/shop"
ADMIN = ("PROJECT_ADMIN", "REPO_ADMIN")


class DcRunner(Runner):
    """As ada, who administers ACME, with her token; ``calls`` holds what the last operation called."""

    def __init__(self, dc: BitbucketDataCenter, server: Server, ada: User) -> None:
        super().__init__()
        self.dc, self.server, self.ada = dc, server, ada
        self.calls: list[str] = []
        self.common.update(bitbucket_url=dc.url, workspace="ACME", repository="shop")
        self.token(ada, *ADMIN)

    def token(self, owner: User | Project | Repository, *permissions: str, days: int | None = None) -> AccessToken:
        """From now on with a new token of somebody, a project or a repository."""
        made = self.dc.create_token(owner, permissions, "test", days)
        self.common.update(access_token=made.secret, username=None, password=None, auth_method=None)
        return made

    def password(self, user: User, secret: str | None = None) -> None:
        """From now on with a password."""
        self.common.update(access_token=None, username=user.name, password=secret or user.password)

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        given = {name: value for name, value in self.common.items() if name in operation.spec.options}
        known, self.common = self.common, given
        before = len(self.server.calls.all())
        try:
            return super().__call__(operation, check_mode, **params)
        finally:
            self.common = known
            self.calls = [
                f"{call.method} {call.path}" for call in self.server.calls.all()[before:] if "/scm/" not in call.path
            ]

    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("GET ")]
