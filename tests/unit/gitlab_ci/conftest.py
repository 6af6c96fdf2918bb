# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox with a repository, and the shells that the generated scripts have to work with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.server import Server

SHELLS = {"sh": ["sh"], "dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["busybox", "sh"]}


@pytest.fixture(params=list(SHELLS))
def shell(request: pytest.FixtureRequest) -> list[str]:
    command = SHELLS[request.param]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return command


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def bitbucket(server: Server) -> Bitbucket:
    """A Bitbucket with the workspace acme, its repositories shop and mirror, and ada, who owns both."""
    bitbucket = Bitbucket(server)
    server.add(bitbucket)
    bitbucket.create_workspace("acme")
    bitbucket.create_repository("acme", "shop", {"README.md": "A shop\n"}, branches={"dev": {"dev.txt": "dev\n"}})
    ada = bitbucket.create_user("ada")
    bitbucket.grant(ada, "owner", "acme")
    return bitbucket


@pytest.fixture
def ada(bitbucket: Bitbucket) -> User:
    return bitbucket.users["ada"]


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """A directory for the front of PATH: curl, sed and git leave their arguments in ``arguments`` there."""
    folder = tmp_path / "watched"
    folder.mkdir()
    for program in ("curl", "sed", "git", "cat", "base64"):
        found = shutil.which(program)
        if found:
            wrapper = folder / program
            wrapper.write_text(f'#!/bin/sh\nprintf "%s\\n" "{program} $*" >>"{folder}/arguments"\nexec {found} "$@"\n')
            wrapper.chmod(0o755)
    return folder
