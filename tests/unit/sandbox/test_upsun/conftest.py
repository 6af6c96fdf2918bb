# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with an Upsun and both Bitbuckets it can follow, and the vendor's CLI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World as BitbucketWorld
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.world import World as DataCenter
from tests.sandbox.server import Server
from tests.sandbox.upsun import Upsun
from tests.sandbox.upsun.cli import Cli
from tests.sandbox.upsun.world import CONFIG, World


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox is on this machine, whatever proxy the machine has."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def world(server: Server) -> World:
    source = Bitbucket(server)
    server.add(source)
    return World.build(Upsun(server, source.url), BitbucketWorld.build(source))


@pytest.fixture
def dc(server: Server) -> DataCenter:
    """ACME/app of Data Center, ready for Upsun as acme/app of the Cloud is."""
    service = BitbucketDataCenter(server)
    server.add(service)
    out = DataCenter.build(service)
    for branch in ("main", "feature/login"):
        service.commit("ACME", "app", branch, {".upsun/config.yaml": CONFIG})
    return out


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the CLI, which unpacks its PHP there at the first start."""
    return tmp_path_factory.mktemp("upsun-cli")


@pytest.fixture
def cli(world: World, home: Path, server: Server) -> Cli:
    """The CLI of the project's admin. It looks again after seconds of real time, so the sandbox's goes faster."""
    server.clock.tick_seconds = 20.0
    return Cli(world.upsun, world.token, world.project, home)
