# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipelines: when there is one, what it knows, and that it really runs where gitlab-ci-local is installed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.sandbox import git
from tests.sandbox.gitlab import Pipeline
from tests.sandbox.gitlab.runner import Runner, find
from tests.sandbox.gitlab.world import World

SIMPLE = "job:\n  script: [echo hello]\n"


def _missing() -> str | None:
    program = find()
    if program is None:
        return "gitlab-ci-local is not installed (npm install gitlab-ci-local@4.73.0)"
    probe = Runner.__new__(Runner)
    probe.program = program
    return probe.missing()


needs_runner = pytest.mark.skipif(_missing() is not None, reason=_missing() or "")


def ran(world: World, config: str, branch: str = "main", **files: str) -> Pipeline:
    """The pipeline of a push of these files."""
    world.gitlab.pipelines.enabled = True
    contents = {".gitlab-ci.yml": config, **{name.replace("__", "/"): text for name, text in files.items()}}
    world.gitlab.commit(world.project, branch, contents, by=world.owner)
    return [one for one in world.gitlab.wait_for_pipelines() if one.ref == branch][-1]


def test_no_pipeline_without_a_configuration(world: World) -> None:
    world.gitlab.commit(world.project, "main", {"README.md": "x"})
    assert world.call("GET", "pipelines").json() == []


def test_no_pipeline_with_builds_switched_off(world: World) -> None:
    world.call("PUT", "", json={"builds_access_level": "disabled"})
    world.gitlab.commit(world.project, "main", {".gitlab-ci.yml": SIMPLE})
    assert world.call("GET", "pipelines").status_code == 403
    assert world.gitlab.wait_for_pipelines() == []


def test_skipped_with_a_reason_where_there_is_no_runner(world: World) -> None:
    world.gitlab.pipelines.enabled = True
    world.gitlab.pipelines.ci_local = Path("/nowhere/gitlab-ci-local")
    world.gitlab.commit(world.project, "main", {".gitlab-ci.yml": SIMPLE})
    (pipeline,) = world.gitlab.wait_for_pipelines()
    assert pipeline.status == "skipped" and "npm install" in str(pipeline.reason)
    assert world.call("GET", "pipelines").json()[0]["status"] == "skipped"


def test_the_commit_s_message_can_skip(world: World) -> None:
    world.gitlab.commit(world.project, "main", {".gitlab-ci.yml": SIMPLE}, "Change [skip ci]")
    (pipeline,) = world.gitlab.wait_for_pipelines()
    assert pipeline.status == "skipped"


def test_a_mirror_starts_pipelines_only_if_told(world: World) -> None:
    world.source.bitbucket.commit("acme", "app", "main", {".gitlab-ci.yml": SIMPLE})
    world.mirror(mirror_trigger_builds=False)
    assert world.gitlab.wait_for_pipelines() == []
    world.source.bitbucket.commit("acme", "app", "main", {"a": "1"})
    world.mirror(mirror_trigger_builds=False)
    assert world.gitlab.wait_for_pipelines() == []
    world.source.bitbucket.commit("acme", "app", "main", {"a": "2"})
    world.source.bitbucket.commit("acme", "app", "feature/new", {"a": "3"})
    world.mirror(mirror_trigger_builds=True)
    made = world.gitlab.wait_for_pipelines()
    assert {one.ref for one in made} == {"main", "feature/new"}
    assert made[0].user is world.owner


@needs_runner
def test_it_runs_and_its_jobs_and_traces_can_be_read(world: World) -> None:
    pipeline = ran(
        world,
        """
stages: [test, late]
good:
  stage: test
  image: alpine
  script: ['echo "on $CI_COMMIT_REF_NAME"']
"with space":
  stage: test
  script: [echo spaced]
by hand:
  stage: test
  when: manual
  script: [echo never]
on failure:
  stage: late
  when: on_failure
  script: [echo never]
""",
    )
    assert pipeline.status == "success", (pipeline.reason, pipeline.yaml_errors)
    one = world.call("GET", f"pipelines/{pipeline.id}").json()
    assert one["status"] == "success" and one["sha"] == world.gitlab.refs(world.project)["refs/heads/main"]
    jobs = {job["name"]: job for job in world.call("GET", f"pipelines/{pipeline.id}/jobs").json()}
    assert {name: job["status"] for name, job in jobs.items()} == {
        "good": "success",
        "with space": "success",
        "by hand": "manual",
        "on failure": "skipped",
    }
    assert "on main" in world.call("GET", f"jobs/{jobs['good']['id']}/trace").text


