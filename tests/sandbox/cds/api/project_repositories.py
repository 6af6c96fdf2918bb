# SPDX-License-Identifier: GPL-3.0-or-later
"""Since 0.51: repositories of a project VCS. (engine/api/v2_project_repository.go)"""

from __future__ import annotations

import uuid

from flask import Blueprint, Response

from .. import context, errors, render_projects
from ..authorized import Authorized
from ..model import Project, ProjectRepository, ProjectVcs, new_id
from ..render import stamp
from .project_vcs import ROOT, find

group = Blueprint("project_repositories", __name__)
_ROOT = ROOT + "/<part:vcs>/repository"
_PLACE = _ROOT + "/<part:name>"


def _find(place: ProjectVcs, identifier: str) -> ProjectRepository:
    """By name as it is stored, which is in lower case, or by uuid."""
    try:
        uuid.UUID(identifier)
        found = next((one for one in place.repositories.values() if one.id == identifier), None)
    except ValueError:
        found = place.repositories.get(identifier)
    if found is None:
        raise errors.NOT_FOUND()
    return found


@group.get(_ROOT)
@context.ONLY_PROJECT_VCS
def listing(key: str, vcs: str) -> Response:
    place = context.rbac_project(key, "read")
    server = find(place, vcs)
    return context.answer([_shown(one, server, place) for one in server.repositories.values()])


def _shown(one: ProjectRepository, server: ProjectVcs, place: Project) -> dict[str, object]:
    return render_projects.repository(one, server, place, context.version())


@group.get(_PLACE)
@context.ONLY_PROJECT_VCS
def get(key: str, vcs: str, name: str) -> Response:
    place = context.rbac_project(key, "read")
    server = find(place, vcs)
    return context.answer(_shown(_find(server, name), server, place))


@group.post(_ROOT)
@context.ONLY_PROJECT_VCS
def create(key: str, vcs: str) -> Response:
    """The name is stored in lower case. An analysis of the main branch starts, and the hooks service must be there."""
    project, cds = context.rbac_project(key, "manage"), context.service()
    place = find(project, vcs)
    name = context.pick(context.yaml_body(), "name").lower()
    if name in place.repositories:
        raise errors.CONFLICT_DATA('pq: duplicate key value violates unique constraint "idx_unq_project_repository"')
    client = Authorized(cds, project, place.name)
    found, branch = client.repository(name), client.default_branch(name)
    ssh = bool(place.auth.get("sshKeyName"))
    url = found["ssh_url"] if ssh else found["http_url"]
    if not url:
        raise errors.INVALID_DATA(
            "this repo cannot be cloned using ssh."
            if ssh
            else "this repo cannot be cloned using https. Please provide a sshkey."
        )
    now = cds.clock.datetime()
    new = ProjectRepository(name, url, now, context.session().user.username)
    new.analyses.append(
        {
            "id": new_id(),
            "created": stamp(now),
            "status": "InProgress",
            "ref": f"refs/heads/{branch['name']}",
            "commit": branch["target"]["hash"],
        }
    )
    place.repositories[name] = new
    # When one of these fails the repository stays.
    known = cds.services.of_kind("hooks")
    if not known:
        raise errors.NOT_FOUND("unable to find hook uservice")
    if cds.services.hooks() is None:
        raise errors.UNKNOWN(f"unable to perform request on service {known[0].name} (hooks)")
    return context.marshalled(_shown(new, place, project), 201)


@group.delete(_PLACE)
@context.ONLY_PROJECT_VCS
def delete(key: str, vcs: str, name: str) -> Response:
    """The answer is the server, not the repository."""
    place = find(context.rbac_project(key, "manage"), vcs)
    del place.repositories[_find(place, name).name]
    return context.marshalled(render_projects.vcs(place))


@group.get(_PLACE + "/analysis")
@context.ONLY_PROJECT_VCS
def analyses(key: str, vcs: str, name: str) -> Response:
    place = context.rbac_project(key, "read")
    return context.answer(_find(find(place, vcs), name).analyses)
