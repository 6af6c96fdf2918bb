# SPDX-License-Identifier: GPL-3.0-or-later
"""git over HTTP: ``/scm/{project}/{repository}.git``"""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from ... import git
from .. import context, errors
from ..model import Repository
from ..permissions import Caller

group = Blueprint("git", __name__)
_LOGIN = "Authentication failed. Please check your credentials and try again.\n"
_ABSENT = (
    "Repository not found\nThe requested repository does not exist, or you do not have permission to\naccess it.\n"
)
_READ_ONLY = "You are not permitted to push to this repository\n"


def _allowed(key: str, slug: str, push: bool) -> tuple[Repository, Caller | None]:
    """The repository, if the caller may fetch from it, or push to it. git asks for credentials on 401 only."""
    service = context.service()
    try:
        caller = g.caller = service.authenticator.caller(context.login(), git=True)
    except errors.Refused as refused:
        words = refused.headers if refused.status == 403 else errors.CHALLENGE
        raise errors.plain(refused.status, "CAPTCHA required\n" if refused.status == 403 else _LOGIN, words) from None
    project = service.find_project(key)
    found = project.repositories.get(slug.removesuffix(".git").lower()) if project else None
    level = context.level(found) if found else context.NONE
    if caller is None and (level < context.READ or push):
        raise errors.plain(401, _LOGIN, errors.CHALLENGE)
    if found is None or level < context.READ:
        raise errors.plain(404, _ABSENT)
    if push and level < context.WRITE:
        raise errors.plain(403, _READ_ONLY)
    return found, caller


@group.get("/scm/<key>/<slug>/info/refs", defaults={"subpath": "info/refs"})
@group.post("/scm/<key>/<slug>/git-upload-pack", defaults={"subpath": "git-upload-pack"})
@group.post("/scm/<key>/<slug>/git-receive-pack", defaults={"subpath": "git-receive-pack"})
def smart_http(key: str, slug: str, subpath: str) -> Response:
    wanted = git.wanted_service(request.method, subpath, request.args)
    if wanted is None:
        raise errors.plain(403, "The dumb HTTP protocol is not supported. Please upgrade your git client.\n")
    push = wanted == "git-receive-pack"
    repository, caller = _allowed(key, slug, push)
    user = caller.user.name if caller else "anonymous"
    return context.service().serve_git(request.environ, repository, subpath, user, caller)
