# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with a small Bitbucket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.bitbucket.world import World
from tests.sandbox.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        running.add(Bitbucket(running))
        yield running


@pytest.fixture
def world(server: Server) -> World:
    return World.build(server.services["bitbucket"])  # type: ignore[arg-type]
