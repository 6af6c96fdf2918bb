# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipelines: made for every branch or tag that moved and has a ``.gitlab-ci.yml``, run in the background.

https://docs.gitlab.com/ci/pipelines/
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .. import git
from . import ci_config
from .model import Pipeline, Project, User
from .runner import Runner

if TYPE_CHECKING:
    from .service import GitLab

ZERO = "0" * 40
RUNNING = ("created", "pending", "running")
AT_ONCE = 2


class Pipelines:
    """``ci_local`` is the path of gitlab-ci-local where it is not found by itself; ``enabled`` False: all are skipped."""

    def __init__(self, service: GitLab) -> None:
        self.service = service
        self.ci_local: Path | None = None
        self.enabled = True
        self._busy = 0
        self._idle = threading.Condition()
        self._places = threading.Semaphore(AT_ONCE)

    def config_path(self, project: Project) -> str:
        return project.settings.get("ci_config_path") or ".gitlab-ci.yml"

    def for_changes(
        self, project: Project, before: Mapping[str, str], after: Mapping[str, str], by: User | None, skip: bool
    ) -> list[Pipeline]:
        """A pipeline for every ref that is new or moved, where there is something to run."""
        out = []
        for ref, sha in after.items():
            if before.get(ref) != sha:
                found = self.create(project, ref, by, before.get(ref, ZERO), skip)
                out += [found] if found else []
        return out

    def create(
        self,
        project: Project,
        ref: str,
        by: User | None,
        before: str = ZERO,
        skip: bool = False,
        source: str = "push",
    ) -> Pipeline | None:
        """One for a full ref name; None where there is no configuration or builds are off."""
        sha = git.resolve(project.git_path, ref)
        if sha is None or project.settings.get("builds_access_level") == "disabled":
            return None
        if git.read(project.git_path, sha, self.config_path(project)) is None:
            return None
        tag = ref.startswith("refs/tags/")
        service = self.service
        pipeline = Pipeline(
            service.next_id("pipeline", 1001),
            len(project.pipelines) + 1,
            project,
            sha,
            ref.split("/", 2)[2],
            tag,
            source,
            service.clock.datetime(),
            by,
            before,
        )
        message = git.log(project.git_path, "-1", sha)[0].message.lower()
        if skip or (source == "push" and ("[ci skip]" in message or "[skip ci]" in message)):
            pipeline.status, pipeline.reason = "skipped", "ci.skip" if skip else "The commit's message says so"
        else:
            self._check(pipeline)
        with service.lock:
            project.pipelines.append(pipeline)
        return pipeline

    def _check(self, pipeline: Pipeline) -> None:
        """A pipeline whose configuration is refused is created as failed, without jobs."""
        wrong = self.errors(pipeline.project, pipeline.sha)
        if wrong:
            pipeline.status, pipeline.yaml_errors = "failed", "\n".join(wrong)
            pipeline.finished_at = pipeline.updated_at = pipeline.created_at

    def errors(self, project: Project, sha: str, text: bytes | str | None = None) -> list[str]:
        """What is wrong with the configuration of a commit, or with a text in its place."""

        def read(path: str) -> bytes | None:
            return git.read(project.git_path, sha, path) if sha else None

        return ci_config.errors(text if text is not None else read(self.config_path(project)) or b"", read)

    def start(self, pipelines: list[Pipeline]) -> None:
        """Run those that are not skipped, each in a thread; returns at once."""
        for pipeline in pipelines:
            if pipeline.status != "created":
                continue
            runner = Runner(self.service, pipeline, self.ci_local)
            missing = "Pipelines are switched off in this sandbox" if not self.enabled else runner.missing()
            if missing:
                pipeline.status, pipeline.reason = "skipped", missing
                continue
            pipeline.status = "pending"
            with self._idle:
                self._busy += 1
            threading.Thread(target=self._run, args=(runner,), name=f"pipeline {pipeline.id}", daemon=True).start()

    def _run(self, runner: Runner) -> None:
        try:
            with self._places:
                runner.run()
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def cancel(self, pipeline: Pipeline) -> None:
        """The running job is killed, what has not started does not start. (No ``after_script`` here.)"""
        if pipeline.status in RUNNING:
            pipeline.cancelled = True

    def wait(self, timeout: float) -> list[Pipeline]:
        with self._idle:
            if not self._idle.wait_for(lambda: self._busy == 0, timeout):
                raise TimeoutError("Pipelines are still running")
        return [pipeline for project in list(self.service.projects.values()) for pipeline in project.pipelines]
