# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests: https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-pull-requests/"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from ... import git
from ...strictness import nested, whole_number
from .. import context, errors, render_pulls
from ..model import Repository, User
from ..pulls import FIRST_STRATEGY, Pull, Wish
from .places import API, REPOSITORY

group = Blueprint("pull_requests", __name__, url_prefix=f"{API}{REPOSITORY}/pull-requests")
STATES = ("OPEN", "MERGED", "DECLINED", "ALL")


def _found(repository: Repository, number: int) -> Pull:
    found = repository.pull_requests.get(number)
    if found is None:
        words = f"Pull request {number} does not exist in {repository.full_name}."
        raise errors.refused(404, words, "pull.NoSuchPullRequestException")
    return found


def _shown(repository: Repository, pull_request: Pull, status: int = 200) -> Response:
    mergeable = None
    if pull_request.is_open:
        mergeable = context.service().pull_requests.can_merge(repository, pull_request)
    return context.answer(render_pulls.pull_request(context.render(), repository, pull_request, mergeable), status)


def _branch(body: dict[str, Any], side: str, repository: Repository) -> str | None:
    """The short name of ``{"id": "refs/heads/x", "repository": {"slug": …, "project": {"key": …}}}``.

    Forks are not part of this sandbox.
    """
    given = body.get(side)
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("id"), str) or not given["id"]:
        raise errors.invalid(**{f"{side}.id": f"{side}.id must be supplied."})
    key, slug = nested(given, "repository", "project", "key"), nested(given, "repository", "slug")
    if not isinstance(key, str) or not isinstance(slug, str) or not key or not slug:
        raise errors.invalid(**{f"{side}.repository": f"{side}.repository must have a slug and a project with a key."})
    if (key.upper(), slug.lower()) != (repository.project.key, repository.slug):
        raise errors.no_repository(key, slug)
    return str(given["id"]).removeprefix("refs/heads/")


def _reviewers(body: dict[str, Any], author: User, current: tuple[User, ...]) -> tuple[User, ...]:
    if "reviewers" not in body:
        return current
    known, out = context.service().users, []
    listed = body["reviewers"] or []
    if not isinstance(listed, list):
        raise errors.invalid(reviewers="reviewers must be a list.")
    for one in listed:
        name = str(nested(one, "user", "name") or "")
        user = known.get(name.lower())
        if user is None or user is author:
            why = "is the author of the pull request" if user else "is not a user"
            raise errors.refused(409, f"{name} {why}.", "pull.InvalidPullRequestReviewersException", "reviewers")
        out.append(user)
    return tuple(out)


def _wanted(repository: Repository, body: dict[str, Any], current: Pull | None, author: User) -> Wish:
    """What is not sent stays, except the reviewers' list, which a request has or keeps as a whole."""
    title = context.text(body, "title") or (current.title if current else None)
    if not title:
        raise errors.invalid(title="A title must be supplied.")
    source = current.source if current else _branch(body, "fromRef", repository)
    destination = _branch(body, "toRef", repository) or (current.destination if current else None)
    for name, value in (("fromRef", source), ("toRef", destination)):
        if value is None:
            raise errors.invalid(**{name: f"{name} must be supplied."})
    draft = body.get("draft", current.draft if current else False)
    if not isinstance(draft, bool):
        raise errors.invalid(draft="draft must be true or false.")
    described = context.text(body, "description")
    return Wish(
        title,
        source or "",
        destination or "",
        described if described is not None else (current.description if current else ""),
        draft=draft,
        reviewers=_reviewers(body, author, tuple(current.reviewers) if current else ()),
    )


def _version(body: dict[str, Any]) -> int:
    """In the query or in the body; nothing counts as -1, which is never right."""
    given = request.args.get("version", body.get("version", -1))
    number = None if isinstance(given, bool) else whole_number(str(given))
    if number is None:
        raise errors.invalid(version="The version must be a number.")
    return number


def _optional_body() -> dict[str, Any]:
    return context.body() if request.get_data() else {}


