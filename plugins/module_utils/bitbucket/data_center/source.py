# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a repository of Bitbucket Data Center, read and committed by git.

The REST API edits one file with each commit, knows no mode, and refuses the tokens of projects and repositories
(https://developer.atlassian.com/server/bitbucket/rest/, PUT …/browse/{path}); git does all of it.
"""

from __future__ import annotations

import typing as t

from ...core.errors import BridgeError
from ...core.reconcile import Context, Fields
from ..files import File, Files
from ..git_process import Git, git_is_here
from ..place import Place
from ..ports import Source
from .repositories import DataCenterRepositories

_EXECUTABLE, _LINK, _MODULE, _TREE = "100755", "120000", "160000", "040000"
_KINDS = {_LINK: "link", _MODULE: "submodule", _TREE: "directory"}


class DataCenterSource(Source):
    """A bare repository in a temporary folder, with the trees and only those files that are looked at."""

    operation = "git push"

    def __init__(self, client: t.Any, params: Fields, context: Context) -> None:
        super().__init__(client, params, context)
        self.repository = DataCenterRepositories(client, Place.of(params))
        self._git = Git(client, params, context)
        self._heads: dict[str, str | None] = {}  # where the branches were, as last seen

    # -- git ---------------------------------------------------------------------------------------------------------

    def _bytes(self, *arguments: str, author: str | None = None, given: bytes = b"") -> bytes:
        if not git_is_here():
            raise BridgeError(
                f"Files of {self.name} are read and committed with git, but git is not installed",
                remedy="Install git where the task runs.",
            )
        return self._git.output(*arguments, author=author, given=given)

    def _text(self, *arguments: str, author: str | None = None, given: bytes = b"") -> str:
        return self._bytes(*arguments, author=author, given=given).decode(errors="replace").strip()

    def _fetch(self, *what: str) -> None:
        self._bytes("fetch", "--quiet", "--no-tags", "--filter=blob:none", "origin", *what)

    def close(self) -> None:
        self._git.close()

    # -- reading -----------------------------------------------------------------------------------------------------

    def _refs(self, *patterns: str) -> dict[str, str]:
        lines = self._text("ls-remote", "origin", *patterns).splitlines()
        return {name: commit for commit, _tab, name in (line.partition("\t") for line in lines)}

    def is_empty(self) -> bool:
        return not self._refs("refs/heads/*")

    def look(self, branch: str, paths: t.Sequence[str]) -> tuple[str | None, Files]:
        ref = f"refs/heads/{branch}"
        commit = self._refs(ref).get(ref)
        self._heads[branch] = commit
        if commit is None:
            return None, dict.fromkeys(paths)
        self._fetch("--depth=1", ref)
        # What was fetched is what counts, should the branch have moved in between.
        commit = self._heads[branch] = self._text("rev-parse", "FETCH_HEAD^{commit}")
        return commit, self._files(commit, paths)

    def read(self, commit: str, paths: t.Sequence[str]) -> Files:
        if commit not in self._heads.values():
            try:
                self._fetch("--depth=1", commit)
            except BridgeError:  # a server need not give a commit that no branch is at
                self._fetch("+refs/heads/*:refs/remotes/origin/*")
        return self._files(commit, paths)

    def _files(self, commit: str, paths: t.Sequence[str]) -> Files:
        found: Files = dict.fromkeys(paths)
        listed = self._bytes("ls-tree", "-z", "--full-tree", commit, "--", *paths).decode(errors="surrogateescape")
        entries = {}
        for line in filter(None, listed.split("\0")):
            head, _tab, path = line.partition("\t")
            mode, _type, sha = head.split()
            if path in found:
                entries[path] = mode, sha
        contents = self._git.contents(sorted({sha for mode, sha in entries.values() if mode not in (_TREE, _MODULE)}))
        for path, (mode, sha) in entries.items():
            found[path] = File(contents.get(sha, b""), mode == _EXECUTABLE, _KINDS.get(mode, "file"))
        return found

    # -- committing --------------------------------------------------------------------------------------------------

    def commit(self, branch: str, parent: str | None, files: Files, message: str, author: str | None) -> str:
        """The push goes through only if the branch is where it was read: git's lease compares and swaps."""
        self._text("read-tree", *([parent] if parent else ["--empty"]))
        entries = b"".join(self._entry(path, file) for path, file in files.items())
        self._text("update-index", "-z", "--index-info", given=entries)
        tree = self._text("write-tree", "--missing-ok")
        parents = ["-p", parent] if parent else []
        commit = self._text("commit-tree", tree, *parents, "-m", message, author=author)
        ref = f"refs/heads/{branch}"
        # Without a value: there must be no such branch.
        lease = f"--force-with-lease={ref}:{self._heads.get(branch, parent) or ''}"
        self._text("push", "--quiet", lease, "origin", f"{commit}:{ref}", author=author)
        return commit

    def _entry(self, path: str, file: File | None) -> bytes:
        """A line of the index; mode 0 takes a path out of it."""
        if file is None:
            return f"0 {'0' * 40}\t{path}\0".encode(errors="surrogateescape")
        blob = self._text("hash-object", "-w", "--stdin", given=file.content)
        mode = _EXECUTABLE if file.executable else "100644"
        return f"{mode} {blob}\t{path}\0".encode(errors="surrogateescape")
