# SPDX-License-Identifier: GPL-3.0-or-later
"""The OCI resources against the sandbox's OCI, without the module process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.devops import Project
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.dynamic_group import DynamicGroup
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.identity import Policy
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.key import Key
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.secret import Secret
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.vault import Vault
from tests.sandbox.oci import Oci
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.server import Server

Result = dict[str, Any]


class Runner:
    """Runs operations with the sandbox's credentials and keeps count of the calls they cost."""

    def __init__(self, cloud: Oci, folder: Path) -> None:
        self.cloud = cloud
        self.server = cloud.server
        self.common: dict[str, Any] = {
            "config_file_location": str(cloud.write_config(folder / "oci")),
            "endpoint": cloud.url,
            "poll_interval": 0.01,
            "max_retries": 1,
            "timeout": 10,
        }
        self.progress: list[str] = []
        self.warnings: list[str] = []
        self.calls: list[str] = []

    def as_user(self, name: str, denied: list[str], folder: Path) -> None:
        """From now on as another user, who is denied some operations."""
        user = self.cloud.create_user(name, denied)
        self.common["config_file_location"] = str(self.cloud.write_config(folder / name, user))

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        """The module's result, whatever it is; ``calls`` then holds what it called, as ``METHOD /path``."""
        validation = ArgumentSpecValidator(operation.spec.options, **operation.spec.rules()).validate(
            {**self.common, **params}
        )
        assert not validation.error_messages, validation.error_messages
        before = len(self.server.calls.all("oci"))
        context = Context(check_mode=check_mode, progress=self.progress.append, warn=self.warnings.append)
        result = execute(operation, validation.validated_parameters, context)
        self.calls = [f"{call.method} {call.path}" for call in self.server.calls.all("oci")[before:]]
        return result

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
        """Those of the last operation's calls that change something (reading a bundle by name is a POST)."""
        return [call for call in self.calls if not call.startswith("GET ") and not call.endswith("/getByName")]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("OCI_", "REPOBRIDGE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def cloud() -> Iterator[Oci]:
    """A tenancy; ``cloud.server`` has the calls, the faults and the clock."""
    with Server() as server:
        oci = Oci(server)
        server.add(oci)
        yield oci


@pytest.fixture
def run(cloud: Oci, tmp_path: Path) -> Runner:
    """Runs operations against the tenancy."""
    return Runner(cloud, tmp_path)


class World:
    """A tenancy beside a Bitbucket Cloud, with all that a DevOps connection stands on."""

    topic: str
    secret: str
    project: str

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.cloud = sandbox.oci
        self.token = sandbox.populate()
        self.run = Runner(sandbox.oci, folder)
        self.place = {"name": "bridge", "compartment_id": sandbox.oci.compartment_id}

    def build(self, allowed: bool = True) -> World:
        """``allowed``: the connection may read the secret, and has been allowed to for long enough."""
        run, place = self.run, self.place
        vault = run.ok(Vault, **place)["resource"]
        key = run.ok(Key, **place, management_endpoint=vault["management_endpoint"])["resource"]
        secret = run.ok(Secret, **place, vault_id=vault["id"], key_id=key["id"], content=self.token.secret)
        self.secret = secret["resource"]["id"]
        self.topic = run.ok(Topic, **place)["resource"]["id"]
        self.project = run.ok(Project, **place, notification_topic_id=self.topic)["resource"]["id"]
        if allowed:
            self.allow()
            self.sandbox.clock.advance(self.cloud.iam_delay_seconds)
        return self

    def allow(self) -> None:
        rule = f"ALL {{resource.type = 'devopsconnection', resource.compartment.id = '{self.cloud.compartment_id}'}}"
        self.run.ok(DynamicGroup, name="bridge", matching_rule=rule, description="Our connections")
        statement = "Allow dynamic-group bridge to read secret-family in compartment devops"
        self.run.ok(Policy, name="bridge", statements=[statement], description="What they may read")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Everything a connection needs; ``world.run`` runs operations."""
    with Sandbox(root=tmp_path / "sandbox") as sandbox:
        yield World(sandbox, tmp_path / "config").build()
