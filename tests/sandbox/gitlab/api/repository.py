# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a project's repository: https://docs.gitlab.com/api/repositories/, …/branches/, …/tags/, …/commits/"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from flask import Blueprint, Response, request

from ... import git
from .. import context, errors, protection, render_pipelines
from ..model import DEVELOPER, Project, User
from ..params import Field, read
from ..render import names

group = Blueprint("repository", __name__, url_prefix="/api/v4/projects/<part:project>/repository")
_READ = ("read_repository",)


def _project(name: str, *scopes: str) -> Project:
    return context.project(name, 0, *scopes)


def _commit(project: Project, revision: str) -> git.Commit:
    sha = git.resolve(project.git_path, revision)
    if sha is None:
        raise errors.not_found("Commit")
    return git.log(project.git_path, "-1", sha)[0]


def _user() -> User | None:
    token = context.caller()
    return token.user if token else None


@group.get("/branches")
def branches(project: str) -> Response:
    place = _project(project)
    refs = git.refs(place.git_path, "refs/heads")
    search = request.args.get("search", "")
    known = git.commits(place.git_path, *refs.values())
    who = _user()

    def draw(name: str) -> object:
        return context.render().branch(place, name, known[refs[f"refs/heads/{name}"]], who)

    return context.listing([name for name in names(refs, "refs/heads/") if search in name], draw)


@group.get("/branches/<part:name>")
def branch(project: str, name: str) -> Response:
    place = _project(project)
    if not git.has_branch(place.git_path, name):
        raise errors.not_found("Branch")
    return context.answer(context.render().branch(place, name, _commit(place, f"refs/heads/{name}"), _user()))


def _pusher(name: str, branch: str) -> Project:
    """The project, if the caller may push to the branch."""
    place, user = _project(name), context.user()
    rule = protection.of(place, branch)
    if place.level(user) < DEVELOPER or (rule and not rule.allows("push", place, user)):
        raise errors.forbidden()
    return place


@group.post("/branches")
def create_branch(project: str) -> Response:
    given = read((Field("branch", required=True), Field("ref", required=True)))
    place = _pusher(project, given["branch"])
    start = git.resolve(place.git_path, given["ref"])
    if git.has_branch(place.git_path, given["branch"]):
        raise errors.message(400, "Branch already exists")
    if start is None:
        raise errors.message(400, f"Invalid reference name: {given['ref']}")
    with context.service().changes(place, context.user()):
        git.run(place.git_path, "branch", "--no-track", "--", given["branch"], start)
    return context.answer(context.render().branch(place, given["branch"], _commit(place, start), _user()), 201)


@group.delete("/branches/<part:name>")
def delete_branch(project: str, name: str) -> Response:
    """Neither the default branch nor a protected one."""
    place = _pusher(project, name)
    if not git.has_branch(place.git_path, name):
        raise errors.not_found("Branch")
    if protection.of(place, name):
        raise errors.message(403, "Protected branch can't be removed")
    if name == place.default_branch:
        raise errors.message(400, "Cannot remove HEAD branch")
    with context.service().changes(place, context.user()):
        git.delete_ref(place.git_path, f"refs/heads/{name}")
    return context.nothing()


@group.get("/tags")
def tags(project: str) -> Response:
    place = _project(project)
    refs = git.refs(place.git_path, "refs/tags")

    def draw(name: str) -> object:
        return _drawn(place, name, refs[f"refs/tags/{name}"])

    return context.listing(names(refs, "refs/tags/"), draw)


@group.get("/tags/<part:name>")
def tag(project: str, name: str) -> Response:
    place = _project(project)
    target = git.refs(place.git_path, f"refs/tags/{name}").get(f"refs/tags/{name}")
    if target is None:
        raise errors.not_found("Tag")
    return context.answer(_drawn(place, name, target))


def _drawn(project: Project, name: str, target: str) -> dict[str, Any]:
    """A tag of a tag is one of its commit; a tag of a file or a directory has none."""
    sha = git.resolve(project.git_path, target)
    commit = git.log(project.git_path, "-1", sha)[0] if sha else None
    return context.render().tag(project, name, target, commit)


@group.get("/commits")
def commits(project: str) -> Response:
    place = _project(project)
    start = git.resolve(place.git_path, request.args.get("ref_name") or "HEAD")
    found = git.log(place.git_path, "-1000", start) if start else []
    return context.listing(found, lambda commit: context.render().commit(place, commit))


@group.get("/commits/<part:revision>")
def commit(project: str, revision: str) -> Response:
    """More than a list says of it: what it changed, and the last pipeline it had."""
    place = _project(project)
    found = _commit(place, revision)
    mine = [one for one in place.pipelines if one.sha == found.sha]
    out = context.render().commit(place, found) | {
        "project_id": place.id,
        "status": mine[-1].status if mine else None,
        "last_pipeline": render_pipelines.basic(context.service().url, mine[-1]) if mine else None,
    }
    if read((Field("stats", bool),)).get("stats", True):
        out["stats"] = _stats(place, found.sha)
    return context.answer(out)


def _stats(project: Project, sha: str) -> dict[str, int]:
    """Lines against the first parent; of binary files there are none."""
    counted = git.run(
        project.git_path, "diff-tree", "--root", "-r", "-m", "--first-parent", "--numstat", "--no-commit-id", sha
    )
    lines = [line.split("\t") for line in counted.decode("utf-8", "replace").splitlines()]
    added, removed = (sum(int(line[side]) for line in lines if line[side].isdigit()) for side in (0, 1))
    return {"additions": added, "deletions": removed, "total": added + removed}


def _file(project: str, path: str) -> tuple[git.Entry, bytes, str, Project]:
    place = _project(project, *_READ)
    ref = request.args.get("ref") or "HEAD"
    sha = git.resolve(place.git_path, ref)
    found = git.entry(place.git_path, sha, path) if sha else None
    if sha is None or found is None or found.kind != "blob":
        raise errors.not_found("File")
    return found, git.run(place.git_path, "cat-file", "blob", found.sha), sha, place


@group.get("/files/<part:path>")
def file(project: str, path: str) -> Response:
    found, content, sha, _ = _file(project, path)
    return context.answer(
        {
            "file_name": path.rpartition("/")[2],
            "file_path": path,
            "size": len(content),
            "encoding": "base64",
            "content": base64.b64encode(content).decode(),
            "content_sha256": hashlib.sha256(content).hexdigest(),
            "ref": request.args.get("ref") or "HEAD",
            "blob_id": found.sha,
            "commit_id": sha,
            "last_commit_id": sha,
            "execute_filemode": found.mode == git.EXECUTABLE,
        }
    )


@group.get("/files/<part:path>/raw")
def raw(project: str, path: str) -> Response:
    return Response(_file(project, path)[1], content_type="text/plain; charset=utf-8")
