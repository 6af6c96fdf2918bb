# SPDX-License-Identifier: GPL-3.0-or-later
"""Data Center's JSON for pull requests. https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-pull-requests/"""

from __future__ import annotations

from ..pull_requests import PullRequest
from .dates import millis, seconds
from .model import Repository, User
from .render import SHORT_HASH, Json, Render


def pull_request(
    render: Render, repository: Repository, shown: PullRequest[User], mergeable: bool | None = None
) -> Json:
    """``mergeable``: where the API has looked for conflicts."""
    moment = seconds if render.texts else millis
    out: Json = {
        "id": shown.id,
        "version": shown.version,
        "title": shown.title,
        "state": shown.state,
        "open": shown.is_open,
        "closed": not shown.is_open,
        "draft": shown.draft,
        "createdDate": moment(shown.created_on),
        "updatedDate": moment(shown.updated_on),
        "fromRef": _ref(render, repository, shown.source, shown.source_sha),
        "toRef": _ref(render, repository, shown.destination, shown.destination_sha),
        "locked": False,
        "author": participant(render, shown.author, "AUTHOR"),
        "reviewers": [participant(render, one, "REVIEWER") for one in shown.reviewers],
        "participants": [],
        "links": {
            "self": [
                {
                    "href": f"{render.root}/projects/{repository.project.key}/repos/{repository.slug}"
                    f"/pull-requests/{shown.id}"
                }
            ]
        },
    }
    if shown.description:
        out["description"] = shown.description
    if shown.closed_on:
        out["closedDate"] = moment(shown.closed_on)
    properties: Json = {}
    if mergeable is not None:
        outcome = "CLEAN" if mergeable else "CONFLICTED"
        properties = {"mergeResult": {"outcome": outcome, "current": True}, "resolvedTaskCount": 0, "openTaskCount": 0}
    if shown.merge_sha:
        properties["mergeCommit"] = {"id": shown.merge_sha, "displayId": shown.merge_sha[:SHORT_HASH]}
    return {**out, "properties": properties} if properties else out


def target(shown: PullRequest[User]) -> Json:
    """The destination in the payload of ``pr:modified``."""
    return {**Render.minimal_ref(f"refs/heads/{shown.destination}"), "latestCommit": shown.destination_sha}


def participant(render: Render, user: User, role: str) -> Json:
    return {"user": render.user(user), "role": role, "approved": False, "status": "UNAPPROVED"}


def _ref(render: Render, repository: Repository, branch: str, sha: str) -> Json:
    minimal = render.minimal_ref(f"refs/heads/{branch}")
    return {**minimal, "latestCommit": sha, "repository": render.repository(repository)}
