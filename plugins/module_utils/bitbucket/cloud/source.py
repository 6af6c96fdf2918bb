# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a repository of Bitbucket Cloud: reading them at a commit, and committing several at once.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
"""

from __future__ import annotations

import re
import typing as t

from ...core.errors import BridgeError, Outdated
from ...core.reconcile import Context, Fields
from ...core.urls import nested, segment
from ...http.answer import NOTHING, RAW
from ..client import items_of, place
from ..files import File, Files
from ..git_answer import GitFailed
from ..git_http import GitHttp, Unfit
from ..git_process import git_is_here
from ..git_push import GitPush
from ..git_read import GitRead
from ..place import Place
from ..ports import Source
from .repositories import CloudRepositories

try:
    from urllib3.fields import RequestField
    from urllib3.filepost import encode_multipart_formdata
except ImportError:  # comes with requests, which is asked for before the first call
    pass

# How Bitbucket answers when a listing would take it too long; it has no name in HTTP.
_TOO_DEEP = 555
_SHA = re.compile(r"[0-9a-f]{40}$")


class CloudSource(Source):
    """The source of one repository, over the REST API; what that leaves out over git."""

    operation = "POST /2.0/repositories/{workspace}/{repo_slug}/src"

    def __init__(self, client: t.Any, params: Fields, context: Context) -> None:
        super().__init__(client, params, context)
        self.repository: CloudRepositories = CloudRepositories(client, Place.of(params))
        self._place = place(params["workspace"], params["repository"])
        self._reads_with_git = params.get("read_with") == "git"

    # -- reading -----------------------------------------------------------------------------------------------------

    def head(self, branch: str) -> str | None:
        """The commit a branch is at; None if there is no such branch."""
        return self.repository.target("branches", branch)

    def is_empty(self) -> bool:
        """Whether there is no branch at all."""
        answer = self.client.get(
            f"{self._place}/refs/branches",
            asked=f"List the branches of {self.name}",
            fields="values.name,pagelen",
            params={"pagelen": 1},
        )
        return not items_of(answer)

    def look(self, branch: str, paths: t.Sequence[str]) -> tuple[str | None, Files]:
        """The commit a branch is at, and the files there.

        A listing takes the name of a branch as well and says which commit it is of, which saves asking for that. Not with a
        slash in the name, and not with one that might be taken for a hash.
        """
        if self._reads_with_git and git_is_here():
            try:
                return self._look_with_git(branch, paths)
            except GitFailed as error:  # not what the server refuses: it would refuse it to the API as well
                self._reads_with_git = False
                self.context.warn(f"The files of {self.name} are read by the API, because git failed: {error}")
        commit = None
        if len(paths) > 1 and not re.search(r"/|^[0-9a-fA-F]{7,40}$", branch):
            listed = self._list(branch, paths, "values.commit.hash", accept=(404,)) or {}
            commit = next((entry["commit"]["hash"] for entry in listed.values()), None)
            if commit:
                return commit, self._files(commit, self.entries(commit, paths, listed))
        commit = self.head(branch)
        return commit, self.read(commit, paths) if commit else dict.fromkeys(paths)

    def _look_with_git(self, branch: str, paths: t.Sequence[str]) -> tuple[str | None, Files]:
        """In this process, else by the program. :raises GitFailed:"""
        try:
            return GitHttp(self.client, self.params, self.context).look(branch, paths)
        except Unfit:
            return GitRead(self.client, self.params, self.context).look(branch, paths)

    def read(self, commit: str, paths: t.Sequence[str]) -> Files:
        """The files at a commit: a call for the attributes of all, and one for each file that is there."""
        return self._files(commit, self.entries(commit, paths))

    def _files(self, commit: str, entries: dict[str, Fields | None]) -> Files:
        return {path: self._file(commit, path, entry) for path, entry in entries.items()}

    def _file(self, commit: str, path: str, entry: Fields | None) -> File | None:
        if entry is None:
            return None
        attributes = entry.get("attributes") or ()
        if entry.get("type") != "commit_file" or "subrepository" in attributes:
            return File(b"", kind="directory" if entry.get("type") == "commit_directory" else "submodule")
        asked = f"Read {path} of {self.name}"
        answer = self.client.call("GET", self._src(commit, path), asked=asked, expects=RAW, headers={"Accept": "*/*"})
        # A file may be of any type, a web page too: its size tells it from a page that answered in place of Bitbucket.
        if entry.get("size") not in (None, len(answer.content)):
            raise self.client.refused(answer, asked)
        return File(answer.content, "executable" in attributes, "link" if "link" in attributes else "file")

    def entries(
        self, commit: str, paths: t.Sequence[str], listed: dict[str, Fields] | None = None
    ) -> dict[str, Fields | None]:
        """Type and attributes of each path; None for what is not there.

        One listing for all of them. What it does not name is asked for by itself if it is in a directory, because how a
        filter and the depth of a listing go together is not documented.
        """
        found: dict[str, Fields | None] = dict.fromkeys(paths)
        if listed is None:
            listed = self._list(commit, paths) if len(paths) > 1 else {}
        for path in paths:
            unsure = len(paths) == 1 or listed is None or "/" in path
            found[path] = (listed or {}).get(path) or (self._meta(commit, path) if unsure else None)
        return found

    def _list(
        self, commit: str, paths: t.Sequence[str], more: str = "", accept: tuple[int, ...] = ()
    ) -> dict[str, Fields] | None:
        depth = max(path.count("/") for path in paths) + 1
        wanted = " OR ".join('path="{}"'.format(re.sub(r'(["\\])', r"\\\1", path)) for path in paths)
        answer = self.client.json(
            "GET",
            self._src(commit, ""),
            asked=f"List the files of {self.name}",
            accept=(_TOO_DEEP, *accept),
            params={
                "q": wanted,
                "pagelen": 100,
                "fields": ",".join(
                    filter(None, ("values.path,values.type,values.attributes,values.size,pagelen", more))
                ),
                **({"max_depth": depth} if depth > 1 else {}),
            },
        )
        if answer is None:
            return None
        return {entry["path"]: entry for entry in items_of(answer)}

    def _meta(self, commit: str, path: str) -> Fields | None:
        answer = self.client.get(
            self._src(commit, path),
            asked=f"Read {path} of {self.name}",
            params={"format": "meta"},
            fields="path,type,attributes,size",
            keys=("type",),
            accept=(404,),
        )
        return answer if answer.get("type") in ("commit_file", "commit_directory") else None

    def _src(self, commit: str, path: str) -> str:
        return f"{self._place}/src/{segment(commit)}/{nested(path) if path else ''}"

    # -- committing --------------------------------------------------------------------------------------------------

    def commit(self, branch: str, parent: str | None, files: Files, message: str, author: str | None) -> str:
        """One commit on top of ``parent``; a file that is None is deleted. Gives the commit's hash.

        :raises Outdated: ``parent`` is no longer where the branch is.
        """
        meta = {"branch": branch, "message": message, "parents": parent, "author": author}
        parts = [_part(name, value.encode()) for name, value in meta.items() if value]
        parts += [_part("files", f"/{path}".encode()) for path, file in files.items() if file is None]
        parts += [_file_part(path, file) for path, file in files.items() if file]
        body, content_type = encode_multipart_formdata(parts)
        asked = f"Commit {', '.join(files) or 'nothing'} to branch {branch} of {self.name}"
        answer = self.client.call(
            "POST",
            f"{self._place}/src",
            asked=asked,
            expects=NOTHING,
            data=body,
            headers={"Content-Type": content_type},
            accept=(409,),
        )
        if answer.status_code == 409:
            raise _outdated(self.client.error(answer, f"POST /2.0/{self._place}/src", asked))
        place_of_commit = _SHA.search(answer.headers.get("Location", ""))
        return place_of_commit.group() if place_of_commit else self.head(branch) or ""

    def lacking_mode(self, commit: str, paths: t.Sequence[str]) -> list[str]:
        """The API documents how to set the executable bit, not that it always does it."""
        found = self.entries(commit, paths) if paths else {}
        return [path for path, entry in found.items() if "executable" not in ((entry or {}).get("attributes") or ())]

    def make_executable(self, branch: str, commit: str, paths: list[str], author: str | None) -> str:
        push = GitPush(self.client, self.params, self.context)
        return push.make_executable(branch, commit, paths, f"Make {', '.join(paths)} executable", author)


def _outdated(error: BridgeError) -> Outdated:
    remedy = "Other commits to the branch were faster in every attempt: run again later."
    names = ("kind", "service", "operation", "status", "code", "words", "request_id")
    return Outdated(error.asked, remedy=remedy, **{name: getattr(error, name) for name in names})


def _part(name: str, value: bytes) -> RequestField:
    part = RequestField(name, value)
    part.make_multipart()
    return part


def _file_part(path: str, file: File) -> RequestField:
    """With a slash in front, so that a file called ``message`` is a file; the mode goes into the disposition."""
    part = RequestField(f"/{path}", file.content, filename=path.rpartition("/")[2])
    part.make_multipart(content_type="application/octet-stream")
    if file.executable:
        part.headers["Content-Disposition"] = f'{part.headers["Content-Disposition"]}; x-attributes="executable"'
    return part
