# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with a CDS of a release of one's choice, and the Bitbucket it works with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World as BitbucketWorld
from tests.sandbox.cds import Cds
from tests.sandbox.cds.world import World
from tests.sandbox.server import Server

Build = Callable[..., World]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox is on this machine, whatever proxy the machine has."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")


@pytest.fixture
def build() -> Iterator[Build]:
    """Makes a world of a release. The listing that CDS's driver needs is switched on in its Bitbucket."""
    running: list[Server] = []

    def made(version: str, start: bool = True) -> World:
        server = Server()
        bitbucket = Bitbucket(server)
        bitbucket.cross_workspace_listings = True
        cds = Cds(server, bitbucket, version)
        server.add(bitbucket)
        server.add(cds)
        running.append(server.start())
        return World.build(cds, BitbucketWorld.build(bitbucket), start)

    yield made
    for server in running:
        server.stop()


@pytest.fixture
def old(build: Build) -> World:
    """Era A."""
    return build("0.41.0")


@pytest.fixture
def middle(build: Build) -> World:
    """Era B."""
    return build("0.53.0")


@pytest.fixture
def new(build: Build) -> World:
    """Era C."""
    return build("0.57.0")
