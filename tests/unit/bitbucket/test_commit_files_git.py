# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_commit_files where the API leaves out the executable bit: git sets it, and tells nobody the credential."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import git_process
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.commit_files import CommitFiles
from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket, User, upload

from .conftest import SandboxRunner

FILES: dict[str, Any] = {
    "workspace": "acme",
    "repository": "shop",
    "branch": "main",
    "files": [{"path": "bin/run", "content": "#!/bin/sh\n", "executable": True}, {"path": "run.ini", "content": "a\n"}],
}


@pytest.fixture(autouse=True)
def _no_bit(run: SandboxRunner, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    run.login(ada)
    monkeypatch.setattr(upload, "_attribute", lambda _headers: None)


def mode(bitbucket: Bitbucket, path: str) -> str:
    entry = git.entry(bitbucket.repository("acme", "shop").path, "main", path)
    assert entry
    return entry.mode


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of every process that is started."""
    seen: list[list[str]] = []
    real = subprocess.Popen

    def watched(arguments: list[str], **options: Any) -> Any:
        seen.append(arguments)
        return real(arguments, **options)

    monkeypatch.setattr(git_process.subprocess, "Popen", watched)
    return seen


def credentials(bitbucket: Bitbucket, ada: User) -> dict[str, dict[str, Any]]:
    token = bitbucket.create_access_token("repository", "acme", "shop", scopes=["repository:write"]).secret
    consumer = bitbucket.create_oauth_consumer("acme", ["repository:write"], user=ada)
    nobody: dict[str, Any] = {"username": None, "api_token": None}
    return {
        "api_token": {},
        "access_token": {**nobody, "access_token": token},
        "consumer": {**nobody, "client_id": consumer.key, "client_secret": consumer.secret},
    }


@pytest.mark.parametrize("kind", ["api_token", "access_token", "consumer"])
def test_git_sets_it(run: SandboxRunner, bitbucket: Bitbucket, ada: User, started: list[list[str]], kind: str) -> None:
    run.common.update(credentials(bitbucket, ada)[kind])
    result = run.ok(CommitFiles, **FILES, author="Ada L <ada@example.com>")
    assert mode(bitbucket, "bin/run") == git.EXECUTABLE and mode(bitbucket, "run.ini") == git.REGULAR
    assert bitbucket.read("acme", "shop", "README.md") == b"A shop\n"
    newest = git.log(bitbucket.repository("acme", "shop").path, "main")[0]
    assert newest.sha == result["resource"]["commit"] and newest.author == "Ada L"
    assert not run.ok(CommitFiles, **FILES)["changed"]
    words = " ".join(" ".join(arguments) for arguments in started if arguments[0] == "git")
    secrets = [run.common.get(name) for name in ("api_token", "access_token", "client_secret")]
    assert "push" in words and not any(secret in words for secret in secrets if secret)
    assert "asic" not in words and "@" not in words


def test_without_git_it_says_so(run: SandboxRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_process.shutil, "which", lambda _name: None)
    message = run.fails(CommitFiles, **FILES)
    assert "without the executable bit" in message and "Install git" in message


def test_if_it_may_not_it_says_so(run: SandboxRunner) -> None:
    assert "git_fallback" in run.fails(CommitFiles, **FILES, git_fallback=False)


def test_what_git_says_is_told_without_the_credential(run: SandboxRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    site = run.bitbucket.url.replace("127.0.0.1", "127.0.0.2").replace("localhost", "127.0.0.2")
    result = run(CommitFiles, **FILES, site_url=f"{site}/elsewhere")
    assert result["failed"] and "git fetch" in result["msg"] and run.common["api_token"] not in str(result)


def test_a_push_that_comes_too_late_is_read_again(
    run: SandboxRunner, bitbucket: Bitbucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = git_process.Git.output, [{"theirs": "1"}]

    def late(push: git_process.Git, *arguments: str, **more: Any) -> bytes:
        if arguments[0] == "push" and left:
            bitbucket.commit("acme", "shop", "main", left.pop())
        return real(push, *arguments, **more)

    monkeypatch.setattr(git_process.Git, "output", late)
    assert run.ok(CommitFiles, **FILES)["changed"]
    assert mode(bitbucket, "bin/run") == git.EXECUTABLE and bitbucket.read("acme", "shop", "theirs") == b"1"
