# SPDX-License-Identifier: GPL-3.0-or-later
"""git over HTTP: ``/{namespace}/{project}.git``. https://docs.gitlab.com/topics/git/clone/#clone-using-a-token"""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as Answer

from ... import git
from .. import context, errors, protection
from ..model import DEVELOPER, REPORTER, Project, User

group = Blueprint("git", __name__)


def _caller(push: bool) -> User | None:
    """The owner of the token that is the password; the user name may be anything but empty."""
    given = request.authorization
    if given is None:
        if request.headers.get("Authorization"):
            raise errors.plain(401, errors.DENIED_GIT, errors.BASIC)
        return None
    service = context.service()
    token = service.tokens.find(given.password or "") if given.type == "basic" else None
    if token is None or not given.username or not service.tokens.active(token) or token.user.state != "active":
        raise errors.plain(401, errors.DENIED_GIT, errors.BASIC)
    enough = {"api", "write_repository"} | (set() if push else {"read_repository"})
    if not enough & set(token.scopes):
        raise errors.plain(403, errors.DENIED_GIT)
    token.last_used_at = service.clock.datetime()
    return token.user


def _allowed(path: str, push: bool) -> tuple[Project, User | None]:
    user = _caller(push)
    found = context.service().find_project(path)
    if user is None and (push or found is None or found.visibility != "public"):
        raise errors.plain(401, errors.DENIED_GIT, errors.BASIC)
    if found is None or not found.visible_to(user):
        raise errors.plain(404, errors.NO_PROJECT_GIT)
    level = found.level(user)
    if not push and level < REPORTER and found.visibility == "private":
        raise errors.plain(403, "You are not allowed to download code from this project.\n")
    if push and level < DEVELOPER:
        raise errors.plain(403, "You are not allowed to push code to this project.\n")
    return found, user


@group.get("/<path:path>.git/info/refs", defaults={"subpath": "info/refs"})
@group.post("/<path:path>.git/git-upload-pack", defaults={"subpath": "git-upload-pack"})
@group.post("/<path:path>.git/git-receive-pack", defaults={"subpath": "git-receive-pack"})
def smart_http(path: str, subpath: str) -> Response:
    wanted = git.wanted_service(request.method, subpath, request.args)
    if wanted is None:
        raise errors.plain(403, "Git client is too old\n")
    push = wanted == "git-receive-pack"
    project, user = _allowed(path, push)
    if push and user and request.method == "POST":
        return _push(project, user)
    return _response(git.serve(request.environ, project.git_path, subpath, user.username if user else "anonymous"))


def _response(answer: Answer) -> Response:
    return Response(answer.get_data(), answer.status_code, headers=list(answer.headers))


def _push(project: Project, user: User) -> Response:
    """Protected branches are looked at before anything is taken; afterwards there are pipelines."""
    body = request.get_data()
    refs, options = protection.pushed(body)
    branches = [ref.removeprefix("refs/heads/") for ref in refs if ref.startswith("refs/heads/")]
    with context.service().changes(project, user, skip_ci="ci.skip" in options):
        empty = not git.refs(project.git_path, "refs/heads")
        hooks = protection.environment(project, user, branches, empty, git.head(project.git_path))
        answer = git.serve(request.environ, project.git_path, "git-receive-pack", user.username, body, hooks)
    return _response(answer)