@group.get("")
def listing(key: str, slug: str) -> Response:
    """The open ones to this repository, newest first, unless the query says otherwise."""
    repository, query = context.repository(key, slug), request.args
    state, direction = query.get("state", "OPEN").upper(), query.get("direction", "INCOMING").upper()
    if state not in STATES:
        raise errors.refused(400, f"{state} is not a valid state.")
    if direction not in ("INCOMING", "OUTGOING"):
        raise errors.refused(400, f"{direction} is not a valid direction.")
    side = "destination" if direction == "INCOMING" else "source"
    at, text, draft = query.get("at"), query.get("filterText", "").lower(), query.get("draft")
    found = [
        one
        for one in list(repository.pull_requests.values())
        if state in ("ALL", one.state)
        and at in (None, f"refs/heads/{getattr(one, side)}")
        and text in f"{one.title}\n{one.description}".lower()
        and draft in (None, str(one.draft).lower())
    ]
    ordered = sorted(found, key=lambda one: one.updated_on, reverse=query.get("order", "NEWEST").upper() != "OLDEST")
    return context.listing([render_pulls.pull_request(context.render(), repository, one) for one in ordered])


@group.post("")
def create(key: str, slug: str) -> Response:
    repository, caller = context.repository(key, slug), context.logged_in()
    wanted = _wanted(repository, context.body(), None, caller.user)
    return _shown(repository, context.service().pull_requests.open(repository, wanted, caller.user), 201)


@group.get("/<int:number>")
def get(key: str, slug: str, number: int) -> Response:
    repository = context.repository(key, slug)
    return _shown(repository, _found(repository, number))


@group.put("/<int:number>")
def update(key: str, slug: str, number: int) -> Response:
    """For its author, and for who may write."""
    repository, caller = context.repository(key, slug), context.logged_in()
    found, body = _found(repository, number), context.body()
    if caller.user is not found.author and caller.level(repository) < context.WRITE:
        raise errors.not_permitted()
    wanted = _wanted(repository, body, found, found.author)
    pulls = context.service().pull_requests
    return _shown(repository, pulls.update(repository, found, _version(body), wanted, caller.user))


@group.delete("/<int:number>")
def delete(key: str, slug: str, number: int) -> Response:
    """For its author, and for administrators."""
    repository, caller = context.repository(key, slug), context.logged_in()
    found = _found(repository, number)
    if caller.user is not found.author and caller.level(repository) < context.ADMIN:
        raise errors.not_permitted()
    context.service().pull_requests.delete(repository, found, _version(_optional_body()), caller.user)
    return context.empty()


@group.get("/<int:number>/commits")
def commits(key: str, slug: str, number: int) -> Response:
    repository = context.repository(key, slug)
    found = _found(repository, number)
    log = git.log(repository.path, "--topo-order", found.source_sha, f"^{found.destination_sha}")
    return context.listing([context.render().commit(one) for one in log])


@group.get("/<int:number>/merge")
def mergeability(key: str, slug: str, number: int) -> Response:
    """The one question after which git clients can fetch the merge."""
    repository = context.repository(key, slug)
    found, pulls = _found(repository, number), context.service().pull_requests
    pulls.check(repository, found, found.version)
    clean, vetoes = pulls.can_merge(repository, found, keep=True), pulls.vetoes(found)
    outcome = "CLEAN" if clean else "CONFLICTED"
    answer = {"canMerge": clean and not vetoes, "conflicted": not clean, "outcome": outcome, "vetoes": vetoes}
    return context.answer(answer)


@group.post("/<int:number>/merge")
def merge(key: str, slug: str, number: int) -> Response:
    """A merge makes a commit, so it takes somebody with a name: no project's or repository's token."""
    repository = context.repository(key, slug, context.WRITE)
    caller, found, body = context.a_user(), _found(repository, number), _optional_body()
    if body.get("autoMerge"):
        raise errors.refused(403, "Auto-merge is not enabled for this repository.")
    strategy = context.text(body, "strategyId") or FIRST_STRATEGY
    message = context.text(body, "message")
    pulls = context.service().pull_requests
    return _shown(repository, pulls.merge(repository, found, _version(body), caller.user, strategy, message))


@group.post("/<int:number>/decline")
def decline(key: str, slug: str, number: int) -> Response:
    repository, caller = context.repository(key, slug), context.logged_in()
    found, version = _found(repository, number), _version(_optional_body())
    return _shown(repository, context.service().pull_requests.decline(repository, found, version, caller.user))


@group.post("/<int:number>/reopen")
def reopen(key: str, slug: str, number: int) -> Response:
    repository = context.repository(key, slug)
    context.logged_in()
    found, version = _found(repository, number), _version(_optional_body())
    return _shown(repository, context.service().pull_requests.reopen(repository, found, version))
