# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in a branch of a repository, committed together and only if they differ."""

from __future__ import annotations

import re
import typing as t
from functools import cached_property

from ..core.errors import BridgeError, InvalidInput
from ..core.pending import is_pending, pending_id
from ..core.reconcile import Context, Fields, Outcome, Snapshot, reconcile
from ..core.refs import branch_names
from ..core.spec import PRESENCE, ArgumentSpec, each
from .files import ABSENT, File, Files, as_text, check_path, decoded, view
from .ports import Source
from .resource import IN_REPOSITORY, BitbucketResource

_AUTHOR = re.compile(r"[^<>\n]+ <[^<>\s]+@[^<>\s]+>")


class Tree(t.NamedTuple):
    """The files of the task at a commit, which the next one goes on top of (None: the first of all), and as they are wanted."""

    base: str | None
    there: Files
    wanted: Files
    kept: list[str]  # which are not the task's own

    @property
    def differing(self) -> list[str]:
        """The paths that a commit changes."""
        return [path for path, file in self.wanted.items() if file != self.there[path]]


class CommitFiles(BitbucketResource):
    """Files of a branch. They are compared byte by byte; what differs goes into one commit on top of the branch's head."""

    module = "bitbucket_commit_files"
    spec = IN_REPOSITORY + ArgumentSpec(
        {
            "branch": {"type": "str", "required": True},
            "files": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "path": {"type": "str", "required": True},
                    **each(("content", "content_base64", "marker")),
                    "executable": {"type": "bool"},
                    **PRESENCE.options,
                },
            },
            **each(("commit_message", "author", "head", "create_branch_from")),
            "git_fallback": {"type": "bool", "default": True},
            "read_with": {"type": "str", "choices": ["api", "git"], "default": "api"},
        },
        blank=("files.content", "files.content_base64"),
        checks=(branch_names("branch"),),
    )
    identity = ("workspace", "repository", "branch")
    # Options of a file of which one says what it holds.
    contents: t.ClassVar[tuple[str, ...]] = ("content", "content_base64")

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.operations = dict.fromkeys(("create", "update", "delete"), self.edition.source.operation)  # type: ignore[misc]
        self.branch: str = params["branch"]

    @property
    def name(self) -> str:
        return f"{', '.join(self.files)} in {self.branch}"

    @cached_property
    def files(self) -> dict[str, Fields]:
        """The options of each file by its path."""
        return {file["path"].removeprefix("/"): file for file in self.params["files"]}

    @cached_property
    def source(self) -> Source:
        return self.edition.source(self.client, self.params, self.context)

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        if not self.params["files"]:
            raise InvalidInput("files is empty")
        if len(self.files) < len(self.params["files"]):
            raise InvalidInput("A path is in files twice")
        for path, file in self.files.items():
            self._validate_file(path, file)
        if self.params["author"] and not _AUTHOR.fullmatch(self.params["author"]):
            raise InvalidInput("author must be of the form: Ada Lovelace <ada@example.com>")
        if self._given_head and not re.fullmatch("[0-9a-f]{40}", self._given_head):
            raise InvalidInput("head must be the full hash of a commit")

    def _validate_file(self, path: str, file: Fields) -> None:
        check_path(file["path"], path, self.files)
        given = [name for name in self.contents if file[name] is not None]
        if len(given) > 1 or (not given and not self._absent(file)):
            raise InvalidInput(
                f"{path} needs one of {', '.join(self.contents)}, and {' and '.join(given) or 'none'} is given"
            )
        if file["content_base64"] is not None:
            decoded(path, file["content_base64"])

    def _absent(self, file: Fields) -> bool:
        return ABSENT in (file["state"], self.params["state"])

    # -- finding -----------------------------------------------------------------------------------------------------

    @property
    def _given_head(self) -> str | None:
        head: str | None = self.params["head"]
        return None if is_pending(head) else head

    def read_first(self) -> Snapshot:
        """A commit that the task knows is good for one look: after a conflict it is not the head any more."""
        head = self._given_head
        return self._at(head, self.source.read(head, list(self.files))) if head else self.read()

    def read(self) -> Snapshot:
        return self._at(*self.source.look(self.branch, list(self.files)))

    def _at(self, head: str | None, there: Files) -> Snapshot:
        """The files as they are in the branch, or where the branch would begin."""
        base = head or self._beginning()
        if base and not head:
            there = self.source.read(base, list(self.files))
        for path, file in there.items():
            if file and file.kind in ("directory", "submodule"):
                raise BridgeError(f"{path} in {self.branch} of {self.source.name} is a {file.kind}", kind="conflict")
        kept = [path for path, file in self.files.items() if self._is_anothers(there[path], file["marker"])]
        wanted = {path: there[path] if path in kept else self._want(path, there[path]) for path in self.files}
        return self._snapshot(head, there, Tree(base, there, wanted, kept))

    def _snapshot(self, commit: str | None, files: Files, tree: Tree) -> Snapshot:
        views = {path: view(file) for path, file in files.items()}
        return Snapshot(
            {"id": commit, "commit": commit, "branch": self.branch if commit else None, "files": views}, tree
        )

    @staticmethod
    def _is_anothers(there: File | None, marker: str | None) -> bool:
        """Whether a file lacks the text by which the task knows its own."""
        return bool(there and marker and marker.encode() not in there.content)

    def _beginning(self) -> str | None:
        """The commit a new branch starts from; None for the first commit of all."""
        start = self.params["create_branch_from"]
        if start:
            commit = self.source.repository.resolve(start)
            if not commit:
                raise BridgeError(
                    f"{self.source.name} has no commit, branch or tag {start} for create_branch_from", kind="not_found"
                )
            return commit
        if self.source.is_empty() or all(self._absent(file) for file in self.files.values()):
            return None
        raise BridgeError(
            f"{self.source.name} has no branch {self.branch}",
            kind="not_found",
            remedy="Correct branch, or set create_branch_from to the start of a new one.",
        )

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        tree: Tree = t.cast(Snapshot, current).origin
        missing = [path for path, file in tree.wanted.items() if file and not tree.there[path]]
        if missing and self.params["create"] is False:
            raise BridgeError(
                f"{', '.join(missing)} does not exist in {self.branch} of {self.source.name}, and create is false",
                kind="not_found",
            )
        views = {path: view(file) for path, file in tree.wanted.items()}
        for path, file in self.files.items():
            if file["executable"] is None or tree.wanted[path] is None or path in tree.kept:
                del views[path]["executable"]
        return {**({"branch": self.branch} if any(tree.wanted.values()) else {}), "files": views}

    def _want(self, path: str, there: File | None) -> File | None:
        """What the task wants a file to be; None: not to be."""
        file = self.files[path]
        content = self.edited(path, there.content if there else None, file, self._absent(file))
        if content is None:
            return None
        kept = bool(there and there.executable)
        return File(content, kept if file["executable"] is None else file["executable"])

    def edited(self, path: str, content: bytes | None, file: Fields, absent: bool) -> bytes | None:
        """What a file is to hold, which now holds ``content`` (None: there is no such file); None: it is not to exist."""
        if absent:
            return None
        if file["content"] is not None:
            return str(file["content"]).encode("utf-8", "surrogateescape")
        return decoded(path, file["content_base64"])

    # -- committing --------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        raise AssertionError("there is always a state to compare with")

    def update_actions(self, current: Snapshot, changes: Fields) -> tuple[str, ...]:
        tree: Tree = current.origin
        if not any(tree.there[path] for path in tree.differing):
            return ("create",)
        return ("update",) if any(tree.wanted[path] for path in tree.differing) else ("delete",)

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        tree: Tree = current.origin
        files = {path: tree.wanted[path] for path in tree.differing}
        commit = self.source.commit(self.branch, tree.base, files, self._message(files), self.params["author"])
        lacking = self.source.lacking_mode(commit, [path for path, file in files.items() if file and file.executable])
        return self._snapshot(self._push(commit, lacking) if lacking else commit, tree.wanted, tree)

    def _message(self, files: Files) -> str:
        if self.params["commit_message"]:
            return str(self.params["commit_message"])
        taken = [path for path, file in files.items() if file is None]
        verb = "Remove" if len(taken) == len(files) else "Update"
        return f"{verb} {', '.join(files)}" if files else f"Create {self.branch}"

    def _push(self, commit: str, paths: list[str]) -> str:
        names = ", ".join(paths)
        if not self.params["git_fallback"]:
            raise BridgeError(
                f"Bitbucket committed {names} to {self.source.name} without the executable bit",
                remedy="Set git_fallback to true, set the bit with git, or set executable to false.",
            )
        self.context.progress(f"{self.module}: the API did not set the executable bit of {names}, setting it with git")
        return self.source.make_executable(self.branch, commit, paths, self.params["author"])

    # -- result ------------------------------------------------------------------------------------------------------

    def delete(self, current: Fields) -> None:
        raise AssertionError("files are taken away by a commit as well")

    def run(self) -> Fields:
        """With ``state=absent`` the files are not to be; the branch stays in any case."""
        try:
            return self.result(reconcile(self, "present"))
        finally:
            self.source.close()

    def result(self, outcome: Outcome) -> Fields:
        result = super().result(outcome)
        tree: Tree = t.cast(Snapshot, outcome.first).origin
        before, after = ("".join(as_text(p, files[p]) for p in tree.differing) for files in (tree.there, tree.wanted))
        title = f"{self.params['repository']} {self.branch}"
        titles = {"before_header": title, "after_header": title} if tree.differing else {}
        result["diff"] = {"before": before, "after": after, **titles}
        result["drift"] = [{**drift, "path": drift["path"].removeprefix("files.")} for drift in result["drift"]]
        return result

    def follow_up(self, current: Snapshot, outcome: Outcome) -> Fields:
        pending = {}
        if outcome.changed and self.context.check_mode:
            pending = dict.fromkeys(("id", "commit"), pending_id(self.module, self.name))
        return {**current, **pending, "kept": current.origin.kept}


def with_contents(spec: ArgumentSpec, *options: str) -> ArgumentSpec:
    """The spec with more options that say what a file holds."""
    files = spec.options["files"]
    more = {name: {"type": "str"} for name in options}
    return spec + ArgumentSpec({"files": {**files, "options": {**files["options"], **more}}})
