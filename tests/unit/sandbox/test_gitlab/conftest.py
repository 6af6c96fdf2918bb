# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with a GitLab and a Bitbucket, and python-gitlab as a client that is not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World as BitbucketWorld
from tests.sandbox.gitlab import GitLab, Token
from tests.sandbox.gitlab.world import World
from tests.sandbox.server import Server

gitlab = pytest.importorskip("gitlab")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox is on this machine, whatever proxy the machine has."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")


@pytest.fixture
def build() -> Iterator[Callable[[str], World]]:
    """Makes a world of an edition."""
    running: list[Server] = []

    def made(edition: str = "premium") -> World:
        server = Server()
        source = Bitbucket(server)
        service = GitLab(server, edition)
        server.add(source)
        server.add(service)
        service.pipelines.enabled = False  # tests of pipelines switch them on
        running.append(server.start())
        return World.build(service, BitbucketWorld.build(source))

    yield made
    for server in running:
        server.stop()


@pytest.fixture
def world(build: Callable[[str], World]) -> World:
    return build("premium")


@pytest.fixture
def connect(world: World) -> Iterator[Callable[..., gitlab.Gitlab]]:
    """A python-gitlab client with a token."""
    open_clients = []

    def client(token: Token | None = None) -> gitlab.Gitlab:
        out = gitlab.Gitlab(world.gitlab.url, private_token=(token or world.token).secret, timeout=30)
        open_clients.append(out)
        return out

    yield client
    for one in open_clients:
        one.session.close()


@pytest.fixture
def gl(connect: Callable[..., gitlab.Gitlab]) -> gitlab.Gitlab:
    return connect()
