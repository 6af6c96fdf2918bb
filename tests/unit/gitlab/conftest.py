# SPDX-License-Identifier: GPL-3.0-or-later
"""The GitLab operations against the sandbox's GitLab: what a module would do, without the module around it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from tests.sandbox.gitlab import GitLab, Project, User
from tests.sandbox.server import Server

Result = dict[str, Any]


class Runner:
    """Runs operations as ada and keeps the calls they cost, the warnings and the progress."""

    def __init__(self, gitlab: GitLab, server: Server) -> None:
        self.gitlab, self.server = gitlab, server
        self.common: dict[str, Any] = {"api_url": gitlab.url, "max_retries": 1, "timeout": 10}
        self.calls: list[str] = []
        self.warnings: list[str] = []
        self.progress: list[str] = []

    def login(self, user: User, *scopes: str) -> None:
        """From now on as another user, or with fewer scopes."""
        self.common["api_token"] = self.gitlab.create_token(user, scopes or ("api",)).secret

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        """The module's result, whatever it is; ``calls`` then holds what it called, as ``METHOD /path``."""
        given = {**self.common, **params}
        if "poll_interval" in operation.spec.options:
            given.setdefault("poll_interval", 0.01)
        validation = ArgumentSpecValidator(operation.spec.options, **operation.spec.rules()).validate(given)
        assert not validation.error_messages, validation.error_messages
        self.warnings.clear()
        before = len(self.server.calls.all())
        context = Context(check_mode=check_mode, warn=self.warnings.append, progress=self.progress.append)
        try:
            return execute(operation, validation.validated_parameters, context)
        finally:
            prefix = "/api/v4"
            made = self.server.calls.all()[before:]
            self.calls = [f"{call.method} {call.path.removeprefix(prefix)}" for call in made]

    def ok(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        """The result of what must succeed."""
        result = self(operation, check_mode, **params)
        assert not result.get("failed"), result["msg"]
        return result

    def fails(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> str:
        """The message of what must fail."""
        result = self(operation, check_mode, **params)
        assert result.get("failed"), result
        return str(result["msg"])

    def writes(self) -> list[str]:
        """Those of the last operation's calls that change something."""
        return [call for call in self.calls if not call.startswith("GET ")]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("GITLAB_", "REPOBRIDGE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def installation(server: Server) -> Callable[[str], GitLab]:
    """Makes a GitLab of an edition with the group acme, which ada owns."""

    def make(edition: str = "premium") -> GitLab:
        gitlab = GitLab(server, edition)
        server.add(gitlab)
        gitlab.grant(gitlab.create_user("ada"), 50, gitlab.create_group("acme"))
        return gitlab

    return make


@pytest.fixture
def gitlab(installation: Callable[[str], GitLab], request: pytest.FixtureRequest) -> GitLab:
    """A licensed one, unless a test is parametrized with an edition."""
    return installation(getattr(request, "param", "premium"))


@pytest.fixture
def ada(gitlab: GitLab) -> User:
    found = gitlab.find_user("ada")
    assert found
    return found


@pytest.fixture
def run(gitlab: GitLab, server: Server, ada: User) -> Runner:
    runner = Runner(gitlab, server)
    runner.login(ada)
    return runner


@pytest.fixture
def shop(gitlab: GitLab, ada: User) -> Project:
    return gitlab.create_project("acme", "shop", creator=ada)
