# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_commit_files against Data Center, where git does all of it."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import git_process
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.commit_files import CommitFiles
from tests.sandbox import git
from tests.sandbox.bitbucket_dc import BitbucketDataCenter

from .dc import DcRunner

FILES: dict[str, Any] = {
    "branch": "main",
    "files": [{"path": "bin/run", "content": "#!/bin/sh\n", "executable": True}, {"path": "run.ini", "content": "a\n"}],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made; nothing may stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def mode(dc: BitbucketDataCenter, path: str, branch: str = "main") -> str:
    entry = git.entry(dc.repository("ACME", "shop").path, branch, path)
    assert entry
    return entry.mode


def head(dc: BitbucketDataCenter, branch: str = "main") -> str:
    return dc.refs("ACME", "shop")[f"refs/heads/{branch}"]


def test_a_life(dc_run: DcRunner, dc: BitbucketDataCenter, folder: Path) -> None:
    before = head(dc)
    foretold = dc_run.ok(CommitFiles, check_mode=True, **FILES)
    assert foretold["changed"] and head(dc) == before and not dc_run.calls
    made = dc_run.ok(CommitFiles, **FILES, author="Ada L <ada@example.com>")
    assert made["diff"] == foretold["diff"] and made["actions"][0]["call"] == "git push"
    assert (mode(dc, "bin/run"), mode(dc, "run.ini")) == (git.EXECUTABLE, git.REGULAR)
    assert dc.read("ACME", "shop", "README.md") == b"A shop\n"
    newest = git.log(dc.repository("ACME", "shop").path, "main")[0]
    assert (newest.sha, newest.author) == (made["resource"]["commit"], "Ada L") and head(dc) == newest.sha
    assert newest.parents == [before] or newest.parents == (before,)
    for check_mode in (True, False):
        assert not dc_run.ok(CommitFiles, check_mode=check_mode, **FILES)["changed"]
    gone = dc_run.ok(CommitFiles, **FILES, state="absent")
    assert gone["changed"] and dc.read("ACME", "shop", "bin/run") is None
    assert not dc_run.ok(CommitFiles, **FILES, state="absent")["changed"]
    assert not [one for one in folder.iterdir() if "sandbox" not in one.name]


@pytest.mark.parametrize("kind", ["personal", "basic", "password", "project", "repository"])
def test_with_every_credential(
    dc_run: DcRunner, dc: BitbucketDataCenter, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[list[str]] = []
    real = subprocess.Popen

    def watched(arguments: list[str], **options: Any) -> Any:
        started.append(arguments)
        return real(arguments, **options)

    monkeypatch.setattr(git_process.subprocess, "Popen", watched)
    if kind == "password":
        dc_run.password(dc_run.ada)
    elif kind == "project":
        dc_run.token(dc.projects["ACME"], "PROJECT_WRITE", "REPO_WRITE")
    elif kind == "repository":
        dc_run.token(dc.repository("ACME", "shop"), "REPO_WRITE")
    elif kind == "basic":
        dc_run.common.update(username="ada", auth_method="basic")
    assert dc_run.ok(CommitFiles, **FILES)["changed"]
    assert mode(dc, "bin/run") == git.EXECUTABLE
    words = " ".join(" ".join(arguments) for arguments in started if arguments[0] == "git")
    secrets = [dc_run.common.get(name) for name in ("access_token", "password")]
    assert "push" in words and not any(secret in words for secret in secrets if secret)


def test_only_the_executable_bit(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    dc.commit("ACME", "shop", "main", {"bin/run": "#!/bin/sh\n"})
    files = {"branch": "main", "files": [{"path": "bin/run", "content": "#!/bin/sh\n", "executable": True}]}
    assert [drift["path"] for drift in dc_run.ok(CommitFiles, **files)["drift"]] == ["bin/run.executable"]
    assert mode(dc, "bin/run") == git.EXECUTABLE


def test_bytes_are_bytes(dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
    files = {"branch": "main", "files": [{"path": "a b/ü.bin", "content_base64": "AP/+Cg0="}]}
    dc_run.ok(CommitFiles, **files)
    assert dc.read("ACME", "shop", "a b/ü.bin") == b"\0\xff\xfe\n\r"
    assert not dc_run.ok(CommitFiles, **files)["changed"]


class TestBranches:
    def test_with_a_slash(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc.commit("ACME", "shop", "feature/one", {"x": "y"})
        dc_run.ok(CommitFiles, **{**FILES, "branch": "feature/one"})
        assert mode(dc, "bin/run", "feature/one") == git.EXECUTABLE and dc.read("ACME", "shop", "bin/run") is None

    def test_a_new_one(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        assert "has no branch new" in dc_run.fails(CommitFiles, **{**FILES, "branch": "new"})
        made = dc_run.ok(CommitFiles, **{**FILES, "branch": "new"}, create_branch_from=head(dc, "dev"))
        assert head(dc, "new") == made["resource"]["commit"]
        assert dc.read("ACME", "shop", "dev.txt", "new") == b"dev\n"

    def test_a_new_one_from_a_commit_no_branch_is_at(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        old = head(dc)
        dc.commit("ACME", "shop", "main", {"later": "x"})
        dc_run.ok(CommitFiles, **{**FILES, "branch": "new"}, create_branch_from=old)
        assert dc.read("ACME", "shop", "later", "new") is None

    def test_the_first_of_all(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc.create_repository("ACME", "new")
        assert dc_run.ok(CommitFiles, check_mode=True, **FILES, repository="new")["changed"]
        dc_run.ok(CommitFiles, **FILES, repository="new")
        assert dc.read("ACME", "new", "run.ini", "main") == b"a\n"
        assert not dc_run.ok(CommitFiles, **FILES, repository="new")["changed"]


class TestCompareAndSwap:
    @pytest.fixture
    def late(self, dc: BitbucketDataCenter, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody commits just before the push."""
        real, left = git_process.Git.output, [{"theirs": "1"}]

        def output(one: git_process.Git, *arguments: str, **more: Any) -> bytes:
            if arguments[0] == "push" and left:
                dc.commit("ACME", "shop", "main", left.pop())
            return real(one, *arguments, **more)

        monkeypatch.setattr(git_process.Git, "output", output)

    def test_a_push_that_comes_too_late_is_read_again(
        self, dc_run: DcRunner, dc: BitbucketDataCenter, late: None
    ) -> None:
        assert dc_run.ok(CommitFiles, **FILES)["changed"]
        assert mode(dc, "bin/run") == git.EXECUTABLE and dc.read("ACME", "shop", "theirs") == b"1"

    def test_with_a_head_that_is_known(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc_run.ok(CommitFiles, **FILES, head=head(dc))
        assert mode(dc, "bin/run") == git.EXECUTABLE

    def test_with_a_head_that_is_old(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        old = head(dc)
        dc.commit("ACME", "shop", "main", {"theirs": "1"})
        dc_run.ok(CommitFiles, **FILES, head=old)
        assert mode(dc, "bin/run") == git.EXECUTABLE and dc.read("ACME", "shop", "theirs") == b"1"


class TestErrors:
    def test_without_git(self, dc_run: DcRunner, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(git_process.shutil, "which", lambda _name: None)
        assert "Install git" in dc_run.fails(CommitFiles, **FILES)

    def test_reading_is_not_enough(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        token = dc_run.token(dc_run.ada, "REPO_READ")
        result = dc_run(CommitFiles, **FILES)
        assert result["failed"] and "git push" in result["msg"] and token.secret not in str(result)
        assert dc.read("ACME", "shop", "run.ini") is None

    def test_a_dead_token(self, dc_run: DcRunner) -> None:
        result = dc_run(CommitFiles, **FILES, access_token="BBDC-wrong")
        assert result["error"]["kind"] == "unauthorized" and "BBDC-wrong" not in str(result)

    def test_no_such_repository(self, dc_run: DcRunner) -> None:
        assert dc_run(CommitFiles, **FILES, repository="nothing")["error"]["kind"] in ("not_found", "unauthorized")

    def test_a_directory_is_no_file(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc.commit("ACME", "shop", "main", {"run.ini/x": "y"})
        assert "is a directory" in dc_run.fails(CommitFiles, **FILES)
