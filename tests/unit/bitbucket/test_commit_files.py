# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_commit_files against the sandbox: what is committed, what it costs, and what it does when somebody is faster."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.cloud.source import CloudSource as Source
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.commit_files import CommitFiles
from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket, User

from .conftest import EVERYTHING, SandboxRunner

SRC = "/2.0/repositories/acme/shop/src"
HEAD = "/2.0/repositories/acme/shop/refs/branches"
SCRIPT = "#!/bin/sh\nexit 0\n"
TWO: dict[str, Any] = {
    "workspace": "acme",
    "repository": "shop",
    "branch": "main",
    "files": [{"path": "bin/run", "content": SCRIPT, "executable": True}, {"path": "run.ini", "content": "a = 1\n"}],
}


def one(**file: Any) -> dict[str, Any]:
    return {**TWO, "files": [{"path": "a.txt", **file}]}


@pytest.fixture(autouse=True)
def _login(run: SandboxRunner, ada: User) -> None:
    run.login(ada)


def head(bitbucket: Bitbucket, branch: str = "main") -> str:
    return bitbucket.refs("acme", "shop")[f"refs/heads/{branch}"]


def mode(bitbucket: Bitbucket, path: str, branch: str = "main") -> str | None:
    entry = git.entry(bitbucket.repository("acme", "shop").path, branch, path)
    return entry.mode if entry else None


def writes(run: SandboxRunner) -> list[str]:
    return [call for call in run.calls if not call.startswith("GET ")]


def paths(result: dict[str, Any]) -> list[str]:
    return [drift["path"] for drift in result["drift"]]


def log(bitbucket: Bitbucket, branch: str = "main") -> list[git.Commit]:
    return git.log(bitbucket.repository("acme", "shop").path, branch)


def faster(monkeypatch: pytest.MonkeyPatch, bitbucket: Bitbucket, *commits: dict[str, str]) -> None:
    """Somebody commits between the reading and the commit, once for each of ``commits``."""
    left = list(commits)
    commit = Source.commit

    def late(source: Source, *arguments: Any) -> str:
        if left:
            bitbucket.commit("acme", "shop", "main", left.pop(0))
        return commit(source, *arguments)

    monkeypatch.setattr(Source, "commit", late)


