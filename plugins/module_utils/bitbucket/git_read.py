# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files at the head of a branch, read by git: one fetch for all of them, of which Bitbucket counts none as a call of its API.

Only the newest commit, its trees and the wanted files are fetched, where the server filters; else the whole newest commit.
https://git-scm.com/docs/partial-clone
"""

from __future__ import annotations

import tempfile
import typing as t

from ..errors import BridgeError
from .files import File, Files
from .git_push import Git

_KINDS = {"100644": "file", "100755": "file", "120000": "link", "040000": "directory", "160000": "submodule"}
_EXECUTABLE = "100755"
_FETCH = ("fetch", "--quiet", "--no-tags", "--filter=blob:none")


class GitRead(Git):
    """Reads, and changes nothing."""

    def look(self, branch: str, paths: t.Sequence[str]) -> tuple[str | None, Files]:
        """The commit a branch is at (None: no such branch), and the files there."""
        environment = self.environment(None)
        files: Files = dict.fromkeys(paths)
        with tempfile.TemporaryDirectory(prefix="repobridge-") as folder:
            self._git(folder, environment, "init", "--quiet", "--bare", ".")
            self._git(folder, environment, "remote", "add", "origin", self.url)
            try:
                self._git(folder, environment, *_FETCH, "--depth=1", "origin", f"refs/heads/{branch}")
            except BridgeError as error:
                if "couldn't find remote ref" in (error.words or "").lower():
                    return None, files
                raise
            commit = self._git(folder, environment, "rev-parse", "FETCH_HEAD^{commit}")
            entries = self._entries(folder, environment, commit, paths)
            blobs = sorted({sha for mode, sha in entries.values() if _KINDS.get(mode) in ("file", "link")})
            contents = self._contents(folder, environment, blobs)
        for path, (mode, sha) in entries.items():
            files[path] = File(contents.get(sha, b""), mode == _EXECUTABLE, _KINDS.get(mode, "file"))
        return commit, files

    def _entries(
        self, folder: str, environment: dict[str, str], commit: str, paths: t.Sequence[str]
    ) -> dict[str, tuple[str, str]]:
        """Mode and object of each path that is there."""
        literal = {**environment, "GIT_LITERAL_PATHSPECS": "1"}
        listed = self.output(folder, literal, "ls-tree", "-z", commit, "--", *paths).decode(errors="surrogateescape")
        found = {}
        for entry in filter(None, listed.split("\0")):
            meta, _tab, path = entry.partition("\t")
            mode, _kind, sha = meta.split()
            found[path] = (mode, sha)
        return found

    def _contents(self, folder: str, environment: dict[str, str], blobs: list[str]) -> dict[str, bytes]:
        """What files hold, fetched together."""
        if not blobs:
            return {}
        wanted = "".join(f"{sha}\n" for sha in blobs).encode()
        # The server must not take it that who has the commit has the files as well.
        quiet = ("-c", "fetch.negotiationAlgorithm=noop")
        self.output(folder, environment, *quiet, *_FETCH, "--no-write-fetch-head", "--stdin", "origin", given=wanted)
        answer = self.output(folder, environment, "cat-file", "--batch", given=wanted)
        out, at = {}, 0
        for sha in blobs:
            end = answer.index(b"\n", at)
            size = int(answer[at:end].split()[2])
            out[sha] = answer[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return out
