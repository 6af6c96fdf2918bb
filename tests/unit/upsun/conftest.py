# SPDX-License-Identifier: GPL-3.0-or-later
"""The Upsun operations against the sandbox's Upsun and Bitbucket, without the module process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.upsun import Project, Upsun

Result = dict[str, Any]


class Runner:
    """Runs operations for the project of the shop and keeps the calls they cost, the warnings and the progress."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.common: dict[str, Any] = {
            "api_token": sandbox.upsun_token.secret,
            "api_url": sandbox.upsun.api_url,
            "auth_url": sandbox.upsun.auth_url,
            "project": sandbox.upsun_project.id,
            "max_retries": 1,
            "timeout": 10,
            "poll_interval": 0.01,
        }
        self.calls: list[str] = []
        self.bodies: list[bytes] = []
        self.warnings: list[str] = []
        self.progress: list[str] = []

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        """The result, whatever it is; ``calls`` then holds what it called, with ``{p}`` for the project."""
        given = {name: value for name, value in {**self.common, **params}.items() if value is not None}
        validation = ArgumentSpecValidator(operation.spec.options, **operation.spec.rules()).validate(given)
        assert not validation.error_messages, validation.error_messages
        self.warnings.clear()
        before = len(self.sandbox.calls.all())
        context = Context(check_mode=check_mode, warn=self.warnings.append, progress=self.progress.append)
        try:
            return execute(operation, validation.validated_parameters, context)
        finally:
            prefix = f"/projects/{given['project']}"
            made = [call for call in self.sandbox.calls.all()[before:] if call.service in ("upsun", "upsun-auth")]
            self.bodies = [call.body for call in made]
            self.calls = [f"{call.method} {call.path.replace(prefix, '{p}')}" for call in made]

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
        harmless = ("/oauth2/token", "/validate")
        return [call for call in self.calls if not call.startswith("GET ") and not call.endswith(harmless)]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("UPSUN_", "PLATFORMSH_", "REPOBRIDGE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.populate()
        yield sandbox


@pytest.fixture
def upsun(sandbox: Sandbox) -> Upsun:
    return sandbox.upsun


@pytest.fixture
def project(sandbox: Sandbox) -> Project:
    """The project that is to follow acme/shop."""
    return sandbox.upsun_project


@pytest.fixture
def run(sandbox: Sandbox) -> Runner:
    return Runner(sandbox)


@pytest.fixture
def cloud(sandbox: Sandbox) -> dict[str, Any]:
    """The options of an integration with acme/shop."""
    consumer = sandbox.upsun_consumer
    return {"type": "bitbucket", "repository": "acme/shop", "key": consumer.key, "secret": consumer.secret}
