# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether GitLab takes a CI/CD configuration: https://docs.gitlab.com/api/lint/"""

from __future__ import annotations

from flask import Blueprint, Response

from ... import git
from .. import context, errors
from ..model import DEVELOPER, Project
from ..params import Field, read

group = Blueprint("lint", __name__, url_prefix="/api/v4/projects/<part:project>/ci/lint")


@group.get("")
def committed(project: str) -> Response:
    """The configuration of a commit, of the default branch's if none is named."""
    place = context.project(project)
    sent = read((Field("content_ref"), Field("sha"), Field("dry_run", bool)))
    sha = git.resolve(place.git_path, sent.get("content_ref") or sent.get("sha") or "HEAD")
    if sha is None:
        raise errors.not_found("Commit")
    text = git.read(place.git_path, sha, context.service().pipelines.config_path(place))
    return _answer(place, sha, b"" if text is None else text)


@group.post("")
def sent(project: str) -> Response:
    """A text that was never committed; what it includes is looked up in the repository."""
    place = context.project(project, DEVELOPER)
    body = read((Field("content", required=True), Field("ref"), Field("dry_run", bool)))
    sha = git.resolve(place.git_path, body.get("ref") or "HEAD")
    return _answer(place, sha or "", (body["content"] or "").encode())


def _answer(project: Project, sha: str, text: bytes) -> Response:
    wrong = context.service().pipelines.errors(project, sha, text)
    merged = None if wrong else text.decode("utf-8", "replace")
    return context.answer({"valid": not wrong, "merged_yaml": merged, "errors": wrong, "warnings": [], "includes": []})
