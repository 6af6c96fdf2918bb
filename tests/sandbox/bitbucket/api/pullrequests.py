# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, request

from ... import git
from ...strictness import nested
from .. import context, errors, paging, render_pulls, scopes
from ..credentials import Credential
from ..model import Repository, User
from ..pulls import STRATEGIES, Pull, Wish

group = Blueprint("pullrequests", __name__, url_prefix="/2.0/repositories/<workspace>/<slug>/pullrequests")
STATES = ("OPEN", "MERGED", "DECLINED", "SUPERSEDED")
MERGE_SECONDS = 10.0  # of a merge that the caller does not wait for


def _found(repository: Repository, number: int) -> Pull:
    found = repository.pull_requests.get(number)
    if found is None:
        raise errors.not_found(f"No PullRequest matches the given query: {number}")
    return found


def _rendered(repository: Repository, pull_request: Pull) -> dict[str, Any]:
    return render_pulls.pull_request(context.render(), repository, pull_request, full=True)


def _shown(repository: Repository, pull_request: Pull, status: int = 200, **headers: str) -> Response:
    return context.answer(_rendered(repository, pull_request), status, headers)


def _branch(body: dict[str, Any], side: str, repository: Repository) -> str | None:
    """The name in ``{"branch": {"name": …}}``. Sources in forks are not part of this sandbox."""
    given = body.get(side)
    if given is None:
        return None
    name = nested(given, "branch", "name")
    if not isinstance(name, str) or not name:
        raise errors.invalid(**{f"{side}.branch.name": "This field is required."})
    other = nested(given, "repository", "full_name")
    if other not in (None, repository.full_name):
        raise errors.invalid(**{side: f"repository not found: {other}"})
    return name


def _reviewers(body: dict[str, Any], current: tuple[User | None, ...]) -> tuple[User | None, ...]:
    if "reviewers" not in body:
        return current
    by_uuid = {user.uuid: user for user in context.service().users.values()}
    listed = body["reviewers"] or []
    if not isinstance(listed, list) or not all(isinstance(nested(one, "uuid"), str) for one in listed):
        raise errors.invalid(reviewers="Malformed reviewers list")
    given = [one["uuid"] for one in listed]
    unknown = [uuid for uuid in given if uuid not in by_uuid]
    if unknown:
        raise errors.invalid(reviewers=f"Malformed reviewers list: {unknown[0]} is not a user")
    return tuple(by_uuid[uuid] for uuid in given)


def _flag(body: dict[str, Any], name: str, default: bool) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise errors.invalid(**{name: "Not a valid boolean."})
    return value


def _wanted(repository: Repository, current: Pull | None) -> Wish:
    """The request's body. A title is needed on updates as well; what else is not sent stays as it is."""
    body = context.body()
    title = body.get("title")
    if not title or not isinstance(title, str):
        raise errors.invalid(title="This field is required.")
    source = current.source if current else _branch(body, "source", repository)
    if source is None:
        raise errors.invalid(source="This field is required.")
    destination = _branch(body, "destination", repository) or (
        current.destination if current else repository.main_branch
    )
    if destination is None:
        raise errors.invalid(destination="branch not found: the repository has no main branch")
    described = body.get("description", current.description if current else "")
    if not isinstance(described, str):
        raise errors.invalid(description="Not a valid string.")
    return Wish(
        title,
        source,
        destination,
        described,
        _flag(body, "close_source_branch", current.close_source_branch if current else False),
        _flag(body, "draft", current.draft if current else False),
        _reviewers(body, tuple(current.reviewers) if current else ()),
    )


def _writable(workspace: str, slug: str, number: int, level: str = "write") -> tuple[Repository, Pull]:
    """Who may write, or opened the pull request itself where ``level`` is read."""
    repository = context.repository(workspace, slug, scopes.WRITE_PULL_REQUESTS, level=level)
    found, credential = _found(repository, number), context.caller()
    if level == "read" and not (credential and (credential.may(repository, "write") or _is_author(credential, found))):
        raise errors.forbidden()
    return repository, found


def _is_author(credential: Credential, pull_request: Pull) -> bool:
    return credential.user is not None and credential.user is pull_request.author


@group.get("")
def listing(workspace: str, slug: str) -> Response:
    """The open ones, or those in the states that ``state`` names, newest first. Reviewers are not in lists."""
    repository = context.repository(workspace, slug, scopes.READ_PULL_REQUESTS)
    wanted = request.args.getlist("state") or ["OPEN"]
    for state in wanted:
        if state not in STATES:
            raise errors.refused(400, f"Invalid state: {state}")
    render = context.render()
    found = [one for one in reversed(list(repository.pull_requests.values())) if one.state in wanted]
    return context.listing([render_pulls.pull_request(render, repository, one) for one in found])