def test_a_life(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    before = head(bitbucket)
    foretold = run.ok(CommitFiles, check_mode=True, **TWO)
    assert foretold["changed"] and not writes(run) and head(bitbucket) == before
    assert foretold["resource"]["id"].startswith("pending:bitbucket_commit_files:")

    made = run.ok(CommitFiles, **TWO)
    assert made["changed"] and made["diff"] == foretold["diff"] and made["drift"] == foretold["drift"]
    assert writes(run) == [f"POST {SRC}"]
    assert paths(made) == ["bin/run.content", "bin/run.executable", "run.ini.content"]
    assert made["actions"][0]["action"] == "create"
    assert made["resource"]["commit"] == head(bitbucket)
    assert bitbucket.read("acme", "shop", "bin/run") == SCRIPT.encode()
    assert (mode(bitbucket, "bin/run"), mode(bitbucket, "run.ini")) == (git.EXECUTABLE, git.REGULAR)
    commit, parent = log(bitbucket)[:2]
    assert parent.sha == before and commit.message.strip() == "Update bin/run, run.ini"
    assert bitbucket.read("acme", "shop", "README.md") == b"A shop\n"

    for check_mode in (True, False):
        again = run.ok(CommitFiles, check_mode=check_mode, **TWO)
        assert not again["changed"] and again["diff"] == {"before": "", "after": ""}
        assert again["resource"] == made["resource"]

    changed = {**TWO, "files": [TWO["files"][0], {"path": "run.ini", "content": "a = 2\n"}]}
    result = run.ok(CommitFiles, **changed, commit_message="Two", author="Ada L <ada@example.com>")
    assert paths(result) == ["run.ini.content"] and result["actions"][0]["action"] == "update"
    assert (result["diff"]["before"], result["diff"]["after"]) == ("=== run.ini\na = 1\n", "=== run.ini\na = 2\n")
    newest = log(bitbucket)[0]
    assert (newest.message.strip(), newest.author, newest.email) == ("Two", "Ada L", "ada@example.com")

    gone = run.ok(CommitFiles, **TWO, state="absent")
    assert gone["changed"] and gone["actions"][0]["action"] == "delete" and len(log(bitbucket)) == 4
    assert mode(bitbucket, "bin/run") is None and mode(bitbucket, "README.md")
    assert not run.ok(CommitFiles, **TWO, state="absent")["changed"]


def test_converged_it_costs_one_call_a_file_and_one(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    made = run.ok(CommitFiles, **TWO)["resource"]["commit"]
    run.ok(CommitFiles, **TWO)
    assert run.calls == [
        f"GET {SRC}/main/",
        f"GET {SRC}/{made}/bin/run",
        f"GET {SRC}/{made}/run.ini",
    ]
    run.ok(CommitFiles, **TWO, head=made)
    assert len(run.calls) == 3


@pytest.mark.parametrize(
    ("content", "executable", "drift"),
    [
        ("#!/bin/sh\nexit 1\n", True, ["bin/run.content"]),
        (SCRIPT, False, ["bin/run.executable"]),
        (f"{SCRIPT} ", False, ["bin/run.content", "bin/run.executable"]),
        (None, None, ["bin/run.content", "bin/run.executable"]),
    ],
)
def test_a_change_by_hand_is_found_and_mended(
    run: SandboxRunner, bitbucket: Bitbucket, content: str | None, executable: bool, drift: list[str]
) -> None:
    run.ok(CommitFiles, **TWO)
    file = None if content is None else git.executable(content) if executable else content
    bitbucket.commit("acme", "shop", "main", {"bin/run": file})
    found = run.ok(CommitFiles, check_mode=True, **TWO)
    assert paths(found) == drift and not writes(run)
    run.ok(CommitFiles, **TWO)
    assert bitbucket.read("acme", "shop", "bin/run") == SCRIPT.encode()
    assert mode(bitbucket, "bin/run") == git.EXECUTABLE
    assert not run.ok(CommitFiles, **TWO)["changed"]


def test_a_bit_that_is_not_managed_is_kept(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    bitbucket.commit("acme", "shop", "main", {"a.txt": git.executable("old")})
    assert run.ok(CommitFiles, **one(content="new"))["changed"]
    assert mode(bitbucket, "a.txt") == git.EXECUTABLE
    run.ok(CommitFiles, **one(content="new", executable=False))
    assert mode(bitbucket, "a.txt") == git.REGULAR


def test_bytes_are_kept(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    content = bytes(range(256)) + b"\r\n--boundary\r\n"
    file = one(content_base64=base64.b64encode(content).decode())
    result = run.ok(CommitFiles, **file)
    assert bitbucket.read("acme", "shop", "a.txt") == content
    assert "270 bytes" in result["diff"]["after"]
    assert not run.ok(CommitFiles, **file)["changed"]


@pytest.mark.parametrize("path", ["message", "files", 'odd "name", ümlaut.txt', "/a/b c/d+e%20.txt", ".gitlab-ci.yml"])
def test_odd_paths(run: SandboxRunner, bitbucket: Bitbucket, path: str) -> None:
    files = {**TWO, "files": [{"path": path, "content": "x", "executable": True}, {"path": "other", "content": "y"}]}
    run.ok(CommitFiles, **files)
    assert bitbucket.read("acme", "shop", path.lstrip("/")) == b"x"
    assert not run.ok(CommitFiles, **files)["changed"]


def test_an_empty_file_is_a_file(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    assert run.ok(CommitFiles, **one(content=""))["changed"]
    assert bitbucket.read("acme", "shop", "a.txt") == b""
    assert not run.ok(CommitFiles, **one(content=""))["changed"]


def test_a_link_becomes_a_file(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    bitbucket.commit("acme", "shop", "main", {"a.txt": git.File(b"README.md", git.LINK)})
    assert paths(run.ok(CommitFiles, **one(content="README.md"))) == ["a.txt.content"]
    assert mode(bitbucket, "a.txt") == git.REGULAR


def test_a_directory_is_in_the_way(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    bitbucket.commit("acme", "shop", "main", {"a.txt/b": "x"})
    assert "is a directory" in run.fails(CommitFiles, **one(content="x"))


class TestBranches:
    def test_with_a_slash(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        bitbucket.commit("acme", "shop", "feature/one", {"x": "x"})
        run.ok(CommitFiles, **{**TWO, "branch": "feature/one"})
        assert mode(bitbucket, "bin/run", "feature/one") and not mode(bitbucket, "bin/run")
        assert not run.ok(CommitFiles, **{**TWO, "branch": "feature/one"})["changed"]

    def test_the_first_commit_of_all(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        bitbucket.create_repository("acme", "empty")
        bitbucket.grant(ada, "admin", "acme", "empty")
        first = {**TWO, "repository": "empty", "branch": "trunk"}
        assert run.ok(CommitFiles, check_mode=True, **first)["changed"]
        run.ok(CommitFiles, **first)
        assert list(bitbucket.refs("acme", "empty")) == ["refs/heads/trunk"]
        assert not run.ok(CommitFiles, **first)["changed"]

    def test_a_missing_one_is_an_error(self, run: SandboxRunner) -> None:
        assert "create_branch_from" in run.fails(CommitFiles, **{**TWO, "branch": "nothing"})
        assert not run.ok(CommitFiles, **{**TWO, "branch": "nothing", "state": "absent"})["changed"]

    def test_a_missing_one_is_made(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        new = {**TWO, "branch": "new", "create_branch_from": "dev"}
        result = run.ok(CommitFiles, **new)
        assert {"path": "branch", "expected": "new", "actual": None} in result["drift"]
        assert mode(bitbucket, "dev.txt", "new") and head(bitbucket, "dev") == log(bitbucket, "new")[1].sha
        assert not run.ok(CommitFiles, **new)["changed"]

    def test_one_where_nothing_differs_is_made_too(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        run.ok(CommitFiles, **TWO)
        new = {**TWO, "branch": "new", "create_branch_from": "main"}
        assert paths(run.ok(CommitFiles, **new)) == ["branch"]
        assert not run.ok(CommitFiles, **new)["changed"]


class TestConflicts:
    """Somebody commits between the reading and the commit."""

    def test_it_reads_again(self, run: SandboxRunner, bitbucket: Bitbucket, monkeypatch: pytest.MonkeyPatch) -> None:
        faster(monkeypatch, bitbucket, {"theirs": "1"})
        result = run.ok(CommitFiles, **TWO)
        assert result["changed"] and len(result["actions"]) == 1 and len(writes(run)) == 2
        assert bitbucket.read("acme", "shop", "theirs") == b"1" and mode(bitbucket, "bin/run") == git.EXECUTABLE

    def test_if_they_did_the_same_nothing_is_changed(
        self, run: SandboxRunner, bitbucket: Bitbucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faster(monkeypatch, bitbucket, {"a.txt": "x"})
        result = run.ok(CommitFiles, **one(content="x"))
        assert not result["changed"] and not result["drift"] and not result["actions"]
        assert result["diff"] == {"before": "", "after": ""}

    def test_it_gives_up(self, run: SandboxRunner, bitbucket: Bitbucket, monkeypatch: pytest.MonkeyPatch) -> None:
        faster(monkeypatch, bitbucket, *({"theirs": str(n)} for n in range(9)))
        message = run.fails(CommitFiles, **TWO)
        assert "409" in message and "again and again" in message and len(writes(run)) == 3

    def test_a_head_that_is_stale_is_found_out(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        stale = head(bitbucket)
        bitbucket.commit("acme", "shop", "main", {"theirs": "1"})
        run.ok(CommitFiles, **TWO, head=stale)
        assert bitbucket.read("acme", "shop", "theirs") == b"1" and f"GET {HEAD}/main" in run.calls


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_an_answer_that_is_lost(run: SandboxRunner, bitbucket: Bitbucket, kind: str) -> None:
    run.server.faults.add(kind, match="bitbucket POST ")
    result = run.ok(CommitFiles, **TWO)
    assert result["changed"] and len(result["actions"]) == 1 and len(log(bitbucket)) == 2
    assert not run.ok(CommitFiles, **TWO)["changed"]


def test_a_branch_with_a_slash_is_resolved_first(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    bitbucket.commit("acme", "shop", "feature/x", {"x": "x"})
    made = run.ok(CommitFiles, **{**TWO, "branch": "feature/x"})["resource"]["commit"]
    assert not run.ok(CommitFiles, **{**TWO, "branch": "feature/x"})["changed"]
    assert run.calls[1] == f"GET {SRC}/{made}/"
    assert len(run.calls) == 4


def test_a_listing_that_takes_too_long_is_done_without(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    run.ok(CommitFiles, **TWO)
    run.server.faults.add("status", status=555, match=r"bitbucket GET \S+/src/\w+/\?", times=2)
    assert not run.ok(CommitFiles, **TWO)["changed"]
    assert len(run.calls) == 7


def test_a_file_of_somebody_else_is_left(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    file = one(content="# Mine\n1\n", executable=True, marker="# Mine")
    assert run.ok(CommitFiles, **file)["resource"]["kept"] == []
    assert run.ok(CommitFiles, **one(content="# Mine\n2\n", executable=True, marker="# Mine"))["changed"]
    bitbucket.commit("acme", "shop", "main", {"a.txt": "theirs"})
    for state in ("present", "absent"):
        result = run.ok(CommitFiles, **file, state=state)
        assert not result["changed"] and result["resource"]["kept"] == ["a.txt"]
    assert bitbucket.read("acme", "shop", "a.txt") == b"theirs"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"files": []}, "empty"),
        (one(), "needs one of"),
        (one(content="a", content_base64="YQ=="), "needs one of"),
        (one(content_base64="?"), "base64"),
        ({"files": [{"path": "a", "content": ""}, {"path": "/a", "content": ""}]}, "twice"),
        ({"files": [{"path": "a", "content": ""}, {"path": "a/b", "content": ""}]}, "file and a directory"),
        *(({"files": [{"path": path, "content": ""}]}, "no path") for path in ("", "a/", "../a", ".git/x", "a\nb")),
        ({"author": "Ada"}, "author"),
        ({"head": "main"}, "head"),
        ({"create": False}, "create is false"),
    ],
)
def test_what_can_not_be_is_refused(run: SandboxRunner, change: dict[str, Any], words: str) -> None:
    assert words in run.fails(CommitFiles, **{**TWO, **change})
    assert not writes(run)


def test_the_scope_that_is_missing_is_named(run: SandboxRunner, ada: User) -> None:
    run.login(ada, tuple(scope for scope in EVERYTHING if scope != "write:repository:bitbucket"))
    assert "lacks write:repository:bitbucket" in run.fails(CommitFiles, **TWO)


def test_a_repository_that_is_not_there(run: SandboxRunner) -> None:
    assert "404" in run.fails(CommitFiles, **{**TWO, "repository": "nothing"})
    assert "404" in run.fails(CommitFiles, check_mode=True, **{**TWO, "repository": "nothing"})


def test_secrets_of_the_task_are_in_no_diff(run: SandboxRunner) -> None:
    result = run.ok(CommitFiles, **one(content=f"token = {run.common['api_token']}\n"))
    assert run.common["api_token"] not in str(result) and "token = ****" in result["diff"]["after"]
