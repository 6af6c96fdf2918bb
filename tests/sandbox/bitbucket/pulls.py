# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a pull request on Bitbucket Cloud, whoever asks for it: the API, a push, or a test.

https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import git, merging
from ..hosting import Event
from ..pull_requests import PullRequest, Wanted, branch_head, has_changes, moved, opened
from . import errors, push_event, render_pulls
from .credentials import Credential
from .model import Repository, User

if TYPE_CHECKING:
    from .service import Bitbucket

STRATEGIES = {
    "merge_commit": "no-ff",
    "squash": "squash",
    "fast_forward": "ff-only",
    "squash_fast_forward": "squash-ff-only",
    "rebase_fast_forward": "rebase-ff-only",
    "rebase_merge": "rebase-no-ff",
}
CLOSED = "This pull request is already closed."
CONFLICT = "You can't merge until you resolve all merge conflicts."
Pull = PullRequest[User | None]
Wish = Wanted[User | None]


class PullRequests:
    """Opens, changes, merges and declines; every one of these is told to the webhooks."""

    def __init__(self, service: Bitbucket) -> None:
        self._service = service

    def open(self, repository: Repository, wanted: Wish, by: Credential | None) -> Pull:
        """Opens; one that is open between the same branches already is changed instead, without a word about it."""
        with repository.lock:
            source, destination = self._heads(repository, wanted)
            now = self._service.clock.datetime()
            there = next((one for one in self._open_ones(repository) if wanted.is_between(one)), None)
            if there:
                return self.update(repository, there, wanted, by)
            out = opened(len(repository.pull_requests) + 1, wanted, (source, destination), by.user if by else None, now)
            self._set(out, wanted)
            repository.pull_requests[out.id] = out
            event = self._event("created", repository, out, by)
        self._tell(repository, event)
        return out

    def update(self, repository: Repository, pull_request: Pull, wanted: Wish, by: Credential | None) -> Pull:
        """Only open ones can be changed; the source branch never."""
        with repository.lock:
            _must_be_open(pull_request)
            pull_request.source_sha, pull_request.destination_sha = self._heads(repository, wanted)
            self._set(pull_request, wanted)
            pull_request.touch(self._service.clock.datetime())
            event = self._event("updated", repository, pull_request, by)
        self._tell(repository, event)
        return pull_request

    def merge(
        self,
        repository: Repository,
        pull_request: Pull,
        strategy: str = "merge_commit",
        message: str | None = None,
        close_source_branch: bool | None = None,
        by: Credential | None = None,
    ) -> Pull:
        """A real merge of the two branches; the source branch goes too if that was said here or at the creation."""
        if strategy not in STRATEGIES:
            raise errors.invalid(
                merge_strategy=f"Select a valid choice. {strategy} is not one of the available choices."
            )
        with self._service.changes(repository, by):
            _must_be_open(pull_request)
            if pull_request.draft:
                raise errors.refused(400, "You can't merge a draft pull request.")
            source, destination = self._heads(repository, _as_wanted(pull_request))
            head = self._merged(repository, pull_request, (destination, source), STRATEGIES[strategy], message, by)
            pull_request.source_sha, pull_request.destination_sha = source, destination
            pull_request.close("MERGED", by.user if by else None, self._service.clock.datetime(), head)
            git.run(repository.path, "update-ref", f"refs/heads/{pull_request.destination}", head, destination)
            closes = pull_request.close_source_branch if close_source_branch is None else close_source_branch
            if closes and pull_request.source != repository.main_branch:
                git.delete_ref(repository.path, f"refs/heads/{pull_request.source}")
            event = self._event("fulfilled", repository, pull_request, by)
        self._tell(repository, event)
        return pull_request

    def decline(
        self, repository: Repository, pull_request: Pull, reason: str = "", by: Credential | None = None
    ) -> Pull:
        with repository.lock:
            _must_be_open(pull_request)
            pull_request.reason = reason
            pull_request.close("DECLINED", by.user if by else None, self._service.clock.datetime())
            event = self._event("rejected", repository, pull_request, by)
        self._tell(repository, event)
        return pull_request

    def follow(
        self, repository: Repository, before: dict[str, str], after: dict[str, str], by: Credential | None
    ) -> list[Event]:
        """What a push means to the open pull requests, for the webhooks; they stay open when a branch has gone."""
        out = []
        for move in moved(repository.path, list(repository.pull_requests.values()), before, after):
            now = self._service.clock.datetime()
            if move.kind == "source":
                move.pull_request.touch(now)
                out.append(self._event("updated", repository, move.pull_request, by))
                out.append(self._event("push", repository, move.pull_request, by))
            elif move.kind == "merged":
                merged_at = after[f"refs/heads/{move.pull_request.destination}"]
                move.pull_request.close("MERGED", by.user if by else None, now, merged_at)
                out.append(self._event("fulfilled", repository, move.pull_request, by))
        return out

    # -- parts ---------------------------------------------------------------------------------------------------

    @staticmethod
    def _open_ones(repository: Repository) -> list[Pull]:
        return [one for one in repository.pull_requests.values() if one.is_open]

    @staticmethod
    def _heads(repository: Repository, wanted: Wish) -> tuple[str, str]:
        found = []
        for side in ("source", "destination"):
            name = getattr(wanted, side)
            sha = branch_head(repository.path, name)
            if sha is None:
                raise errors.invalid(**{side: f"branch not found: {name}"})
            found.append(sha)
        if not has_changes(repository.path, *found):
            raise errors.refused(400, "There are no changes to be pulled")
        return found[0], found[1]

    @staticmethod
    def _set(pull_request: Pull, wanted: Wish) -> None:
        if pull_request.author in wanted.reviewers:
            name = pull_request.author.display_name if pull_request.author else ""
            raise errors.invalid(reviewers=f"{name} is the author and cannot be included as a reviewer.")
        pull_request.title, pull_request.description = wanted.title, wanted.description
        pull_request.destination, pull_request.draft = wanted.destination, wanted.draft
        pull_request.close_source_branch = wanted.close_source_branch
        pull_request.reviewers = list(wanted.reviewers)

    def _merged(
        self,
        repository: Repository,
        pull_request: Pull,
        shas: tuple[str, str],
        strategy: str,
        message: str | None,
        by: Credential | None,
    ) -> str:
        text = message or f"Merged in {pull_request.source} (pull request #{pull_request.id})\n\n{pull_request.title}\n"
        user = by.user if by else None
        name, email = (user.display_name, user.email) if user else ("Sandbox", "sandbox@example.com")
        signature = merging.Signature(name, email, self._service.clock.datetime())
        try:
            return merging.merge(repository.path, *shas, strategy, text, signature)
        except merging.Conflict:
            raise errors.refused(400, CONFLICT) from None
        except merging.NotFastForward:
            raise errors.refused(400, "The source branch is out of date: a fast-forward is not possible.") from None

    def _event(self, name: str, repository: Repository, pull_request: Pull, by: Credential | None) -> Event:
        """https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Pull-request-events"""
        render = self._service.render()
        return f"pullrequest:{name}", {
            "pullrequest": render_pulls.pull_request(render, repository, pull_request, full=True),
            "actor": push_event.actor(render, by),
        }

    def _tell(self, repository: Repository, event: Event) -> None:
        self._service.notify(repository, *event)


def _must_be_open(pull_request: Pull) -> None:
    if not pull_request.is_open:
        raise errors.refused(400, CLOSED)


def _as_wanted(pull_request: Pull) -> Wish:
    return Wanted(pull_request.title, pull_request.source, pull_request.destination)
