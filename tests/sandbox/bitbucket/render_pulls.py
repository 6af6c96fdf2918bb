# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket's JSON for pull requests. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/"""

from __future__ import annotations

from ..pull_requests import PullRequest
from .dates import stamp
from .model import Repository, User
from .render import Json, Render, rendered

SHORT_HASH = 12
_BELOW = ("commits", "approve", "diff", "diffstat", "comments", "activity", "merge", "decline", "statuses")


def place(render: Render, repository: Repository, number: int) -> str:
    """Where the API has the pull request."""
    return f"{render.repository_api(repository)}/pullrequests/{number}"


def pull_request(render: Render, repository: Repository, shown: PullRequest[User | None], full: bool = False) -> Json:
    """Hashes are short here, unlike everywhere else; ``full`` has the reviewers and participants, which no list has."""
    api, closed_by = place(render, repository, shown.id), shown.closed_by
    out: Json = {
        "type": "pullrequest",
        "id": shown.id,
        "title": shown.title,
        "description": shown.description,
        "summary": rendered(shown.description),
        "state": shown.state,
        "draft": shown.draft,
        "author": render.user(shown.author) if shown.author else render.nobody(),
        "source": _endpoint(render, repository, shown.source, shown.source_sha),
        "destination": _endpoint(render, repository, shown.destination, shown.destination_sha),
        "merge_commit": _commit(render, repository, shown.merge_sha) if shown.merge_sha else None,
        "close_source_branch": shown.close_source_branch,
        "closed_by": render.user(closed_by) if closed_by else None,
        "reason": shown.reason,
        "comment_count": 0,
        "task_count": 0,
        "created_on": stamp(shown.created_on),
        "updated_on": stamp(shown.updated_on),
        "links": {
            "self": {"href": api},
            "html": {"href": f"{render.root}/{repository.full_name}/pull-requests/{shown.id}"},
            **{name: {"href": f"{api}/{name}"} for name in _BELOW},
        },
    }
    if full:
        reviewers = [one for one in shown.reviewers if one]
        out.update(
            rendered={"title": rendered(shown.title), "description": rendered(shown.description)},
            reviewers=[render.user(one) for one in reviewers],
            participants=[_reviewer(render, one) for one in reviewers],
        )
    return out


def _reviewer(render: Render, user: User) -> Json:
    return {
        "type": "participant",
        "user": render.user(user),
        "role": "REVIEWER",
        "approved": False,
        "state": None,
        "participated_on": None,
    }


def _endpoint(render: Render, repository: Repository, branch: str, sha: str) -> Json:
    return {
        "branch": {"name": branch},
        "commit": _commit(render, repository, sha),
        "repository": render.repository_base(repository),
    }


def _commit(render: Render, repository: Repository, sha: str) -> Json:
    return render.commit_base(repository, sha[:SHORT_HASH])
