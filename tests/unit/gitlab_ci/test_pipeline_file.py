# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated part of the pipeline, run for real by gitlab-ci-local against the sandbox's Bitbucket."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.include import add_include
from tests.sandbox import git
from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.server import Server

from .render import render

PART = ".gitlab/repobridge.gitlab-ci.yml"
ROOT = Path(__file__).resolve().parents[3]
OWN = "# Ours\nunit tests:\n  script: test -f good\n"


def program() -> str | None:
    """gitlab-ci-local on the PATH, or installed by npm in or below the collection's folder."""
    places = [ROOT / "node_modules" / ".bin", ROOT / ".build" / "node_modules" / ".bin"]
    return shutil.which("gitlab-ci-local", path=os.pathsep.join([os.environ["PATH"], *map(str, places)]))


def lacking() -> list[str]:
    found = {"gitlab-ci-local": program(), **{name: shutil.which(name) for name in ("curl", "rsync", "node", "bash")}}
    return [name for name, place in found.items() if not place]


needs_runner = pytest.mark.skipif(bool(lacking()), reason=f"not installed: {', '.join(lacking())}")


def part(**variables: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(render("repobridge.gitlab-ci.yml.j2", **variables))
    return loaded


def test_its_jobs_have_nothing_of_the_others() -> None:
    common = part()[".bitbucket-status"]
    assert common["inherit"] == {"default": False} and common["dependencies"] == [] and common["interruptible"] is True
    assert "tags" not in common


def test_where_it_runs_can_be_said() -> None:
    loaded = part(
        gitlab_ci_image="registry.example.com/curl:1",
        gitlab_ci_runner_tags=["small"],
        gitlab_ci_script_path="ci/status",
    )
    assert loaded[".bitbucket-status"]["image"] == {"name": "registry.example.com/curl:1", "entrypoint": [""]}
    assert loaded[".bitbucket-status"]["tags"] == ["small"]
    assert loaded["bitbucket-passed"]["script"] == ["sh ./ci/status passed"]


def test_canceled_jobs_report_only_if_wanted() -> None:
    assert "canceled" in part()["default"]["after_script"][0]
    assert "default" not in part(gitlab_ci_report_canceled=False)


class Project:
    """A clone of the repository with the generated files in it."""

    def __init__(self, server: Server, bitbucket: Bitbucket, ada: User, folder: Path) -> None:
        self.server, self.bitbucket, self.folder = server, bitbucket, folder
        self.token = bitbucket.create_api_token(ada, ["read:repository:bitbucket"]).secret
        self.variables = {
            "BITBUCKET_USERNAME": ada.email,
            "BITBUCKET_ACCESS_TOKEN": self.token,
            "BUILD_STATUS_ATTEMPTS": "1",
            "CI_PIPELINE_URL": "https://gitlab.example.com/group/sub/shop/-/pipelines/7",
        }
        files = {
            "build_status": git.executable(render("build_status.sh.j2", _gitlab_ci_statuses_api_url=bitbucket.url)),
            PART: render("repobridge.gitlab-ci.yml.j2"),
            ".gitlab-ci.yml": add_include(OWN, PART),
        }
        bitbucket.commit("acme", "shop", "main", files)
        folder.mkdir()
        git.run(folder, "clone", "--quiet", str(bitbucket.repository("acme", "shop").path), ".")
        git.run(folder, "remote", "set-url", "origin", "https://gitlab.example.com/group/sub/shop.git")

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        given = [f"--variable={name}={value}" for name, value in {**self.variables, **variables}.items()]
        home = self.folder.parent / "home"
        home.mkdir(exist_ok=True)
        return subprocess.run(
            [program() or "", "--force-shell-executor", "--no-color", "--state-dir=../state", *given, *arguments],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "no_proxy": "*"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def states(self) -> list[str]:
        """What Bitbucket was told, in order."""
        calls = [call for call in self.server.calls.all() if call.method == "POST"]
        return [yaml.safe_load(call.body)["state"] for call in calls]


@pytest.fixture
def project(server: Server, bitbucket: Bitbucket, ada: User, tmp_path: Path) -> Project:
    return Project(server, bitbucket, ada, tmp_path / "shop")


@needs_runner
def test_a_pipeline_that_passes(project: Project) -> None:
    (project.folder / "good").touch()
    done = project.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.states == ["INPROGRESS", "SUCCESSFUL"]
    (status,) = project.bitbucket.repository("acme", "shop").statuses.values()
    assert (status.state, status.refname, status.url) == ("SUCCESSFUL", "main", project.variables["CI_PIPELINE_URL"])
    assert project.token not in done.stdout + done.stderr


@needs_runner
def test_a_pipeline_that_fails(project: Project) -> None:
    assert project.run().returncode == 1
    assert project.states == ["INPROGRESS", "FAILED"]


@needs_runner
def test_a_status_that_bitbucket_refuses_fails_the_pipeline(project: Project) -> None:
    (project.folder / "good").touch()
    done = project.run(BITBUCKET_ACCESS_TOKEN="wrong")
    assert done.returncode == 1 and project.states == ["INPROGRESS", "SUCCESSFUL"]
    assert "401" in done.stdout + done.stderr and not project.bitbucket.repository("acme", "shop").statuses


@needs_runner
def test_that_it_begins_need_not_be_told(project: Project) -> None:
    (project.folder / "good").touch()
    project.server.faults.add("status", status=503, match="POST")
    assert project.run().returncode == 0
    assert project.bitbucket.repository("acme", "shop").statuses and len(project.states) == 2


@needs_runner
def test_a_job_that_was_canceled_says_so(project: Project) -> None:
    """gitlab-ci-local can't cancel; the line of the after_script is run as a canceled job would."""
    (line,) = part()["default"]["after_script"]
    sha = project.bitbucket.refs("acme", "shop")["refs/heads/main"]
    environment = {**os.environ, **project.variables, "CI_COMMIT_SHA": sha, "no_proxy": "*"}
    for status in ("success", "failed", "canceled"):
        subprocess.run(["sh", "-c", line], cwd=project.folder, env={**environment, "CI_JOB_STATUS": status}, check=True)
    assert project.states == ["STOPPED"]
