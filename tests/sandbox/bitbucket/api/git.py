# SPDX-License-Identifier: GPL-3.0-or-later
"""git over HTTPS: ``/{workspace}/{repository}.git``. https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/"""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from ... import git
from .. import context, errors, scopes
from ..credentials import Credential
from ..model import Repository

group = Blueprint("git", __name__)
NO_REPOSITORY = "Repository not found\n"


def _allowed(workspace: str, slug: str, push: bool) -> tuple[Repository, Credential | None]:
    """The repository, if the caller may fetch from it, or push to it."""
    service = context.service()
    credential = service.authenticator.git(context.login())
    found = service.find_repository(workspace, slug.removesuffix(".git"))
    if credential is None:
        if found is None or found.is_private or push:  # git asks for credentials on 401 only
            raise errors.login_failed()
        return found, None
    g.credential, g.need = credential, scopes.WRITE_REPOSITORY if push else scopes.READ_REPOSITORY
    if found is None or (found.is_private and not credential.may(found, "read")):
        raise errors.plain(404, NO_REPOSITORY)
    if not credential.has(g.need):
        raise errors.plain(403, errors.MISSING_SCOPES + "\n")
    if push and not credential.may(found, "write"):
        raise errors.plain(403, "Forbidden\n")
    return found, credential


@group.get("/<workspace>/<slug>/info/refs", defaults={"subpath": "info/refs"})
@group.post("/<workspace>/<slug>/git-upload-pack", defaults={"subpath": "git-upload-pack"})
@group.post("/<workspace>/<slug>/git-receive-pack", defaults={"subpath": "git-receive-pack"})
def smart_http(workspace: str, slug: str, subpath: str) -> Response:
    wanted = git.wanted_service(request.method, subpath, request.args)
    if wanted is None:
        raise errors.plain(403, "Please upgrade your git client\n")
    push = wanted == "git-receive-pack"
    repository, credential = _allowed(workspace, slug, push)
    user = (credential.username or credential.git_user) if credential else "anonymous"
    return context.service().serve_git(request.environ, repository, subpath, user, credential)