@group.post("")
def create(workspace: str, slug: str) -> Response:
    """Who may read a repository may ask it to pull."""
    repository = context.repository(workspace, slug, scopes.WRITE_PULL_REQUESTS)
    opened = context.service().pull_requests.open(repository, _wanted(repository, None), context.caller())
    return _shown(repository, opened, 201, Location=render_pulls.place(context.render(), repository, opened.id))


@group.get("/<int:number>")
def get(workspace: str, slug: str, number: int) -> Response:
    repository = context.repository(workspace, slug, scopes.READ_PULL_REQUESTS)
    return _shown(repository, _found(repository, number))


@group.put("/<int:number>")
def update(workspace: str, slug: str, number: int) -> Response:
    repository, found = _writable(workspace, slug, number, level="read")
    wanted = _wanted(repository, found)
    return _shown(repository, context.service().pull_requests.update(repository, found, wanted, context.caller()))


@group.get("/<int:number>/commits")
def commits(workspace: str, slug: str, number: int) -> Response:
    """What is, or was, to be merged; empty once the source branch is gone."""
    repository = context.repository(workspace, slug, scopes.READ_PULL_REQUESTS)
    found = _found(repository, number)
    if not git.has_branch(repository.path, found.source):
        return context.listing([], counted=False)
    render = context.render()
    log = git.log(repository.path, "--topo-order", found.source_sha, f"^{found.destination_sha}")
    return context.listing([render.commit(repository, commit) for commit in log], counted=False)


@group.get("/<int:number>/statuses")
def statuses(workspace: str, slug: str, number: int) -> Response:
    """What was reported for the source's head: for the source branch, or for no branch in particular."""
    repository = context.repository(workspace, slug, scopes.READ_PULL_REQUESTS)
    found, render = _found(repository, number), context.render()
    return context.listing(
        [
            render.status(repository, sha, status)
            for (sha, _key), status in list(repository.statuses.items())
            if sha == found.source_sha and status.refname in (None, found.source)
        ],
        default=paging.STATUSES_LENGTH,
    )


@group.post("/<int:number>/merge")
def merge(workspace: str, slug: str, number: int) -> Response:
    """At once; with ``async=true`` later, and the answer says where to ask about it."""
    repository, found = _writable(workspace, slug, number)
    body = context.body() if request.get_data() else {}
    options = {
        "strategy": body.get("merge_strategy", "merge_commit"),
        "message": body.get("message"),
        "close_source_branch": _flag(body, "close_source_branch", False) if "close_source_branch" in body else None,
        "by": context.caller(),
    }
    if not isinstance(options["strategy"], str) or options["strategy"] not in STRATEGIES:
        raise errors.invalid(merge_strategy=f"{options['strategy']} is not one of the available choices.")
    service = context.service()
    if request.args.get("async", "").lower() != "true":
        return _shown(repository, service.pull_requests.merge(repository, found, **options))
    task = secrets.token_hex(16)
    repository.merge_tasks[(found.id, task)] = None

    def later() -> None:
        try:
            service.pull_requests.merge(repository, found, **options)
            repository.merge_tasks[(found.id, task)] = "SUCCESS"
        except errors.Refused as refused:
            repository.merge_tasks[(found.id, task)] = refused

    service.clock.after(MERGE_SECONDS, later)
    return Response(status=202, headers={"Location": _task_place(repository, found, task)})


def _task_place(repository: Repository, pull_request: Pull, task: str) -> str:
    return f"{render_pulls.place(context.render(), repository, pull_request.id)}/merge/task-status/{task}"


@group.get("/<int:number>/merge/task-status/<task>")
def merge_task(workspace: str, slug: str, number: int, task: str) -> Response:
    repository = context.repository(workspace, slug, scopes.READ_PULL_REQUESTS)
    found = _found(repository, number)
    if (found.id, task) not in repository.merge_tasks:
        raise errors.refused(400, "The task does not belong to this pull request")
    outcome = repository.merge_tasks[(found.id, task)]
    if isinstance(outcome, errors.Refused):
        raise outcome
    answer: dict[str, Any] = {
        "task_status": outcome or "PENDING",
        "links": {"self": {"href": _task_place(repository, found, task)}},
    }
    if outcome:
        answer["merge_result"] = _rendered(repository, found)
    return context.answer(answer)


@group.post("/<int:number>/decline")
def decline(workspace: str, slug: str, number: int) -> Response:
    repository, found = _writable(workspace, slug, number, level="read")
    body = context.body() if request.get_data() else {}
    reason = str(body.get("reason") or "")
    return _shown(repository, context.service().pull_requests.decline(repository, found, reason, context.caller()))
