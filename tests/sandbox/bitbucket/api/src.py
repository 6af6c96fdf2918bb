# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from typing import Any

from flask import Blueprint, Response, redirect, request

from ... import git
from ...strictness import whole_number
from .. import context, errors, scopes, upload
from ..model import Repository
from .commits import resolve

group = Blueprint("src", __name__, url_prefix="/2.0/repositories/<workspace>/<slug>/src")
_AUTHOR = re.compile(r"[^<>\n]+ <[^<>\s]+>")


@group.get("")
def main_branch(workspace: str, slug: str) -> Any:
    """Leads to the root directory of the main branch."""
    repository = context.repository(workspace, slug, scopes.READ_REPOSITORY)
    sha = resolve(repository, repository.main_branch or "HEAD")
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(f"{context.render().repository_api(repository)}/src/{sha}/{query}")


@group.get("/<revision>")
def root_without_slash(workspace: str, slug: str, revision: str) -> Response:
    """The root directory is only there with a slash at the end."""
    context.repository(workspace, slug, scopes.READ_REPOSITORY)
    raise errors.not_found(f"No such file or directory: {revision}")


@group.get("/<revision>/", defaults={"path": ""}, strict_slashes=True)
@group.get("/<revision>/<path:path>", strict_slashes=True)
def get(workspace: str, slug: str, revision: str, path: str) -> Response:
    """A file, what is known about it (``format=meta``), or a directory.

    The revision ends at the first slash: a branch with a slash in its name has to be resolved to a hash beforehand.
    """
    repository = context.repository(workspace, slug, scopes.READ_REPOSITORY)
    sha = resolve(repository, revision)
    found = git.entry(repository.path, sha, path) if path.strip("/") else git.Entry("", "tree", "040000", sha, None)
    if found is None:
        raise errors.not_found(f"No such file or directory: {path}")
    if found.kind == "tree" and request.args.get("format") != "meta":
        return _directory(repository, sha, path)
    content = git.run(repository.path, "cat-file", "blob", found.sha) if found.kind == "blob" else b""
    if request.args.get("format") == "meta":
        return context.answer(context.render().entry(repository, sha, found, binary=b"\0" in content))
    return _raw(found, content)


def _raw(entry: git.Entry, content: bytes) -> Response:
    """Bytes as they are; the ETag stands for content and attributes."""
    name = entry.path.rpartition("/")[2]
    response = Response(content, content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.set_etag(hashlib.sha256(f"{entry.mode} {entry.sha}".encode()).hexdigest()[:32])
    response.make_conditional(request.environ)
    return response


def _directory(repository: Repository, sha: str, path: str) -> Response:
    depth = whole_number(request.args.get("max_depth", "1"))
    if depth is None:
        raise errors.refused(400, "Invalid max_depth")
    entries = git.tree(repository.path, sha, path, recursive=depth > 1)
    level = path.strip("/").count("/") + 1 if path.strip("/") else 0
    shown = [entry for entry in entries if entry.path.count("/") - level < depth]
    render = context.render()
    return context.listing([render.entry(repository, sha, entry) for entry in shown])


@group.post("")
def commit(workspace: str, slug: str) -> Response:
    """A commit with the files of the request. With ``parents`` it goes through only if that is the branch's head."""
    repository = context.repository(workspace, slug, scopes.WRITE_REPOSITORY, level="write")
    sent = upload.read(request)
    author = sent.first("author") or _default_author()
    if not _AUTHOR.fullmatch(author):
        raise errors.invalid(author='Author must be of the form "Name <email>".')
    with context.service().changes(repository, context.caller()):
        branch = sent.first("branch") or repository.main_branch or git.head(repository.path)
        parent = _parent(repository, branch, sent)
        if not sent.files and git.has_branch(repository.path, branch):
            raise errors.refused(400, "No files given")
        message = sent.first("message") or "Commit made through the API"
        try:
            sha = git.commit(
                repository.path, branch, sent.files, message, parent, author, when=context.service().clock.datetime()
            )
        except git.GitError:  # a name git does not take, for a branch or a path
            raise errors.refused(400, "Invalid branch or path") from None
    return Response(status=201, headers={"Location": f"{context.render().repository_api(repository)}/commit/{sha}"})


def _parent(repository: Repository, branch: str, sent: upload.Upload) -> str | None:
    """Where the commit goes on top of: the branch's head, for a new branch ``parents`` or else the main branch."""
    given = [sha for value in sent.meta.get("parents", []) for sha in value.replace(",", " ").split()]
    if len(given) > 1:
        raise errors.invalid(parents="Only one parent can be given.")
    head = git.refs(repository.path, f"refs/heads/{branch}").get(f"refs/heads/{branch}")
    wanted = git.resolve(repository.path, given[0]) if given else None
    if given and wanted is None:
        raise errors.not_found(f"Commit not found: {given[0]}")
    if head and wanted and wanted != head:
        raise errors.refused(409, f"The parent {given[0]} is not the head of branch {branch}.")
    return head or wanted or (git.resolve(repository.path, repository.main_branch) if repository.main_branch else None)


def _default_author() -> str:
    credential = context.caller()
    if credential and credential.user:
        return f"{credential.user.display_name} <{credential.user.email}>"
    return f"{credential.kind if credential else 'anonymous'} <noreply@bots.bitbucket.org>"
