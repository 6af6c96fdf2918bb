# SPDX-License-Identifier: GPL-3.0-or-later
"""Files read over git's protocol in this process: what git itself reads, or left to git."""

from __future__ import annotations

import hashlib
import random
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import git_http, git_pack, git_process
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.commit_files import CommitFiles
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.git_pack import BadPack, Objects
from tests.sandbox import git
from tests.sandbox.bitbucket import User
from tests.sandbox.server import Server

from ..other_server import Front, OtherServer
from .conftest import SandboxRunner

FILES: list[dict[str, Any]] = [
    {"path": "bin/run", "content": "#!/bin/sh\n", "executable": True},
    {"path": "run.ini", "content": "a\n"},
]
GIVEN: dict[str, Any] = {
    "workspace": "acme",
    "repository": "shop",
    "branch": "main",
    "files": FILES,
    "read_with": "git",
}


@pytest.fixture(autouse=True)
def _unknown_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_http, "_KNOWN", set())


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of every git process of the collection."""
    seen: list[list[str]] = []
    real = git_process.Git._run

    def watched(self: Any, request: str, arguments: Any, *more: Any) -> Any:
        seen.append(arguments)
        return real(self, request, arguments, *more)

    monkeypatch.setattr(git_process.Git, "_run", watched)
    return seen


class TestReading:
    @pytest.fixture(autouse=True)
    def login(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada)
        run.ok(CommitFiles, **{**GIVEN, "read_with": "api"})

    def read(self, run: SandboxRunner, **options: Any) -> list[str]:
        """Requests to git of a task that finds nothing to do, without a call of the API."""
        run.server.calls.clear()
        assert not run.ok(CommitFiles, **{**GIVEN, **options})["changed"]
        assert run.calls == [] and run.warnings == []
        return [call.line for call in run.server.calls.all(git=True) if call.is_git]

    def test_three_requests_and_no_process(self, run: SandboxRunner, started: list[list[str]]) -> None:
        first, second = self.read(run), self.read(run)
        # What the server can do is asked for once.
        assert (len(first), len(second), started) == (4, 3, [])

    @pytest.mark.parametrize("service", ["info/refs", "git-upload-pack"])
    def test_what_it_does_not_understand_is_left_to_git(
        self, run: SandboxRunner, server: Server, started: list[list[str]], service: str
    ) -> None:
        """An old server, another protocol, a transfer that is cut off: whatever answers version 2."""

        def answer(request: Request) -> Response | None:
            if not request.path.endswith(service) or "git/repobridge" not in request.headers["User-Agent"]:
                return None
            kind = "advertisement" if service == "info/refs" else "result"
            return Response(b"001e# service=git-upload-pack\n", content_type=f"application/x-git-upload-pack-{kind}")

        with Front(server, answer=answer) as front:
            assert not run.ok(CommitFiles, **GIVEN, site_url=run.bitbucket.url.replace(server.url, front.url))[
                "changed"
            ]
        assert run.calls == [] and any("fetch" in words for words in started)

    def test_a_commit_that_is_another_one_is_not_taken_for_it(
        self, run: SandboxRunner, server: Server, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(git_http, "_checked", lambda _sha: "0" * 40)
        self.read(run)
        assert any("fetch" in words for words in started)

    def test_the_credential_goes_nowhere_else(self, run: SandboxRunner, server: Server) -> None:
        """A redirect is not followed; git, which words it, does not follow it either."""
        with OtherServer() as other, OtherServer(other.url, 302) as first:
            assert run(CommitFiles, **GIVEN, site_url=first.url)["failed"]
            assert first.requests and not other.requests

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_what_is_out_of_order_is_not_waited_for(
        self, run: SandboxRunner, server: Server, started: list[list[str]], status: int
    ) -> None:
        """The API reads at once; git would meet the same."""
        seen: list[str] = []

        def answer(request: Request) -> Response | None:
            if ".git/" not in request.path:
                return None
            seen.append(request.path)
            return Response("no", status, headers={"Retry-After": "60"})

        with Front(server, answer=answer) as front:
            run.ok(CommitFiles, **GIVEN, site_url=run.bitbucket.url.replace(server.url, front.url))
        assert len(seen) == 1 and not started and len(run.warnings) == 1 and run.calls


class TestPacks:
    """Against the program git: packs that it made of a history, and what they hold."""

    @staticmethod
    def _git(folder: Path, *words: str, given: bytes = b"") -> bytes:
        done = subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", *words],
            cwd=folder,
            input=given,
            capture_output=True,
            check=True,
            env=git.environment(),
        )
        return done.stdout

    def made(self, folder: Path, *options: str) -> tuple[str, bytes, list[str]]:
        """A commit, a pack of everything it has, and the ids."""
        self._git(folder, "init", "-q", "work")
        work = folder / "work"
        draw = random.Random(7)
        text = [f"line {draw.random()}\n" for _ in range(3000)]
        for number in range(12):
            text[draw.randrange(len(text))] = f"changed {number}\n"
            path = work / f"d{number % 3}" / "deep" / f"file{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(text))
        (work / "link").symlink_to("d0")
        self._git(work, "add", ".")
        self._git(work, "commit", "-q", "-m", "x")
        commit = self._git(work, "rev-parse", "HEAD").decode().strip()
        listed = self._git(work, "rev-list", "--objects", "HEAD").decode().splitlines()
        shas = [line.split()[0] for line in listed]
        pack = self._git(work, "pack-objects", "--stdout", *options, given="\n".join(shas).encode())
        return commit, pack, shas

    @pytest.mark.parametrize("options", [("--delta-base-offset",), ()], ids=["offsets", "ids"])
    def test_every_object(self, tmp_path: Path, options: tuple[str, ...]) -> None:
        commit, pack, shas = self.made(tmp_path, *options)
        objects = Objects()
        objects.add(pack)
        assert all(sha in objects for sha in shas)
        for number in range(12):
            path = f"d{number % 3}/deep/file{number}"
            entry = objects.entry(commit, path)
            assert entry and entry.mode == "100644"
            assert objects.content(entry.sha, "blob") == (tmp_path / "work" / path).read_bytes()
        link, tree = objects.entry(commit, "link"), objects.entry(commit, "d0/deep")
        assert link and (link.mode, objects.content(link.sha, "blob")) == ("120000", b"d0")
        assert tree and tree.is_tree
        assert objects.entry(commit, "link/below") is None and objects.entry(commit, "d9") is None

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda pack: b"KCAP" + pack[4:],
            lambda pack: pack[:-1] + bytes([pack[-1] ^ 1]),
            lambda pack: pack[:200] + bytes([pack[200] ^ 1]) + pack[201:],
            lambda pack: pack[: len(pack) // 2],
            lambda _pack: b"",
        ],
        ids=["name", "checksum", "content", "half", "empty"],
    )
    def test_a_spoiled_one(self, tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
        _commit, pack, _shas = self.made(tmp_path)
        with pytest.raises(BadPack):
            Objects().add(spoil(pack))

    def test_a_bomb(self) -> None:
        """An object that says that it is small, one that says that it is enormous, a delta that grows without end."""
        bomb = zlib.compress(b"\0" * 64 * 1024**2)
        with pytest.raises(BadPack, match="another size"):
            Objects().add(_pack(_head(3, 10) + bomb))
        with pytest.raises(BadPack, match="larger than"):
            Objects().add(_pack(_head(3, git_pack.LARGEST + 1) + bomb))
        base = zlib.compress(b"x" * 100)
        copies = b"\x64" + _varint(git_pack.LARGEST) + b"\x90\x64" * 1000
        delta = _head(6, len(copies)) + bytes([len(_head(3, 100) + base)]) + zlib.compress(copies)
        with pytest.raises(BadPack, match="larger than"):
            Objects().add(_pack(_head(3, 100) + base, delta))


def _pack(*objects: bytes) -> bytes:
    body = b"PACK" + (2).to_bytes(4, "big") + len(objects).to_bytes(4, "big") + b"".join(objects)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def _head(kind: int, size: int) -> bytes:
    first, rest = (kind << 4) | (size & 15), size >> 4
    return bytes([first | (0x80 if rest else 0)]) + (_varint(rest) if rest else b"")


def _varint(value: int) -> bytes:
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)
