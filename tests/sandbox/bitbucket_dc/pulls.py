# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a pull request on Data Center, whoever asks for it: the API, a push, or a test.

https://developer.atlassian.com/server/bitbucket/rest/v902/api-group-pull-requests/
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .. import git, merging
from ..hosting import Event, Work
from ..pull_requests import PullRequest, Wanted, branch_head, has_changes, moved, opened
from . import errors, payloads, render_pulls
from .model import Repository, User
from .permissions import Caller

if TYPE_CHECKING:
    from .service import BitbucketDataCenter

Pull = PullRequest[User]
Wish = Wanted[User]
FIRST_STRATEGY = "no-ff"
_AUTO_DECLINED = {"source gone", "destination gone"}


class PullRequests:
    """Opens, changes, merges, declines, reopens and deletes; the webhooks are told."""

    def __init__(self, service: BitbucketDataCenter) -> None:
        self._service = service

    def open(self, repository: Repository, wanted: Wish, author: User) -> Pull:
        """Refused if one is open between the same branches."""
        with repository.lock:
            self._check_branches(repository, wanted, None)
            source, destination = self._heads(repository, wanted.source, wanted.destination)
            now = self._service.clock.datetime()
            repository.pull_requests_made += 1
            out = opened(repository.pull_requests_made, wanted, (source, destination), author, now)
            repository.pull_requests[out.id] = out
            self._point(repository, out)
            event = self._event("opened", repository, out, author)
        self._service.notify(repository, *event)
        return out

    def update(self, repository: Repository, pull_request: Pull, version: int, wanted: Wish, by: User) -> Pull:
        with repository.lock:
            self.check(repository, pull_request, version)
            if wanted.destination != pull_request.destination:
                self._check_branches(repository, wanted, pull_request)
            previous = {
                "previousTitle": pull_request.title,
                "previousDescription": pull_request.description,
                "previousTarget": render_pulls.target(pull_request),
                "previousDraft": pull_request.draft,
            }
            heads = self._heads(repository, pull_request.source, wanted.destination)
            pull_request.destination, pull_request.destination_sha = wanted.destination, heads[1]
            pull_request.title, pull_request.description = wanted.title, wanted.description
            pull_request.draft, pull_request.reviewers = wanted.draft, list(wanted.reviewers)
            pull_request.touch(self._service.clock.datetime())
            event = self._event("modified", repository, pull_request, by, **previous)
        self._service.notify(repository, *event)
        return pull_request

    def merge(
        self,
        repository: Repository,
        pull_request: Pull,
        version: int,
        by: User,
        strategy: str = FIRST_STRATEGY,
        message: str | None = None,
    ) -> Pull:
        """A real merge; the source branch stays."""
        if strategy not in merging.STRATEGIES:
            raise errors.refused(
                409, f"The merge strategy {strategy} is not enabled.", "pull.PullRequestMergeVetoedException"
            )
        with self._service.changes(repository, Caller(by)):
            self.check(repository, pull_request, version)
            source, destination = self._heads(repository, pull_request.source, pull_request.destination)
            why = self.vetoes(pull_request)
            if why:
                raise _vetoed(why[0]["summaryMessage"], False, why)
            now = self._service.clock.datetime()
            text = message or (
                f"Pull request #{pull_request.id}: {pull_request.title}\n\n"
                f"Merge in {repository.full_name} from {pull_request.source} to {pull_request.destination}\n"
            )
            signature = merging.Signature(by.display_name, by.email, now)
            try:
                head = merging.merge(repository.path, destination, source, strategy, text, signature)
            except merging.Conflict:
                words = "The pull request has conflicts and cannot be merged."
                raise _vetoed(words, True, []) from None
            except merging.NotFastForward:
                raise _vetoed("The pull request cannot be merged with a fast-forward.", False, []) from None
            pull_request.source_sha, pull_request.destination_sha = source, destination
            pull_request.close("MERGED", by, now, head)
            git.run(repository.path, "update-ref", f"refs/heads/{pull_request.destination}", head, destination)
            event = self._event("merged", repository, pull_request, by)
        self._service.notify(repository, *event)
        return pull_request

    def decline(self, repository: Repository, pull_request: Pull, version: int, by: User) -> Pull:
        with repository.lock:
            self.check(repository, pull_request, version)
            pull_request.close("DECLINED", by, self._service.clock.datetime())
            event = self._event("declined", repository, pull_request, by)
        self._service.notify(repository, *event)
        return pull_request

    def reopen(self, repository: Repository, pull_request: Pull, version: int) -> Pull:
        with repository.lock:
            self.check(repository, pull_request, version, "DECLINED")
            wanted = Wish(pull_request.title, pull_request.source, pull_request.destination)
            self._check_branches(repository, wanted, pull_request)
            heads = self._heads(repository, pull_request.source, pull_request.destination)
            pull_request.state, pull_request.closed_by, pull_request.closed_on = "OPEN", None, None
            pull_request.source_sha, pull_request.destination_sha = heads
            pull_request.touch(self._service.clock.datetime())
            self._point(repository, pull_request)
        return pull_request

    def delete(self, repository: Repository, pull_request: Pull, version: int, by: User) -> None:
        with repository.lock:
            self.check(repository, pull_request, version, None)
            del repository.pull_requests[pull_request.id]
            for name in ("from", "merge"):
                git.delete_ref(repository.path, _ref(pull_request, name))
            event = self._event("deleted", repository, pull_request, by)
        self._service.notify(repository, *event)

    def follow(self, repository: Repository, before: dict[str, str], after: dict[str, str], by: User) -> list[Work]:
        """What a push means to the open ones. Without one of its branches a pull request is declined."""
        events = []
        for move in moved(repository.path, list(repository.pull_requests.values()), before, after):
            found, now = move.pull_request, self._service.clock.datetime()
            if move.kind == "source":
                found.touch(now)
                self._point(repository, found)
                events.append(self._event("from_ref_updated", repository, found, by, previousFromHash=move.old_source))
            elif move.kind == "merged":
                found.close("MERGED", by, now, after[f"refs/heads/{found.destination}"])
                events.append(self._event("merged", repository, found, by))
            elif move.kind in _AUTO_DECLINED:
                found.close("DECLINED", by, now)
                events.append(self._event("declined", repository, found, by))
        return [partial(self._service.notify, repository, *event) for event in events]

    # -- questions -----------------------------------------------------------------------------------------------

    def check(self, repository: Repository, pull_request: Pull, version: int, state: str | None = "OPEN") -> None:
        """Whoever changes a pull request says which version is meant; saying nothing is saying the wrong one."""
        if version != pull_request.version:
            raise errors.refused(
                409,
                "You are attempting to modify a pull request based on out-of-date information.",
                "pull.PullRequestOutOfDateException",
                currentVersion=pull_request.version,
                expectedVersion=version,
                pullRequest=render_pulls.pull_request(self._service.render(), repository, pull_request),
            )
        if state is not None and pull_request.state != state:
            words = f"This pull request is {pull_request.state.lower()} and cannot be changed like that."
            raise errors.refused(409, words, "pull.IllegalPullRequestStateException")

    def can_merge(self, repository: Repository, pull_request: Pull, keep: bool = False) -> bool:
        """Whether there are no conflicts; ``keep`` makes the merge ``refs/pull-requests/N/merge``."""
        heads = (pull_request.destination_sha, pull_request.source_sha)
        signature = merging.Signature("Bitbucket", "noreply@bitbucket.example.com", self._service.clock.datetime())
        try:
            sha = merging.merge(repository.path, *heads, FIRST_STRATEGY, "Automatic merge", signature)
        except merging.Conflict:
            return False
        if keep:
            git.run(repository.path, "update-ref", _ref(pull_request, "merge"), sha)
        return True

    @staticmethod
    def vetoes(pull_request: Pull) -> list[dict[str, str]]:
        if not pull_request.draft:
            return []
        words = "The pull request is still a draft."
        return [{"summaryMessage": words, "detailedMessage": "Mark it as ready before you merge it."}]

    # -- parts ---------------------------------------------------------------------------------------------------

    def _check_branches(self, repository: Repository, wanted: Wish, current: Pull | None) -> None:
        source, destination = self._heads(repository, wanted.source, wanted.destination)
        there = next(
            (
                one
                for one in repository.pull_requests.values()
                if one.is_open and one is not current and wanted.is_between(one)
            ),
            None,
        )
        if there:
            raise errors.refused(
                409,
                "Only one pull request may be open for a given source and target branch",
                "pull.DuplicatePullRequestException",
                existingPullRequest=render_pulls.pull_request(self._service.render(), repository, there),
            )
        if wanted.source == wanted.destination:
            words = "The source and target branches of a pull request must differ."
            raise errors.refused(409, words, "pull.InvalidPullRequestTargetException")
        if not has_changes(repository.path, source, destination):
            raise errors.refused(
                409,
                f"refs/heads/{wanted.destination} is already up-to-date with branch refs/heads/{wanted.source} in "
                f"repository {repository.full_name}",
                "pull.EmptyPullRequestException",
            )

    @staticmethod
    def _heads(repository: Repository, *names: str) -> tuple[str, str]:
        found = []
        for name in names:
            sha = branch_head(repository.path, name)
            if sha is None:
                words = f'Branch "refs/heads/{name}" does not exist in repository {repository.full_name}.'
                raise errors.refused(404, words, "repository.NoSuchBranchException")
            found.append(sha)
        return found[0], found[1]

    @staticmethod
    def _point(repository: Repository, pull_request: Pull) -> None:
        """What git clients fetch as ``refs/pull-requests/N/from``."""
        git.run(repository.path, "update-ref", _ref(pull_request, "from"), pull_request.source_sha)

    def _event(self, name: str, repository: Repository, pull_request: Pull, by: User, **more: Any) -> Event:
        render, now = self._service.render(), self._service.clock.datetime()
        shown = render_pulls.pull_request(render, repository, pull_request)
        return f"pr:{name}", {**payloads.envelope(f"pr:{name}", now, render.user(by)), "pullRequest": shown, **more}


def _ref(pull_request: Pull, name: str) -> str:
    return f"refs/pull-requests/{pull_request.id}/{name}"


def _vetoed(message: str, conflicted: bool, vetoes: list[dict[str, str]]) -> errors.Refused:
    return errors.refused(409, message, "pull.PullRequestMergeVetoedException", conflicted=conflicted, vetoes=vetoes)
