# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with an Upsun and a Bitbucket it can follow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World as BitbucketWorld
from tests.sandbox.server import Server
from tests.sandbox.upsun import Upsun
from tests.sandbox.upsun.world import World


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
