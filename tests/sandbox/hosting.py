# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests do with the repositories of either Bitbucket: ``owner`` is a workspace's slug or a project's key."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from flask import Response

from . import git
from .clock import Clock
from .delivery import Courier, Delivery

Files = Mapping[str, "str | bytes | git.File | None"]
Refs = dict[str, str]
Event = tuple[str, dict[str, Any]]
Work = Callable[[], None]


class HostedRepository(Protocol):
    """What is known of a repository everywhere."""

    path: Path
    lock: threading.RLock

    @property
    def main_branch(self) -> str | None: ...


Repository = TypeVar("Repository", bound=HostedRepository)


class Hosting(ABC, Generic[Repository]):
    """Content of repositories, read and changed past the API; the webhooks hear of it all the same."""

    clock: Clock
    courier: Courier

    @abstractmethod
    def repository(self, owner: str, slug: str) -> Repository: ...

    @abstractmethod
    def moved(self, repository: Repository, before: Refs, after: Refs, by: Any) -> list[Work]:
        """What a change of the refs leads to; called with the lock held, the work is done without."""

    @contextmanager
    def changes(self, repository: Repository, by: Any = None) -> Iterator[None]:
        """Whatever moves refs is done in here: one at a time, and told to others once the lock is free again."""
        todo: list[Work] = []
        with repository.lock:
            before = git.refs(repository.path)
            yield
            after = git.refs(repository.path)
            if before != after:
                if not before:
                    _choose_main_branch(repository.path, after)
                todo = self.moved(repository, before, after, by)
        for work in todo:
            work()

    def serve_git(
        self, environ: Mapping[str, Any], repository: Repository, subpath: str, user: str, by: Any
    ) -> Response:
        """Answer git itself; who may do what it asks for has been decided before."""
        pushes = subpath == "git-receive-pack"
        with self.changes(repository, by) if pushes else nullcontext():
            answer = git.serve(environ, repository.path, subpath, user)
        return Response(answer.get_data(), answer.status_code, headers=list(answer.headers))

    def commit(self, owner: str, slug: str, branch: str, files: Files, message: str = "Change", by: Any = None) -> str:
        """Commit files (None deletes one) on a branch; a new branch starts from the main branch. Gives the hash."""
        repository = self.repository(owner, slug)
        with self.changes(repository, by):
            start = None if git.has_branch(repository.path, branch) else repository.main_branch
            parent = git.resolve(repository.path, start) if start else None
            return git.commit(repository.path, branch, files, message, parent, when=self.clock.datetime())

    def delete_branch(self, owner: str, slug: str, branch: str) -> None:
        repository = self.repository(owner, slug)
        with self.changes(repository):
            git.delete_ref(repository.path, f"refs/heads/{branch}")

    def tag(self, owner: str, slug: str, name: str, target: str = "HEAD", message: str | None = None) -> str:
        """Tag a branch or a hash; annotated when there is a message."""
        repository = self.repository(owner, slug)
        with self.changes(repository):
            return git.tag(repository.path, name, target, message)

    def delete_tag(self, owner: str, slug: str, name: str) -> None:
        repository = self.repository(owner, slug)
        with self.changes(repository):
            git.delete_ref(repository.path, f"refs/tags/{name}")

    def refs(self, owner: str, slug: str) -> dict[str, str]:
        """All branches and tags by full name, as ``git ls-remote`` gives them."""
        return git.refs(self.repository(owner, slug).path)

    def read(self, owner: str, slug: str, path: str, revision: str = "HEAD") -> bytes | None:
        """A file's content, None if there is no such file."""
        return git.read(self.repository(owner, slug).path, revision, path)

    @property
    def deliveries(self) -> list[Delivery]:
        return list(self.courier.deliveries)

    def wait_for_deliveries(self, timeout: float = 30.0) -> list[Delivery]:
        """Wait until every webhook has been delivered or given up; all deliveries since the start."""
        return self.courier.wait(timeout)


def _choose_main_branch(path: Path, refs: Iterable[str]) -> None:
    """The first push to an empty repository decides which branch is the main one."""
    branches = [name.removeprefix("refs/heads/") for name in refs if name.startswith("refs/heads/")]
    chosen = next((name for name in (git.head(path), "main", "master", *branches) if name in branches), None)
    if chosen:
        git.set_head(path, chosen)
