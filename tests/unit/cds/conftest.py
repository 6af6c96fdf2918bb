# SPDX-License-Identifier: GPL-3.0-or-later
"""The CDS operations: on a host with an engine, and against the sandbox's CDS."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World as BitbucketWorld
from tests.sandbox.cds import Cds
from tests.sandbox.cds.model import User
from tests.sandbox.cds.world import World
from tests.sandbox.server import Server

# A release of each generation: group tokens and OAuth, consumers and OAuth, consumers and a project's own VCS servers.
OLD, MIDDLE, NEW = "0.41.0", "0.53.0", "0.57.0"
every_generation = pytest.mark.parametrize("run", [OLD, MIDDLE, NEW], indirect=True)

Result = dict[str, Any]

_ENGINE = """\
#!/bin/sh
case "$1 $2" in
  version*) echo "CDS engine version:{version} os:linux architecture:amd64" ;;
  "config new") cat <<'END'
{new}END
  ;;
  "config check") printf '%s' '{check}' ;;
esac
"""
_NEW = """\
[vcs]
  name = "cds-vcs-random"
  URL = "http://localhost:8084"
  [vcs.http]
    port = 8084
  [vcs.api]
    token = "token-of-a-throw-away-key"
    [vcs.api.http]
      url = "http://localhost:8081"
  [vcs.servers]
    [vcs.servers.github.github]
      clientId = "xxxxx"
[hooks]
  name = "cds-hooks-random"
  url = "http://localhost:8083"
  urlPublic = "http://localhost:8080/cdshooks"
  [hooks.http]
    port = 8083
  [hooks.api]
    token = "token-of-another-throw-away-key"
    [hooks.api.http]
      url = "http://localhost:8081"
# On first login, you will be asked to enter the following token:
# init-token
"""


@functools.cache
def _host() -> basic.AnsibleModule:
    """The helpers of a module, for any task. Their place for arguments is core's own business, and differs by version."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(basic, "_ANSIBLE_ARGS", b'{"ANSIBLE_MODULE_ARGS": {}}')
        patch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        return basic.AnsibleModule({})


class Local:
    """Runs operations as a task on the host would, and keeps the warnings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.common: dict[str, Any] = {}
        self.warnings: list[str] = []
        self.engine("0.43.0")

    def engine(self, version: str, check: str = "checking vcs configuration...\nConfiguration file OK\n") -> None:
        """A program that says it is that version, and finds what it is told to find."""
        program = self.folder / "engine"
        program.write_text(_ENGINE.format(version=version, check=check, new=_NEW))
        program.chmod(0o755)
        self.common["engine"] = str(program)

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        given = {**self.common, **params}
        known = {name: value for name, value in given.items() if name in operation.spec.options}
        validation = ArgumentSpecValidator(operation.spec.options, **operation.spec.rules()).validate(known)
        assert not validation.error_messages, validation.error_messages
        self.warnings.clear()
        context = Context(check_mode=check_mode, warn=self.warnings.append, host=_host())
        return execute(operation, validation.validated_parameters, context)

    def ok(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        result = self(operation, check_mode, **params)
        assert not result.get("failed"), result["msg"]
        return result

    def fails(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> str:
        result = self(operation, check_mode, **params)
        assert result.get("failed"), result
        return str(result["msg"])


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CDS_", "BITBUCKET_", "REPOBRIDGE_")):
            monkeypatch.delenv(name)


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(tmp_path)


class Runner(Local):
    """Runs operations against the sandbox's CDS and keeps the calls they cost."""

    def __init__(self, world: World, server: Server, folder: Path) -> None:
        super().__init__(folder)
        self.world, self.cds, self.server = world, world.cds, server
        self.bitbucket = world.bitbucket.bitbucket
        self.calls: list[str] = []
        self.common.update(api_url=self.cds.url, max_retries=1, timeout=10, poll_interval=0.01, project="DEMO")
        self.login(world.admin)

    def login(self, user: User, **consumer: Any) -> None:
        """From now on as that user, with a session of this release."""
        session = self.cds.open_session(user)
        if consumer and self.cds.version.has_consumers:
            made = self.cds.create_consumer(user, "limited", **consumer)
            session = self.cds.accounts.open_session(user, made)
        self.common.update(username=user.username, session_token=session.token, version=self.cds.version.text)

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        before = len(self.server.calls.all())
        try:
            return super().__call__(operation, check_mode, **params)
        finally:
            made = [call for call in self.server.calls.all()[before:] if call.service == "cds"]
            self.calls = [f"{call.method} {call.path.removeprefix('/cds')}" for call in made]

    def writes(self) -> list[str]:
        """Those of the last operation's calls that change something."""
        return [call for call in self.calls if not call.startswith("GET ")]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., Runner]]:
    """Makes a CDS of a release with the project DEMO, and somebody who runs operations in it as an administrator."""
    running: list[Server] = []

    def made(version: str, start: bool = True) -> Runner:
        server = Server()
        bitbucket = Bitbucket(server)
        bitbucket.cross_workspace_listings = True  # CDS can't do without
        cds = Cds(server, bitbucket, version)
        server.add(bitbucket)
        server.add(cds)
        running.append(server.start())
        return Runner(World.build(cds, BitbucketWorld.build(bitbucket), start), server, tmp_path)

    yield made
    for server in running:
        server.stop()


@pytest.fixture
def run(build: Callable[..., Runner], request: pytest.FixtureRequest) -> Runner:
    """The newest release, unless a test is parametrized with another one."""
    return build(getattr(request, "param", NEW))


@pytest.fixture
def old(build: Callable[..., Runner]) -> Runner:
    return build(OLD)


@pytest.fixture
def middle(build: Callable[..., Runner]) -> Runner:
    return build(MIDDLE)


def connected(run: Runner) -> str:
    """Gives DEMO access to Bitbucket the way its release does; the name to attach repositories by."""
    if run.cds.version.has_vcs_servers:
        run.world.link()
        return "bitbucketcloud"
    answer = run.world.post("/v2/project/DEMO/vcs", json=run.world.vcs_body())
    assert answer.status_code == 201, answer.text
    return "bb"
