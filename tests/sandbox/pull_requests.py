# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests as both Bitbuckets have them: what they hold, and how they follow their branches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from . import git, merging

Person = TypeVar("Person")


@dataclass(eq=False)
class PullRequest(Generic[Person]):
    """``source`` and ``destination`` are branches of one repository; the hashes are where they last were.

    ``version`` grows with every change of the pull request itself; Data Center wants it back on the next one.
    """

    id: int
    title: str
    description: str
    source: str
    destination: str
    source_sha: str
    destination_sha: str
    author: Person
    created_on: datetime
    updated_on: datetime
    state: str = "OPEN"  # MERGED, DECLINED
    version: int = 0
    draft: bool = False
    close_source_branch: bool = False
    reviewers: list[Person] = field(default_factory=list)
    reason: str = ""
    merge_sha: str | None = None
    closed_by: Person | None = None
    closed_on: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "OPEN"

    def touch(self, now: datetime) -> None:
        self.version += 1
        self.updated_on = now

    def close(self, state: str, by: Person | None, now: datetime, merge_sha: str | None = None) -> None:
        self.state, self.closed_by, self.closed_on, self.merge_sha = state, by, now, merge_sha
        self.touch(now)


@dataclass(frozen=True)
class Wanted(Generic[Person]):
    """What a new or changed pull request is to be; branches by their short names."""

    title: str
    source: str
    destination: str
    description: str = ""
    close_source_branch: bool = False
    draft: bool = False
    reviewers: tuple[Person, ...] = ()

    def is_between(self, pull_request: PullRequest[Person]) -> bool:
        """The branches of a pull request."""
        return (pull_request.source, pull_request.destination) == (self.source, self.destination)


def opened(
    number: int, wanted: Wanted[Person], heads: tuple[str, str], author: Person, now: datetime
) -> PullRequest[Person]:
    """A new one. ``heads`` are those of source and destination."""
    return PullRequest(
        number,
        wanted.title,
        wanted.description,
        wanted.source,
        wanted.destination,
        *heads,
        author,
        now,
        now,
        draft=wanted.draft,
        close_source_branch=wanted.close_source_branch,
        reviewers=list(wanted.reviewers),
    )


@dataclass(frozen=True)
class Move(Generic[Person]):
    """What a push did to a pull request: ``kind`` is source (new commits), merged, source gone or destination gone."""

    kind: str
    pull_request: PullRequest[Person]
    old_source: str


def branch_head(repository: Path, name: str) -> str | None:
    ref = f"refs/heads/{name}"
    return git.refs(repository, ref).get(ref)


def has_changes(repository: Path, source: str, destination: str) -> bool:
    """Whether there is anything to merge."""
    return not merging.contains(repository, destination, source)


def moved(
    repository: Path, pull_requests: Iterable[PullRequest[Person]], before: dict[str, str], after: dict[str, str]
) -> list[Move[Person]]:
    """The open pull requests whose branches changed between two states of the refs.

    New heads are noted in them. A push that brings the source's commits into the destination has merged the pull
    request, without anybody asking for that.
    """
    out = []
    for pull_request in [one for one in pull_requests if one.is_open]:
        source, destination = f"refs/heads/{pull_request.source}", f"refs/heads/{pull_request.destination}"
        old = pull_request.source_sha
        if all(before.get(name) == after.get(name) for name in (source, destination)):
            continue
        if destination not in after:
            out.append(Move("destination gone", pull_request, old))
            continue
        moved_source = after.get(source, old) != old
        pull_request.source_sha, pull_request.destination_sha = after.get(source, old), after[destination]
        if not has_changes(repository, pull_request.source_sha, pull_request.destination_sha):
            out.append(Move("merged", pull_request, old))
        elif source not in after:
            out.append(Move("source gone", pull_request, old))
        elif moved_source:
            out.append(Move("source", pull_request, old))
    return out
