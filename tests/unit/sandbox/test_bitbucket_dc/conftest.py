# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with a small Bitbucket Data Center."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.world import World
from tests.sandbox.server import Server


@pytest.fixture
def world() -> Iterator[World]:
    with Server() as running:
        service = BitbucketDataCenter(running)
        running.add(service)
        yield World.build(service)
