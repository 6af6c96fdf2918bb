# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated build_status, run by real shells against the sandbox's Bitbucket."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.bitbucket import Bitbucket, User
from tests.sandbox.bitbucket.model import BuildStatus
from tests.sandbox.server import Server

from .render import render

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
PIPELINE = "https://gitlab.example.com/group/sub/shop/-/pipelines/7"
READ = ("read:repository:bitbucket",)


class Job:
    """A job of GitLab CI/CD that runs the script."""

    def __init__(self, bitbucket: Bitbucket, ada: User, folder: Path, watched: Path) -> None:
        self.bitbucket, self.folder, self.watched = bitbucket, folder, watched
        self.token = bitbucket.create_api_token(ada, READ).secret
        self.shell = ["sh"]
        self.write()
        self.environment = {
            "PATH": f"{watched}{os.pathsep}{os.environ['PATH']}",
            "CI_COMMIT_SHA": bitbucket.refs("acme", "shop")["refs/heads/main"],
            "CI_COMMIT_BRANCH": "main",
            "CI_PIPELINE_URL": PIPELINE,
            "CI_PROJECT_NAMESPACE": "group/sub",
            "CI_PROJECT_NAME": "another",
            "BITBUCKET_USERNAME": ada.email,
            "BITBUCKET_ACCESS_TOKEN": self.token,
            "BUILD_STATUS_PAUSE": "0",
            "no_proxy": "*",
        }

    def write(self, **variables: str) -> None:
        script = render("build_status.sh.j2", _gitlab_ci_statuses_api_url=self.bitbucket.url, **variables)
        (self.folder / "build_status").write_text(script)

    def __call__(self, *arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
        merged = {**self.environment, **environment}
        variables = {name: value for name, value in merged.items() if value is not None}
        done = subprocess.run(
            [*self.shell, "build_status", *arguments],
            cwd=self.folder,
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        seen = self.watched / "arguments"
        shown = done.stdout + done.stderr + (seen.read_text() if seen.exists() else "")
        for secret in filter(None, (variables.get("BITBUCKET_ACCESS_TOKEN"), self.token)):
            assert secret not in shown
        return done

    @property
    def statuses(self) -> list[BuildStatus]:
        return list(self.bitbucket.repository("acme", "shop").statuses.values())


@pytest.fixture
def job(bitbucket: Bitbucket, ada: User, tmp_path: Path, watched: Path) -> Job:
    return Job(bitbucket, ada, tmp_path, watched)


def posts(server: Server) -> int:
    return len([call for call in server.calls.all() if call.method == "POST"])


@pytest.mark.parametrize(
    ("word", "state"),
    [("running", "INPROGRESS"), ("passed", "SUCCESSFUL"), ("failed", "FAILED"), ("canceled", "STOPPED")],
)
def test_each_status(job: Job, shell: list[str], word: str, state: str) -> None:
    job.shell = shell
    done = job(word)
    assert done.returncode == 0, done.stderr
    (status,) = job.statuses
    assert (status.state, status.url, status.refname, status.name) == (state, PIPELINE, "main", "GitLab CI/CD")


def test_the_last_one_takes_the_place_of_the_others(job: Job) -> None:
    for word in ("running", "failed", "running", "passed"):
        assert job(word).returncode == 0
    (status,) = job.statuses
    assert status.state == "SUCCESSFUL" and len(status.key) <= 40


def test_the_key_is_the_projects_and_the_pipelines(job: Job) -> None:
    keys = set()
    for variables in ({}, {"gitlab_ci_pipeline_name": "Nightly"}, {"gitlab_ci_project_path": "x" * 90}):
        text = render("build_status.sh.j2", **variables)
        found = re.search(r"^key=(.*)$", text, re.MULTILINE)
        assert found and len(found[1]) <= 40
        keys.add(found[1])
        assert text == render("build_status.sh.j2", **variables)
    assert len(keys) == 3
    job.write(gitlab_ci_status_key="x" * 41)
    assert job("passed").returncode == 1 and not job.statuses


def test_the_documented_way_of_calling_it(job: Job) -> None:
    assert job(BUILD_STATUS="passed").returncode == 0
    assert job.statuses[0].state == "SUCCESSFUL"


def test_an_access_token_needs_no_user(job: Job, bitbucket: Bitbucket, shell: list[str]) -> None:
    job.shell = shell
    token = bitbucket.create_access_token("repository", "acme", "shop", scopes=["repository"]).secret
    for user in (None, ""):
        assert job("passed", BITBUCKET_USERNAME=user, BITBUCKET_ACCESS_TOKEN=token).returncode == 0


def test_a_tag_has_no_branch(job: Job) -> None:
    assert job("passed", CI_COMMIT_BRANCH=None, CI_COMMIT_TAG="v1").returncode == 0
    assert job.statuses[0].refname is None


def test_names_that_need_quoting(job: Job, shell: list[str]) -> None:
    job.shell = shell
    name = 'It\'s "the" $HOME \\ `pipeline` {1,2} ü'
    job.write(gitlab_ci_pipeline_name=name)
    assert job("passed", CI_COMMIT_BRANCH='fix/"quotes"-$x', CI_PIPELINE_URL=f"{PIPELINE}?a=[1]").returncode == 0
    (status,) = job.statuses
    assert (status.name, status.refname, status.url) == (name, 'fix/"quotes"-$x', f"{PIPELINE}?a=[1]")


def test_a_uuid_in_braces_is_a_repository(job: Job, bitbucket: Bitbucket) -> None:
    job.write(gitlab_ci_repository=bitbucket.repository("acme", "shop").uuid)
    assert job("passed").returncode == 0, job("passed").stderr
    assert job("passed", BITBUCKET_NAMESPACE="acme", BITBUCKET_REPOSITORY="shop").returncode == 0
    assert job("passed", BITBUCKET_REPOSITORY="nothing").returncode == 1


@pytest.mark.parametrize("token", ["wrong", 'wr"ong\\$HOME'])
def test_a_wrong_token_fails_the_job_with_bitbuckets_words(job: Job, shell: list[str], token: str) -> None:
    job.shell = shell
    done = job("passed", BITBUCKET_ACCESS_TOKEN=token)
    assert done.returncode == 1 and "401 Login failed" in done.stderr and "e-mail" in done.stderr
    assert not job.statuses


def test_a_missing_scope_fails_the_job(job: Job, bitbucket: Bitbucket, ada: User) -> None:
    token = bitbucket.create_api_token(ada, ["read:user:bitbucket"]).secret
    done = job("passed", BITBUCKET_ACCESS_TOKEN=token)
    assert done.returncode == 1 and "403" in done.stderr and "read:repository:bitbucket" in done.stderr


@pytest.mark.parametrize("code", [429, 500, 503])
def test_what_passes_is_tried_again(job: Job, server: Server, shell: list[str], code: int) -> None:
    job.shell = shell
    server.faults.add("status", status=code, match="POST", times=2)
    assert job("passed").returncode == 0
    assert job.statuses[0].state == "SUCCESSFUL" and posts(server) == 3


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_a_lost_connection_is_tried_again(job: Job, server: Server, kind: str) -> None:
    server.faults.add(kind, match="POST")
    assert job("passed").returncode == 0
    assert [status.state for status in job.statuses] == ["SUCCESSFUL"]


def test_what_stays_fails_the_job_after_five_times(job: Job, server: Server) -> None:
    server.faults.add("status", status=503, match="POST", times=None)
    done = job("passed")
    assert done.returncode == 1 and posts(server) == 5 and "503" in done.stderr


def test_what_does_not_pass_is_tried_once(job: Job, server: Server) -> None:
    assert job("passed", CI_COMMIT_SHA="0" * 40).returncode == 1
    assert posts(server) == 1


def test_a_service_that_is_not_there_fails_the_job(job: Job) -> None:
    done = job("passed", BITBUCKET_API_URL="http://127.0.0.1:9", BUILD_STATUS_ATTEMPTS="2")
    assert done.returncode == 1 and "curl: (7)" in done.stderr and "000" in done.stderr


def test_an_answer_with_the_token_in_it_is_not_shown(job: Job) -> None:
    # A path with the token in it: Bitbucket quotes it in its answer.
    done = job("passed", CI_COMMIT_SHA=job.token)
    assert done.returncode == 1 and "not shown, it contains the token" in done.stderr


def test_a_shell_that_shows_its_commands_does_not_show_it(job: Job, shell: list[str]) -> None:
    job.shell = [*shell, "-x"]
    assert job("passed").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        ((), {}, 2),
        (("sneezed",), {}, 2),
        (("passed",), {"BITBUCKET_ACCESS_TOKEN": None}, 1),
        (("passed",), {"CI_COMMIT_SHA": None}, 1),
        (("passed",), {"PATH": "/nothing"}, 1),
    ],
)
def test_what_can_not_work_says_so(
    job: Job, server: Server, arguments: tuple[str, ...], environment: dict[str, str | None], code: int
) -> None:
    job.shell = [shutil.which("sh") or "sh"]
    done = job(*arguments, **environment)
    assert done.returncode == code and "build_status: " in done.stderr and not posts(server)


def test_the_body_is_json(job: Job, server: Server) -> None:
    job("passed")
    (call,) = [call for call in server.calls.all() if call.method == "POST"]
    assert set(json.loads(call.body)) == {"key", "state", "name", "description", "url", "refname"}
