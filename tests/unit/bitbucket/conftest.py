# SPDX-License-Identifier: GPL-3.0-or-later
"""The Bitbucket operations, against the sandbox's Bitbucket or against a script of expected calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import git_http
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.examined import EXAMINED
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.use import (
    CONSUMER,
    CONSUMER_ONLY,
    DELETE_WEBHOOK,
    KEEPS,
    PERSONAL,
    TOKENS,
    CloudUse,
    DataCenterUse,
    Use,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.uses import USES
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.server import Server

Result = dict[str, Any]
EVERYTHING = (
    "read:repository:bitbucket",
    "write:repository:bitbucket",
    "read:pullrequest:bitbucket",
    "read:user:bitbucket",
    "read:workspace:bitbucket",
    "read:project:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
    "admin:repository:bitbucket",
    "read:pipeline:bitbucket",
    "admin:pipeline:bitbucket",
)
# Uses of a credential, as targets declare them; what these tests show depends on what is needed and not on who needs it.
SAMPLE_USES = {
    "mirrors": Use(CloudUse(("repository", "pullrequest", "webhook"), TOKENS, KEEPS, ("account", "team", "project"))),
    "builds": Use(CloudUse(("repository:write", "webhook", DELETE_WEBHOOK), TOKENS, KEEPS, admin=True)),
    "pushes": Use(CloudUse(("repository:write", "repository:admin", "pipeline:variable"), TOKENS, KEEPS)),
    "deploys": Use(
        CloudUse(
            ("repository:write", "repository:admin", "pullrequest:write", "webhook"),
            (CONSUMER,),
            CONSUMER_ONLY,
            ("account",),
            admin=True,
        ),
        DataCenterUse("REPO_ADMIN", (PERSONAL,), "it logs in as a user"),
    ),
    "signs_in": Use(CloudUse(("repository", "webhook"), (CONSUMER,), CONSUMER_ONLY, ("account",), admin=True)),
}


@pytest.fixture
def by_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program git reads, as from a server without version 2 of git's protocol."""

    def unfit(*_arguments: Any) -> None:
        raise git_http.Unfit("not in this test")

    monkeypatch.setattr(git_http.GitHttp, "look", unfit)


@pytest.fixture(params=["here", "program"])
def both_ways(request: pytest.FixtureRequest) -> None:
    """Files are read over git's protocol in this process, and by the program."""
    if request.param == "program":
        request.getfixturevalue("by_program")


@pytest.fixture(autouse=True)
def _uses(monkeypatch: pytest.MonkeyPatch) -> None:
    """All modules that examine a credential take the samples."""
    for name, use in SAMPLE_USES.items():
        monkeypatch.setitem(USES, name, use)
    monkeypatch.setitem(EXAMINED.options["use"], "choices", list(USES))


class Runner:
    """Runs operations as a task would and keeps the warnings."""

    def __init__(self) -> None:
        self.common: dict[str, Any] = {"max_retries": 1, "timeout": 10}
        self.warnings: list[str] = []

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        given = {name: value for name, value in {**self.common, **params}.items() if value is not None}
        validation = ArgumentSpecValidator(operation.spec.options, **operation.spec.rules()).validate(given)
        assert not validation.error_messages, validation.error_messages
        self.warnings.clear()
        context = Context(check_mode=check_mode, warn=self.warnings.append)
        return execute(operation, validation.validated_parameters, context)

    def ok(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        result = self(operation, check_mode, **params)
        assert not result.get("failed"), result["msg"]
        return result

    def fails(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> str:
        result = self(operation, check_mode, **params)
        assert result.get("failed"), result
        return str(result["msg"])


class SandboxRunner(Runner):
    """With the sandbox's credentials; ``calls`` holds what the last one called."""

    def __init__(self, bitbucket: Bitbucket, server: Server) -> None:
        super().__init__()
        self.bitbucket, self.server = bitbucket, server
        self.calls: list[str] = []
        self.common.update(api_url=bitbucket.url, site_url=bitbucket.url)

    def login(self, user: User, scopes: tuple[str, ...] = EVERYTHING) -> None:
        self.common.update(username=user.email, api_token=self.bitbucket.create_api_token(user, scopes).secret)

    def __call__(self, operation: type[Operation], check_mode: bool = False, **params: Any) -> Result:
        before = len(self.server.calls.all())
        try:
            return super().__call__(operation, check_mode, **params)
        finally:
            self.calls = [f"{call.method} {call.path}" for call in self.server.calls.all()[before:]]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "USERNAME",
        "API_TOKEN",
        "APP_PASSWORD",
        "ACCESS_TOKEN",
        "CLIENT_ID",
        "CLIENT_SECRET",
        "API_URL",
        "SITE_URL",
        "URL",
        "EDITION",
        "PASSWORD",
        "AUTH_METHOD",
    ):
        monkeypatch.delenv(f"BITBUCKET_{name}", raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def bitbucket(server: Server) -> Bitbucket:
    """A Bitbucket with the workspace acme, its repository shop, and ada, who owns both."""
    bitbucket = Bitbucket(server)
    server.add(bitbucket)
    bitbucket.create_workspace("acme")
    bitbucket.create_repository("acme", "shop", {"README.md": "A shop\n"}, branches={"dev": {"dev.txt": "dev\n"}})
    ada = bitbucket.create_user("ada")
    bitbucket.grant(ada, "owner", "acme")
    bitbucket.grant(ada, "admin", "acme", "shop")
    return bitbucket


@pytest.fixture
def ada(bitbucket: Bitbucket) -> User:
    return bitbucket.users["ada"]


@pytest.fixture
def run(bitbucket: Bitbucket, server: Server) -> SandboxRunner:
    return SandboxRunner(bitbucket, server)


@pytest.fixture
def dc_run(dc: BitbucketDataCenter, server: Server) -> Any:
    from .dc import DcRunner

    return DcRunner(dc, server, dc.users["ada"])


@pytest.fixture
def dc(server: Server) -> BitbucketDataCenter:
    """A Data Center with the project ACME, its repository shop, and ada, who administers both."""
    dc = BitbucketDataCenter(server)
    server.add(dc)
    dc.create_project("ACME")
    dc.create_repository("ACME", "shop", {"README.md": "A shop\n"}, branches={"dev": {"dev.txt": "dev\n"}})
    dc.grant(dc.create_user("ada"), "PROJECT_ADMIN", "ACME")
    return dc
