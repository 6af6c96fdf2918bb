# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files at the head of a branch, read by git: one fetch for all of them, of which Bitbucket counts none as a call of its API.

Only the newest commit, its trees and the wanted files are fetched, where the server filters; else the whole newest commit.
https://git-scm.com/docs/partial-clone
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError
from .files import File, Files
from .git_process import Git

_KINDS = {"100644": "file", "100755": "file", "120000": "link", "040000": "directory", "160000": "submodule"}
_EXECUTABLE = "100755"
_FETCH = ("fetch", "--quiet", "--no-tags", "--filter=blob:none")


class GitRead(Git):
    """Reads, and changes nothing."""

    def look(self, branch: str, paths: t.Sequence[str]) -> tuple[str | None, Files]:
        """The commit a branch is at (None: no such branch), and the files there."""
        files: Files = dict.fromkeys(paths)
        with self:
            try:
                self.text(*_FETCH, "--depth=1", "origin", f"refs/heads/{branch}")
            except BridgeError as error:
                if "couldn't find remote ref" in (error.words or "").lower():
                    return None, files
                raise
            commit = self.text("rev-parse", "FETCH_HEAD^{commit}")
            entries = self._entries(commit, paths)
            blobs = sorted({sha for mode, sha in entries.values() if _KINDS.get(mode) in ("file", "link")})
            if blobs:
                wanted = "".join(f"{sha}\n" for sha in blobs).encode()
                # The server must not take it that who has the commit has the files as well.
                quiet = ("-c", "fetch.negotiationAlgorithm=noop")
                self.output(*quiet, *_FETCH, "--no-write-fetch-head", "--stdin", "origin", given=wanted)
            contents = self.contents(blobs)
        for path, (mode, sha) in entries.items():
            files[path] = File(contents.get(sha, b""), mode == _EXECUTABLE, _KINDS.get(mode, "file"))
        return commit, files

    def _entries(self, commit: str, paths: t.Sequence[str]) -> dict[str, tuple[str, str]]:
        """Mode and object of each path that is there."""
        listed = self.output("ls-tree", "-z", commit, "--", *paths, literal=True).decode(errors="surrogateescape")
        found = {}
        for entry in filter(None, listed.split("\0")):
            meta, _tab, path = entry.partition("\t")
            mode, _kind, sha = meta.split()
            found[path] = (mode, sha)
        return found
