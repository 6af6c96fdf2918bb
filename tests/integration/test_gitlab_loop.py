# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole loop with real parts: git push, webhook and GitLab's fetch (without Premium a step of Bitbucket Pipelines that
pushes), the pipeline by gitlab-ci-local, the status on the commit.

The role sets it up. The test does not know the generated files: it checks what users see in Bitbucket.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.bitbucket.model import BuildStatus
from tests.sandbox.gitlab.model import Pipeline
from tests.sandbox.gitlab.runner import find
from tests.sandbox.sandbox import Sandbox

from .scenarios.gitlab_ci import GitlabCi, GitlabCiPush, project

pytestmark = [
    pytest.mark.skipif(find() is None, reason="gitlab-ci-local is not installed (npm install gitlab-ci-local@4.73.0)"),
    pytest.mark.xdist_group("loop"),
    pytest.mark.any_core,
]
OURS = "tests:\n  script:\n    - sleep 1\n    - test -e works\n"


class Loop:
    """A repository that is wired by the role, and somebody's clone of it."""

    def __init__(self, folder: Path, kind: type[GitlabCi]) -> None:
        folder.mkdir(exist_ok=True)
        self.sandbox = Sandbox(root=folder / "sandbox")
        self.scenario = kind(self.sandbox, folder)
        self.sandbox.bitbucket.commit("acme", "shop", "main", {".gitlab-ci.yml": OURS, "works": ""})
        self.sandbox.gitlab.pipelines.enabled = True
        self.sandbox.start()
        self.scenario.run_here(self.scenario.site).ok()
        self.settle()
        self.clone = folder / "clone"
        self.seen: list[str] = []

    def git(self, *arguments: str) -> str:
        token = self.scenario.token
        helper = f'!f() {{ echo "username={token.git_user}"; echo "password={token.secret}"; }}; f'
        command = ["git", "-c", "credential.helper=", "-c", f"credential.helper={helper}", *arguments]
        done = subprocess.run(
            command, cwd=self.clone if self.clone.exists() else None, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def push(self, branch: str, change: str, *arguments: str) -> str:
        """Commit what ``change`` (a shell command) does, and push it; the commit."""
        if not self.clone.exists():
            self.git("clone", "--quiet", self.sandbox.bitbucket.clone_url("acme", "shop"), str(self.clone))
        self.git("config", "user.name", "Dev")
        self.git("config", "user.email", "dev@example.com")
        self.git("checkout", "--quiet", "-B", branch)
        subprocess.run(change, shell=True, check=True, cwd=self.clone)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", f"{branch}: {change}")
        commit = self.git("rev-parse", "HEAD")
        self.sandbox.clock.advance(600)  # GitLab fetches at most once in five minutes
        self.git("push", "--quiet", "origin", branch, *arguments)
        return commit

    def statuses(self, commit: str) -> list[BuildStatus]:
        repository = self.sandbox.bitbucket.repository("acme", "shop")
        return [status for (sha, _key), status in list(repository.statuses.items()) if sha == commit]

    def follow(self, commit: str) -> Pipeline:
        """Watch the commit in Bitbucket until its pipeline has ended; ``seen`` has the states it showed, in order."""
        self.seen = []
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.01):
                for status in self.statuses(commit):
                    if not self.seen or self.seen[-1] != status.state:
                        self.seen.append(status.state)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            self.settle()
            time.sleep(0.1)
        finally:
            done.set()
            watcher.join()
        (pipeline,) = [one for one in project(self.sandbox).pipelines if one.sha == commit]
        return pipeline

    def settle(self) -> None:
        """Wait until nothing is under way in either of them."""
        bitbucket, gitlab = self.sandbox.bitbucket, self.sandbox.gitlab
        bitbucket.wait_for_deliveries()
        bitbucket.wait_for_pipelines()
        if self.scenario.edition == "premium":
            gitlab.wait_for_mirror(project(self.sandbox))
        gitlab.wait_for_pipelines()


@pytest.fixture(scope="module", params=[GitlabCi, GitlabCiPush], ids=["pull", "push"])
def loop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    made = Loop(tmp_path_factory.mktemp("loop"), request.param)
    yield made
    made.sandbox.stop()


def test_a_push_that_passes_is_in_progress_and_then_successful(loop: Loop) -> None:
    commit = loop.push("main", "echo open > shop.txt")
    pipeline = loop.follow(commit)
    assert pipeline.status == "success", [(job.name, job.status, job.trace) for job in pipeline.jobs]
    assert loop.seen == ["INPROGRESS", "SUCCESSFUL"]
    (status,) = loop.statuses(commit)
    assert status.url == f"{loop.sandbox.gitlab.url}/acme/shop/-/pipelines/{pipeline.id}"
    assert status.refname == "main"


def test_a_push_that_fails_is_failed_and_its_mend_successful(loop: Loop) -> None:
    commit = loop.push("feature/broken", "rm works")
    pipeline = loop.follow(commit)
    assert pipeline.status == "failed"
    assert loop.seen == ["INPROGRESS", "FAILED"]
    (status,) = loop.statuses(commit)
    assert status.refname == "feature/broken"
    mended = loop.push("feature/broken", "touch works")
    assert loop.follow(mended).status == "success"
    assert loop.seen == ["INPROGRESS", "SUCCESSFUL"]


def test_the_token_is_in_no_trace(loop: Loop) -> None:
    traces = "".join(job.trace for pipeline in project(loop.sandbox).pipelines for job in pipeline.jobs)
    assert traces and loop.scenario.token.secret not in traces


def test_the_probe_waits_for_the_status_of_its_commit(loop: Loop) -> None:
    site = loop.scenario.site
    run = loop.scenario.run(site, gitlab_ci_probe=True, gitlab_ci_probe_delay=1, gitlab_ci_probe_timeout=200).ok()
    assert "The build status of the probe arrived" in run.output and "SUCCESSFUL in Bitbucket" in run.output
    loop.settle()
    assert "refs/heads/repobridge-probe" not in loop.sandbox.bitbucket.refs("acme", "shop")
    assert "refs/heads/repobridge-probe" not in loop.sandbox.gitlab.refs(project(loop.sandbox))
    assert loop.scenario.run_here(site).ok().changed == 0
