# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in a branch of a repository, committed together and only if they differ."""

from __future__ import annotations

import base64
import binascii
import re
import typing as t

from ..core.errors import BridgeError, InvalidInput, Outdated
from ..core.pending import is_pending, pending_id
from ..core.reconcile import Context, Fields, Outcome, Resource, reconcile
from ..core.refs import branch_names
from ..core.spec import STATE, ArgumentSpec
from .editions import edition
from .files import File, Files
from .options import BITBUCKET, login
from .ports import Source

_AUTHOR = re.compile(r"[^<>\n]+ <[^<>\s]+@[^<>\s]+>")
_ABSENT = "absent"


class CommitFiles(Resource):
    """Files of a branch. They are compared byte by byte; what differs goes into one commit on top of the branch's head."""

    module = "bitbucket_commit_files"
    spec = (
        BITBUCKET
        + STATE
        + ArgumentSpec(
            {
                "workspace": {"type": "str", "required": True},
                "repository": {"type": "str", "required": True},
                "branch": {"type": "str", "required": True},
                "files": {
                    "type": "list",
                    "elements": "dict",
                    "required": True,
                    "options": {
                        "path": {"type": "str", "required": True},
                        "content": {"type": "str"},
                        "content_base64": {"type": "str"},
                        "executable": {"type": "bool"},
                        "marker": {"type": "str"},
                        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                    },
                },
                "commit_message": {"type": "str"},
                "author": {"type": "str"},
                "head": {"type": "str"},
                "create_branch_from": {"type": "str"},
                "git_fallback": {"type": "bool", "default": True},
                "read_with": {"type": "str", "choices": ["api", "git"], "default": "api"},
            },
            blank=("files.content", "files.content_base64"),
            checks=(branch_names("branch"),),
        )
    )
    identity = ("workspace", "repository", "branch")
    # Options of a file of which one says what it holds.
    contents: t.ClassVar[tuple[str, ...]] = ("content", "content_base64")

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.edition = edition(params)
        call = self.edition.source.operation
        self.operations = {"create": call, "update": call, "delete": call}  # type: ignore[misc]
        self.branch: str = params["branch"]
        self._head: str | None = None if is_pending(params["head"]) else params["head"]
        self._base: str | None = None  # the commit the next one goes on top of
        self._there: Files = {}
        self._kept: list[str] = []
        self._wanted: Files = {}
        self._shown: list[tuple[str, File | None, File | None]] | None = None

    @property
    def name(self) -> str:
        return f"{', '.join(self.files)} in {self.branch}"

    @property
    def files(self) -> dict[str, Fields]:
        """The options of each file by its path."""
        return {_plain(file["path"]): file for file in self.params["files"]}

    @property
    def source(self) -> Source:
        if not hasattr(self, "_source"):
            client = self.edition.client(self.params, self.context)
            self._source = self.edition.source(client, self.params, self.context)
        return self._source

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        login(self.params)
        if not self.params["files"]:
            raise InvalidInput("files is empty")
        if len(self.files) < len(self.params["files"]):
            raise InvalidInput("A path is in files twice")
        for path, file in self.files.items():
            self._validate_file(path, file)
        if self.params["author"] and not _AUTHOR.fullmatch(self.params["author"]):
            raise InvalidInput("author must be of the form: Ada Lovelace <ada@example.com>")
        if self._head and not re.fullmatch("[0-9a-f]{40}", self._head):
            raise InvalidInput("head must be the whole hash of a commit")

    def _validate_file(self, path: str, file: Fields) -> None:
        parts = path.split("/")
        if {"", ".", ".."} & set(parts) or ".git" in map(str.lower, parts) or re.search(r"[\x00-\x1f\x7f]", path):
            raise InvalidInput(f"{file['path']!r} is no path of a file below the root of the repository")
        if any(other.startswith(f"{path}/") for other in self.files):
            raise InvalidInput(f"{path} can't be a file and a directory")
        given = [name for name in self.contents if file[name] is not None]
        if len(given) > 1 or (not given and not self._absent(file)):
            raise InvalidInput(
                f"{path} needs one of {', '.join(self.contents)}, and {' and '.join(given) or 'none'} is given"
            )
        if file["content_base64"] is not None:
            _decoded(path, file["content_base64"])

    def _absent(self, file: Fields) -> bool:
        return _ABSENT in (file["state"], self.params["state"])

    # -- finding -----------------------------------------------------------------------------------------------------

    def read(self) -> Fields:
        """The files as they are in the branch, or where the branch would begin."""
        paths = list(self.files)
        # A commit that the task knows is good for one look: after a conflict it is not the head any more.
        head, self._head = self._head, None
        if head:
            self._there = self.source.read(head, paths)
        else:
            head, self._there = self.source.look(self.branch, paths)
        self._base = head or self._beginning()
        if self._base and not head:
            self._there = self.source.read(self._base, paths)
        for path, file in self._there.items():
            if file and file.kind in ("directory", "submodule"):
                raise BridgeError(f"{path} in {self.branch} of {self.source.name} is a {file.kind}", kind="conflict")
        self._kept = [path for path, file in self.files.items() if self._is_anothers(self._there[path], file["marker"])]
        views = {path: _view(file) for path, file in self._there.items()}
        return {"id": head, "commit": head, "branch": self.branch if head else None, "files": views}

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
            remedy="Correct branch, or say with create_branch_from where a new one starts.",
        )

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        self._wanted = {path: self._want(path, file) for path, file in self.files.items()}
        missing = [path for path, file in self._wanted.items() if file and not self._there[path]]
        if missing and self.params["create"] is False:
            raise BridgeError(
                f"{', '.join(missing)} does not exist in {self.branch} of {self.source.name}, and create is false",
                kind="not_found",
            )
        if self._shown is None:  # of a repeated look the first counts
            self._shown = [(path, self._there[path], self._wanted[path]) for path in self._differing()]
        views = {path: _view(file) for path, file in self._wanted.items()}
        for path, file in self.files.items():
            if file["executable"] is None or self._wanted[path] is None or path in self._kept:
                del views[path]["executable"]
        return {**({"branch": self.branch} if any(self._wanted.values()) else {}), "files": views}

    def _want(self, path: str, file: Fields) -> File | None:
        """What the task wants a file to be; None: not to be."""
        there = self._there[path]
        if path in self._kept:
            return there
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
        return _decoded(path, file["content_base64"])

    def _differing(self) -> list[str]:
        return [path for path, file in self._wanted.items() if file != self._there[path]]

    # -- committing --------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        raise AssertionError("there is always a state to compare with")

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        differing = self._differing()
        if not any(self._there[path] for path in differing):
            return ("create",)
        return ("update",) if any(self._wanted[path] for path in differing) else ("delete",)

    def update(self, current: Fields, changes: Fields) -> Fields:
        files = {path: self._wanted[path] for path in self._differing()}
        try:
            commit = self.source.commit(self.branch, self._base, files, self._message(files), self.params["author"])
            executable = [path for path, file in files.items() if file and file.executable]
            lacking = self.source.lacking_mode(commit, executable)
            if lacking:
                commit = self._push(commit, lacking)
        except Outdated:
            self._shown = None
            raise
        views = {path: _view(file) for path, file in self._wanted.items()}
        return {"id": commit, "commit": commit, "branch": self.branch, "files": views}

    def _message(self, files: Files) -> str:
        if self.params["commit_message"]:
            return str(self.params["commit_message"])
        taken = [path for path, file in files.items() if file is None]
        verb = "Remove" if len(taken) == len(files) else "Update"
        return f"{verb} {', '.join(files)}" if files else f"Begin {self.branch}"

    def _push(self, commit: str, paths: list[str]) -> str:
        names = ", ".join(paths)
        if not self.params["git_fallback"]:
            raise BridgeError(
                f"Bitbucket committed {names} to {self.source.name} without the executable bit",
                remedy="Set git_fallback to true, set the bit with git, or let it be with executable=false.",
            )
        self.context.progress(f"{self.module}: the API left out the executable bit of {names}, setting it with git")
        return self.source.make_executable(self.branch, commit, paths, self.params["author"])

    # -- result ------------------------------------------------------------------------------------------------------

    def delete(self, current: Fields) -> None:
        raise AssertionError("files are taken away by a commit as well")

    def run(self) -> Fields:
        """With ``state=absent`` the files are not to be; the branch stays in any case."""
        try:
            result = reconcile(self, "present").as_result(self)
        finally:
            self.source.close()
        before, after = [], []
        for path, there, wanted in self._shown or ():
            before += _shown(path, there)
            after += _shown(path, wanted)
        titles = {"before_header": f"{self.params['repository']} {self.branch}"}
        titles["after_header"] = titles["before_header"]
        result["diff"] = {"before": "".join(before), "after": "".join(after), **(titles if self._shown else {})}
        result["drift"] = [{**drift, "path": drift["path"].removeprefix("files.")} for drift in result["drift"]]
        return result

    def follow_up(self, current: Fields, outcome: Outcome) -> Fields:
        if outcome.changed and self.context.check_mode:
            pending = pending_id(self.module, self.name)
            current = {**current, "id": pending, "commit": pending}
        return {**current, "kept": self._kept}


def with_contents(spec: ArgumentSpec, *options: str) -> ArgumentSpec:
    """The spec with more options that say what a file holds."""
    files = spec.options["files"]
    more = {name: {"type": "str"} for name in options}
    return spec + ArgumentSpec({"files": {**files, "options": {**files["options"], **more}}})


def _plain(path: str) -> str:
    return path.removeprefix("/")


def _decoded(path: str, text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput(f"content_base64 of {path} is not base64") from None


def _view(file: File | None) -> Fields:
    """What is compared and reported of a file."""
    return {"content": file.summary() if file else _ABSENT, "executable": bool(file and file.executable)}


def _shown(path: str, file: File | None) -> list[str]:
    """A file in a diff for people: its text, or what can be said of it."""
    if file is None:
        return []
    try:
        text = file.content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        text = f"({file.summary()})"
    mark = " (executable)" if file.executable else f" ({file.kind})" if file.kind != "file" else ""
    return [f"=== {path}{mark}\n", text if text.endswith("\n") or not text else f"{text}\n"]
