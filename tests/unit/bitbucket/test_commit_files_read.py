# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_commit_files with read_with=git: the same as over the API, without a call of the API."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.cloud import source
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.commit_files import CommitFiles
from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.server import Server

from .conftest import SandboxRunner

PLACE: dict[str, Any] = {"workspace": "acme", "repository": "shop", "branch": "main"}
FILES: list[dict[str, Any]] = [
    {"path": "bin/run", "content": "#!/bin/sh\n", "executable": True},
    {"path": "run me.ini", "content": "a\n"},
    {"path": "ümlaut/*.txt", "content": ""},
    {"path": "old.txt", "state": "absent"},
]


@pytest.fixture(autouse=True)
def login(run: SandboxRunner, ada: User, both_ways: None) -> None:
    run.login(ada)


def plain(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in ("changed", "diff", "drift", "actions", "resource")}


def test_nothing_to_do_takes_no_call_of_the_api(run: SandboxRunner, bitbucket: Bitbucket, server: Server) -> None:
    for branch in ("main", "feature/x"):
        run.ok(CommitFiles, **{**PLACE, "branch": branch}, files=FILES, create_branch_from="main")
        by_api = run.ok(CommitFiles, **{**PLACE, "branch": branch}, files=FILES)
        by_git = run.ok(CommitFiles, **{**PLACE, "branch": branch}, files=FILES, read_with="git")
        assert plain(by_git) == plain(by_api) and not by_git["changed"] and run.calls == []
    assert any(call.is_git for call in server.calls.all(git=True))


@pytest.mark.parametrize(
    "there",
    [
        {},
        {"bin/run": "#!/bin/sh\n"},  # without its bit
        {"bin/run": git.executable("#!/bin/sh\n"), "run me.ini": "b\n", "old.txt": "old"},
        {"run me.ini": git.File(b"README.md", git.LINK)},
        {"bin": "a file where a directory is to be"},
    ],
)
def test_it_finds_what_the_api_finds(run: SandboxRunner, bitbucket: Bitbucket, there: dict[str, Any]) -> None:
    if there:
        bitbucket.commit("acme", "shop", "main", there)
    by_api = run.ok(CommitFiles, check_mode=True, **PLACE, files=FILES)
    by_git = run.ok(CommitFiles, check_mode=True, **PLACE, files=FILES, read_with="git")
    assert plain(by_git) == plain(by_api) and run.calls == []


def test_a_change_is_committed_by_the_api(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    run.ok(CommitFiles, **PLACE, files=FILES, read_with="git")
    assert run.calls[0].partition(" ")[0] == "POST"
    assert bitbucket.read("acme", "shop", "bin/run", "main") == b"#!/bin/sh\n"


def test_an_empty_repository_and_a_missing_branch(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    assert "no branch nowhere" in run.fails(CommitFiles, **{**PLACE, "branch": "nowhere"}, files=FILES, read_with="git")
    bitbucket.create_repository("acme", "empty")
    bitbucket.grant(bitbucket.users["ada"], "admin", "acme", "empty")
    run.ok(CommitFiles, **{**PLACE, "repository": "empty"}, files=FILES[:1], read_with="git")
    assert bitbucket.read("acme", "empty", "bin/run", "main") == b"#!/bin/sh\n"


def test_a_refused_login_is_an_error_and_no_empty_repository(run: SandboxRunner) -> None:
    run.common["api_token"] = "ATATT-wrong-token-of-nobody"
    result = run(CommitFiles, **PLACE, files=FILES, read_with="git")
    assert result["error"]["kind"] == "unauthorized", result["msg"]
    assert "ATATT-wrong" not in str(result)


def test_without_git_it_is_the_api(run: SandboxRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "git_is_here", lambda: False)
    run.ok(CommitFiles, check_mode=True, **PLACE, files=FILES, read_with="git")
    assert run.calls
