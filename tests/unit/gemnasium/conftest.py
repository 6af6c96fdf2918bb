# SPDX-License-Identifier: GPL-3.0-or-later
"""The Gemnasium operations on a real engine, through the sandbox's door: what a module would do, without the module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gemnasium.auth_provider import AuthProvider
from tests.sandbox.gemnasium import Gemnasium, daemon
from tests.sandbox.server import Server

Result = dict[str, Any]
PROVIDER = {
    "name": "bitbucket.org",
    "type": "bitbucket",
    "authorize_url": "https://bitbucket.org/site/oauth2/authorize",
    "token_url": "https://bitbucket.org/site/oauth2/access_token",
}


class Runner:
    """Runs operations and keeps the calls they cost."""

    def __init__(self, gemnasium: Gemnasium, server: Server) -> None:
        self.gemnasium, self.server = gemnasium, server
        self.common: dict[str, Any] = {
            "docker_host": gemnasium.url,
            "api_version": "1.41",
            "max_retries": 0,
            "timeout": 10,
        }
        self.calls: list[str] = []
        self.warnings: list[str] = []
        self.progress: list[str] = []

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        """The module's result, whatever it is; ``calls`` then holds what it called, as ``METHOD path subject``."""
        given = {k: v for k, v in {**self.common, **params}.items() if v is not None}
        validation = ArgumentSpecValidator(operation.spec.options, **operation.spec.rules()).validate(given)
        assert not validation.error_messages, validation.error_messages
        before = len(self.server.calls.all())
        context = Context(check_mode=check_mode, warn=self.warnings.append, progress=self.progress.append)
        try:
            return execute(operation, validation.validated_parameters, context)
        finally:
            made = self.server.calls.all()[before:]
            self.calls = [f"{call.method} {call.path.removeprefix('/v1.41')} {call.subject}".strip() for call in made]

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
        if name.startswith(("DOCKER_", "REPOBRIDGE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def gemnasium(server: Server) -> Iterator[Gemnasium]:
    reason = daemon.why_not()
    if reason:
        pytest.skip(reason)
    made = Gemnasium(server)
    server.add(made)
    made.run()
    yield made
    made.close()


@pytest.fixture
def run(gemnasium: Gemnasium, server: Server) -> Runner:
    return Runner(gemnasium, server)


@pytest.fixture
def with_provider(run: Runner) -> Runner:
    """With the provider bitbucket.org in it."""
    run.ok(AuthProvider, **PROVIDER)
    return run