@needs_runner
def test_a_failing_job_fails_it_and_the_on_failure_job_runs(world: World) -> None:
    pipeline = ran(
        world,
        """
stages: [test, late]
bad: {stage: test, script: [exit 3]}
may fail: {stage: test, script: [exit 4], allow_failure: true}
told: {stage: late, when: on_failure, script: [echo sorry]}
not told: {stage: late, script: [echo fine]}
""",
    )
    assert pipeline.status == "failed"
    assert {job.name: job.status for job in pipeline.jobs} == {
        "bad": "failed",
        "may fail": "failed",
        "told": "success",
        "not told": "skipped",
    }


STAGES = "stages: [build, approve, deploy]\ncompile: {stage: build, script: [echo]}\n"
BEHIND = "ship: {stage: deploy, script: [echo]}\nreport: {stage: .post, script: [echo]}\n"
ANYHOW = (
    "cleanup: {stage: .post, when: always, script: [echo]}\nsorry: {stage: .post, when: on_failure, script: [echo]}\n"
)


def statuses(world: World, pipeline: Pipeline) -> dict[str, str]:
    return {job["name"]: job["status"] for job in world.call("GET", f"pipelines/{pipeline.id}/jobs").json()}


@needs_runner
@pytest.mark.parametrize("approval", ["rules: [{when: manual}]", "when: manual, allow_failure: false"])
def test_no_stage_behind_a_blocking_manual_job_runs(world: World, approval: str) -> None:
    beside = "beside: {stage: approve, script: [echo]}\nat once: {stage: deploy, needs: [compile], script: [echo]}\n"
    approve = f"approve: {{stage: approve, script: [echo], {approval}}}\n"
    pipeline = ran(world, STAGES + approve + beside + BEHIND + ANYHOW)
    assert statuses(world, pipeline) == {
        "compile": "success",
        "approve": "manual",
        "beside": "success",
        "at once": "success",
        "ship": "created",
        "report": "created",
        "cleanup": "created",
        "sorry": "created",
    }
    one = world.call("GET", f"pipelines/{pipeline.id}").json()
    assert one["status"] == "manual" and one["finished_at"] is None


@needs_runner
@pytest.mark.parametrize("approval", ["when: manual", "rules: [{when: manual, allow_failure: true}]"])
def test_nothing_waits_for_an_optional_manual_job(world: World, approval: str) -> None:
    pipeline = ran(world, STAGES + f"approve: {{stage: approve, script: [echo], {approval}}}\n" + BEHIND)
    assert pipeline.status == "success" and statuses(world, pipeline) == {
        "compile": "success",
        "approve": "manual",
        "ship": "success",
        "report": "success",
    }


@needs_runner
def test_what_comes_after_a_failure_does_not_wait_for_anybody(world: World) -> None:
    failing = STAGES.replace("[echo]", "[exit 1]")
    pipeline = ran(world, failing + "approve: {stage: approve, script: [echo], rules: [{when: manual}]}\n" + ANYHOW)
    assert pipeline.status == "failed" and statuses(world, pipeline) == {
        "compile": "failed",
        "approve": "skipped",
        "cleanup": "success",
        "sorry": "success",
    }


@needs_runner
@pytest.mark.parametrize("stage", [".pre", ".post"])
def test_a_blocking_manual_job_at_either_end(world: World, stage: str) -> None:
    approve = f"approve: {{stage: {stage}, script: [echo], rules: [{{when: manual}}]}}\n"
    pipeline = ran(world, STAGES + approve)
    assert pipeline.status == "manual" and pipeline.reason is None
    compiled = {".pre": "created", ".post": "success"}[stage]
    assert statuses(world, pipeline) == {"compile": compiled, "approve": "manual"}


@needs_runner
def test_a_broken_configuration_fails_without_jobs(world: World) -> None:
    pipeline = ran(world, "job: {stage: nowhere, script: [echo]}\n")
    assert pipeline.status == "failed" and pipeline.yaml_errors
    assert world.call("GET", f"pipelines/{pipeline.id}").json()["yaml_errors"]


