# SPDX-License-Identifier: GPL-3.0-or-later
"""Comments on pull requests: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/"""

from __future__ import annotations

import html
from typing import Any

from flask import Blueprint, Response

from .. import context, errors, push_event, render_pulls, scopes
from ..dates import stamp
from ..model import Comment, Repository

group = Blueprint(
    "pullrequest_comments",
    __name__,
    url_prefix="/2.0/repositories/<workspace>/<slug>/pullrequests/<int:number>/comments",
)


def _place(workspace: str, slug: str, number: int) -> Repository:
    """Who may read the pull request may comment on it."""
    repository = context.repository(workspace, slug, scopes.READ_PULL_REQUESTS)
    if number not in repository.pull_requests:
        raise errors.not_found(f"No PullRequest matches the given query: {number}")
    return repository


def _shown(repository: Repository, number: int, comment: Comment) -> dict[str, Any]:
    render = context.render()
    pull_request = repository.pull_requests[number]
    here = f"{render_pulls.place(render, repository, number)}/comments/{comment.id}"
    page = f"{render.root}/{repository.full_name}/pull-requests/{number}"
    moment = stamp(comment.created_on)
    return {
        "type": "pullrequest_comment",
        "id": comment.id,
        "created_on": moment,
        "updated_on": moment,
        "content": {
            "raw": comment.raw,
            "markup": "markdown",
            "html": f"<p>{html.escape(comment.raw)}</p>",
        },
        "user": render.user(comment.author) if comment.author else None,
        "deleted": False,
        "pending": False,
        "pullrequest": {
            "type": "pullrequest",
            "id": number,
            "title": pull_request.title,
            "links": {
                "self": {"href": render_pulls.place(render, repository, number)},
                "html": {"href": page},
            },
        },
        "links": {"self": {"href": here}, "html": {"href": f"{page}/_/diff#comment-{comment.id}"}},
    }


@group.get("")
def listing(workspace: str, slug: str, number: int) -> Response:
    repository = _place(workspace, slug, number)
    return context.listing([_shown(repository, number, one) for one in repository.comments.get(number, [])])


@group.post("")
def create(workspace: str, slug: str, number: int) -> Response:
    """The webhooks are told of it."""
    repository = _place(workspace, slug, number)
    content = context.body().get("content")
    raw = content.get("raw") if isinstance(content, dict) else None
    if not raw or not isinstance(raw, str):
        raise errors.invalid(**{"content.raw": "This field is required."})
    service, credential = context.service(), context.caller()
    with service.lock:
        comments = repository.comments.setdefault(number, [])
        count = sum(len(every) for every in repository.comments.values())
        comment = Comment(count + 1, raw, credential.user if credential else None, service.clock.datetime())
        comments.append(comment)
    answer = _shown(repository, number, comment)
    payload = {
        "comment": answer,
        "pullrequest": render_pulls.pull_request(context.render(), repository, repository.pull_requests[number]),
        "actor": push_event.actor(context.render(), credential),
    }
    service.notify(repository, "pullrequest:comment_created", payload)
    return context.answer(answer, 201, {"Location": answer["links"]["self"]["href"]})
