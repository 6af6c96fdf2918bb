# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, read and edited: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-repository/

No answer tells whether a file is executable, and no request makes it so: that takes git.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from ... import git
from .. import context, errors, paging
from ..model import Repository
from .commits import resolve
from .places import API, REPOSITORY

group = Blueprint("files", __name__, url_prefix=f"{API}{REPOSITORY}")
_KINDS = {"tree": "DIRECTORY", "blob": "FILE", "commit": "SUBMODULE"}


def _entry(repository: Repository, path: str) -> tuple[str, git.Entry]:
    """What is at a path of ``at`` (by default of the default branch)."""
    at = request.args.get("at")
    sha = resolve(repository, at)
    if sha is None:
        raise errors.no_path(path, at or git.head(repository.path))
    if not path:
        return sha, git.Entry("", "tree", "040000", sha, None)
    found = git.entry(repository.path, sha, path)
    if found is None:
        raise errors.no_path(path, at or git.head(repository.path))
    return sha, found


def _path(path: str) -> dict[str, Any]:
    name = path.rpartition("/")[2]
    out = {"components": [part for part in path.split("/") if part], "name": name, "toString": path}
    out["parent"] = path.rpartition("/")[0]
    return {**out, "extension": name.rpartition(".")[2]} if "." in name else out


@group.get("/browse", defaults={"path": ""})
@group.get("/browse/<path:path>")
def browse(key: str, slug: str, path: str) -> Response:
    """A file's lines, or what is in a directory; with ``type`` or ``size`` no more than that."""
    repository = context.repository(key, slug)
    sha, found = _entry(repository, path.strip("/"))
    if request.args.get("size") == "true":
        return context.answer({"size": found.size or 0})
    if request.args.get("type") == "true":
        return context.answer({"type": _KINDS[found.kind]})
    if found.kind == "tree":
        children = [_child(one, path.strip("/")) for one in git.tree(repository.path, sha, path)]
        page = paging.page(children, request.args, context.service().page_limit)
        return context.answer(
            {"path": _path(path.strip("/")), "revision": request.args.get("at") or sha, "children": page}
        )
    content = git.run(repository.path, "cat-file", "blob", found.sha) if found.kind == "blob" else b""
    if b"\0" in content:
        return context.answer({"binary": True, "path": _path(path)})
    lines = [{"text": line} for line in content.decode("utf-8", "replace").splitlines()]
    page = paging.page(lines, request.args, context.service().page_limit)
    return context.answer({"lines": page.pop("values"), **page})


def _child(entry: git.Entry, below: str) -> dict[str, Any]:
    out: dict[str, Any] = {"path": _path(entry.path.removeprefix(f"{below}/" if below else ""))}
    out.update(contentId=entry.sha, type=_KINDS[entry.kind])
    return {**out, "size": entry.size} if entry.size is not None else out


@group.get("/files", defaults={"path": ""})
@group.get("/files/<path:path>")
def files(key: str, slug: str, path: str) -> Response:
    """The paths of all files below a directory, as seen from there."""
    repository = context.repository(key, slug)
    if repository.main_branch is None and not request.args.get("at"):
        return context.listing([])
    sha, found = _entry(repository, path.strip("/"))
    if found.kind != "tree":
        raise errors.refused(400, f'The path "{path}" is not a directory.', "content.ContentTypeException")
    prefix = f"{path.strip('/')}/" if path.strip("/") else ""
    below = git.tree(repository.path, sha, path, recursive=True)
    return context.listing([one.path.removeprefix(prefix) for one in below if one.kind != "tree"])


@group.get("/raw/<path:path>")
def raw(key: str, slug: str, path: str) -> Response:
    """Bytes as they are."""
    repository = context.repository(key, slug)
    _, found = _entry(repository, path)
    if found.kind != "blob":
        raise errors.refused(400, f'The path "{path}" is not a file.', "content.ContentTypeException")
    content = git.run(repository.path, "cat-file", "blob", found.sha)
    kind = "application/octet-stream;charset=UTF-8" if b"\0" in content else errors.TEXT
    return Response(content, content_type=kind)


@group.put("/browse/<path:path>")
def edit(key: str, slug: str, path: str) -> Response:
    """One file in one commit. It has to be what it was at ``sourceCommitId``; without that it has to be new."""
    repository = context.repository(key, slug, context.WRITE)
    caller = context.a_user()
    form = request.form
    content = request.files["content"].read() if "content" in request.files else form.get("content", "").encode()
    branch = form.get("branch", "").removeprefix("refs/heads/")
    if "content" not in {*request.files, *form}:
        raise errors.invalid(content="The content must be supplied.")
    if not branch:
        raise errors.invalid(branch="The branch must be supplied.")
    if any(part in ("", ".", "..", ".git") for part in path.split("/")):
        raise errors.invalid(path=f"{path} is not a valid path.")
    with context.service().changes(repository, caller):
        parent = _parent(repository, branch)
        before = git.entry(repository.path, parent, path) if parent else None
        _check_unchanged(repository, path, before, form.get("sourceCommitId"))
        if before and git.run(repository.path, "cat-file", "blob", before.sha) == content:
            words = f'The content of "{path}" was not modified.'
            raise errors.refused(409, words, "content.FileContentUnmodifiedException")
        sha = git.commit(
            repository.path,
            branch,
            {path: git.File(content, before.mode if before else git.REGULAR)},
            form.get("message") or f"{path} {'edited' if before else 'created'} online with Bitbucket",
            parent,
            f"{caller.user.display_name} <{caller.user.email}>",
            context.service().clock.datetime(),
        )
    return context.answer(context.render().commit(git.commits(repository.path, sha)[sha]))


def _parent(repository: Repository, branch: str) -> str | None:
    """The branch's head; a new branch starts from ``sourceBranch``, or without history in an empty repository."""
    source = request.form.get("sourceBranch", "").removeprefix("refs/heads/")
    for name in (branch, source):
        if name and git.has_branch(repository.path, name):
            return git.resolve(repository.path, f"refs/heads/{name}")
    if repository.main_branch is None:
        return None
    raise errors.refused(404, f'Branch "{source or branch}" does not exist.', "repository.NoSuchBranchException")


def _check_unchanged(repository: Repository, path: str, now: git.Entry | None, source: str | None) -> None:
    if source is None:
        if now is not None:
            words = f'The file "{path}" already exists: its sourceCommitId must be supplied.'
            raise errors.refused(409, words, "content.FileAlreadyExistsException")
        return
    sha = git.resolve(repository.path, source)
    if sha is None:
        raise errors.no_commit(source, repository.slug)
    then = git.entry(repository.path, sha, path)
    if (then and then.sha) != (now and now.sha):
        words = f'The file "{path}" has changed since {source}.'
        raise errors.refused(409, words, "content.FileOutOfDateException")