@needs_runner
def test_variables_reach_the_jobs_as_gitlab_gives_them(world: World) -> None:
    for variable in (
        {"key": "HIDDEN", "value": "hidden-value-$HOME", "masked_and_hidden": True, "raw": True},
        {"key": "EXPANDED", "value": "see $PLAIN"},
        {"key": "PLAIN", "value": "plain"},
        {"key": "PROTECTED", "value": "only-main", "protected": True},
        {"key": "CONFIG", "value": "in a file\n", "variable_type": "file"},
        {"key": "SCOPED", "value": "for production", "environment_scope": "production"},
    ):
        assert world.call("POST", "variables", json=variable).status_code == 201
    config = """
variables: {PLAIN: from the file}
job:
  script:
    - echo "plain=$PLAIN expanded=$EXPANDED protected=$PROTECTED scoped=$SCOPED hidden=$HIDDEN"
    - test "$HIDDEN" = 'hidden-value-$HOME'
    - cat "$CONFIG"
    - echo "url=$CI_PIPELINE_URL project=$CI_PROJECT_PATH job=$CI_JOB_NAME ref=$CI_COMMIT_BRANCH ci=$GITLAB_CI"
    - echo "sha=$CI_COMMIT_SHA"
    - 'test -z "$PYTEST_CURRENT_TEST"'
deploy:
  environment: production
  script: ['echo "scoped=$SCOPED"']
"""
    pipeline = ran(world, config)
    assert pipeline.status == "success", [job.trace for job in pipeline.jobs]
    traces = {job.name: job.trace for job in pipeline.jobs}
    assert "plain=plain expanded=see plain protected=only-main scoped= hidden=[MASKED]" in traces["job"]
    assert "in a file" in traces["job"] and "scoped=for production" in traces["deploy"]
    web = f"{world.gitlab.url}/acme/app"
    assert f"url={web}/-/pipelines/{pipeline.id} project=acme/app job=job ref=main ci=true" in traces["job"]
    assert f"sha={pipeline.sha}" in traces["job"]
    assert "hidden-value" not in traces["job"]
    other = ran(world, config.replace("expanded", "other"), "feature/x")
    assert "protected= scoped=" in {job.name: job.trace for job in other.jobs}["job"]


@needs_runner
def test_rules_see_what_the_pipeline_is_of(world: World) -> None:
    config = """
of a branch: {script: [echo branch], rules: [{if: $CI_COMMIT_BRANCH}]}
of a tag: {script: ['echo "$CI_COMMIT_TAG of $CI_COMMIT_REF_NAME"'], rules: [{if: $CI_COMMIT_TAG}]}
on the default branch: {script: [echo default], rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}
by push: {script: [echo push], rules: [{if: '$CI_PIPELINE_SOURCE == "push" && $SWITCH == "on"'}]}
"""
    world.call("POST", "variables", json={"key": "SWITCH", "value": "on"})
    assert {job.name for job in ran(world, config).jobs} == {"of a branch", "on the default branch", "by push"}
    assert {job.name for job in ran(world, config, "topic", x="1").jobs} == {"of a branch", "by push"}
    with world.gitlab.changes(world.project, world.owner):
        git.tag(world.project.git_path, "v1", "main")
    tagged = world.gitlab.wait_for_pipelines()[-1]
    assert tagged.tag and {job.name: job.status for job in tagged.jobs} == {"of a tag": "success", "by push": "success"}
    assert "v1 of v1" in next(job.trace for job in tagged.jobs if job.name == "of a tag")


@needs_runner
def test_included_files_and_the_executable_bit_are_the_commit_s(world: World) -> None:
    pipeline = ran(world, "include: [{local: ci/more.yml}]\n", **{"ci/more.yml": SIMPLE})
    assert [job.name for job in pipeline.jobs] == ["job"] and pipeline.status == "success"
    refused = ran(world, "job: {script: [./tool]}\n", tool="#!/bin/sh\nexit 0\n")
    assert refused.status == "failed"  # 126: not executable


@needs_runner
def test_a_running_pipeline_can_be_cancelled(world: World) -> None:
    world.gitlab.pipelines.enabled = True
    world.gitlab.commit(world.project, "main", {".gitlab-ci.yml": "job: {script: [sleep 60]}\n"})
    number = world.call("GET", "pipelines").json()[0]["id"]
    assert world.call("POST", f"pipelines/{number}/cancel").status_code == 201
    (pipeline,) = world.gitlab.wait_for_pipelines(30)
    assert pipeline.status == "canceled" and pipeline.jobs[0].status == "canceled"


@pytest.fixture
def posts() -> Iterator[tuple[str, list[bytes]]]:
    """Somebody a job can report to."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{listener.server_port}/", received
    listener.shutdown()
    listener.server_close()


@needs_runner
def test_the_loop_from_a_push_to_a_job_that_reports(world: World, posts: tuple[str, list[bytes]]) -> None:
    url, received = posts
    world.mirror()
    world.gitlab.clock.advance(310)
    world.gitlab.pipelines.enabled = True
    config = f"job: {{script: ['curl --fail --silent --data $CI_COMMIT_SHA {url}']}}\n"
    sha = world.source.bitbucket.commit("acme", "app", "main", {".gitlab-ci.yml": config})
    world.call("POST", "mirror/pull")
    assert world.gitlab.wait_for_mirror(world.project) == "finished"
    (pipeline,) = world.gitlab.wait_for_pipelines()
    assert pipeline.status == "success", pipeline.jobs[0].trace
    assert received == [sha.encode()]
