# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own repository: https://docs.upsun.com/api/#tag/Repository"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response

from ... import git
from ...escaped_paths import ESCAPED
from .. import context, errors
from ..render import link

group = Blueprint("git", __name__)
_REFS = "/projects/<part:project_id>/git/refs"


def _ref(project_id: str, name: str, sha: str) -> dict[str, Any]:
    short = name.removeprefix("refs/")
    path = f"/api/projects/{project_id}/git/refs/{quote(short, safe='')}"
    links = {"self": link(context.service().region_url + path)}
    return {"id": short, "ref": name, "object": {"type": "commit", "sha": sha}, "sha": sha, "_links": links}


@group.get(_REFS)
def refs(project_id: str) -> Response:
    project = context.project(project_id)
    return context.answer([_ref(project.id, name, sha) for name, sha in git.refs(project.path).items()])


@group.get(f"{_REFS}/<path:name>")
def ref(project_id: str, name: str) -> Response:
    project = context.project(project_id)
    full = "refs/" + name.replace(ESCAPED, "/").removeprefix("refs/")
    sha = git.refs(project.path).get(full)
    if sha is None:
        raise errors.not_found()
    return context.answer(_ref(project.id, full, sha))
