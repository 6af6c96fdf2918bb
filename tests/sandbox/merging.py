# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges in bare repositories, in the ways Bitbucket offers them, with nothing but git's object store.

The names of the strategies are Data Center's. https://confluence.atlassian.com/bitbucketserver/pull-request-merge-strategies-844499235.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from . import git

STRATEGIES = ("no-ff", "ff", "ff-only", "rebase-no-ff", "rebase-ff-only", "squash", "squash-ff-only")


class Conflict(Exception):
    """The two sides changed the same lines."""


class NotFastForward(Exception):
    """The strategy takes only a source that has all of its destination."""


@dataclass(frozen=True)
class Signature:
    """Who commits, and when."""

    name: str
    email: str
    when: datetime

    @property
    def line(self) -> str:
        return f"{self.name} <{self.email}> {int(self.when.timestamp())} +0000"


def contains(repository: Path, descendant: str, ancestor: str) -> bool:
    """Whether ``ancestor`` is part of ``descendant``'s history."""
    return not git.log(repository, "-1", ancestor, f"^{descendant}")


def merge(repository: Path, destination: str, source: str, strategy: str, message: str, by: Signature) -> str:
    """The commit the destination's branch has to point at once ``source`` is merged; no ref is moved here."""
    linear = contains(repository, source, destination)
    if strategy in ("ff-only", "squash-ff-only") and not linear:
        raise NotFastForward(f"{source} has not all of {destination}")
    if strategy in ("ff", "ff-only") and linear:
        return source
    if strategy.startswith("rebase"):
        source = _rebased(repository, destination, source, by)
        if strategy == "rebase-ff-only":
            return source
    parents = (destination,) if strategy.startswith("squash") else (destination, source)
    return _commit(repository, _tree(repository, destination, source), parents, by.line, by, message)


def _rebased(repository: Path, onto: str, source: str, by: Signature) -> str:
    """The commits of ``source`` that ``onto`` has not, one after the other on top of it."""
    for commit in reversed(git.log(repository, "--topo-order", "--no-merges", source, f"^{onto}")):
        # A commit with onto's files whose parent is the picked commit's makes that parent the base of a merge.
        tree = git.run(repository, "rev-parse", f"{onto}^{{tree}}").decode().strip()
        stand_in = _commit(repository, tree, commit.parents[:1], by.line, by, "")
        stamp = int(datetime.fromisoformat(commit.date).timestamp())
        author = f"{commit.author} <{commit.email}> {stamp} +0000"
        onto = _commit(repository, _tree(repository, stand_in, commit.sha), (onto,), author, by, commit.message)
    return onto


def _tree(repository: Path, ours: str, theirs: str) -> str:
    try:
        out = git.run(repository, "merge-tree", "--write-tree", "--no-messages", ours, theirs)
    except git.GitError as error:
        raise Conflict(f"{ours} and {theirs}: {error}") from error
    return out.decode().strip()


def _commit(repository: Path, tree: str, parents: tuple[str, ...], author: str, by: Signature, message: str) -> str:
    lines = [f"tree {tree}", *(f"parent {sha}" for sha in parents), f"author {author}", f"committer {by.line}"]
    text = "\n".join([*lines, "", message]).encode()
    return git.run(repository, "hash-object", "-t", "commit", "-w", "--stdin", stdin=text).decode().strip()
