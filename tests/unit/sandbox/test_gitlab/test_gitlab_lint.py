# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations that GitLab refuses, by lint and by a pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.gitlab.world import World

JOB = "job: {script: [echo hello]}\n"
DEFAULT = "default: {after_script: [echo ours]}\n"
TWICE = "after_script is defined in top-level and `default:` entry"


def lint(world: World, content: str, **more: Any) -> list[str]:
    answer = world.call("POST", "ci/lint", json={"content": content, **more}).json()
    assert answer["valid"] is (not answer["errors"]) and (answer["merged_yaml"] is None) is bool(answer["errors"])
    return list(answer["errors"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (JOB, None),
        (JOB + DEFAULT, None),
        (JOB + "after_script: [echo]\n", None),
        (JOB + DEFAULT + "after_script: [echo]\n", TWICE),
        (JOB + "default: {image: alpine}\nimage: alpine\n", TWICE.replace("after_script", "image")),
        (JOB + "default: {cache: {}}\ncache: {}\n", TWICE.replace("after_script", "cache")),
        (JOB + "default: {interruptible: true}\nvariables: {A: b}\n", None),
        ("job: {script: [!reference [.a, script]], extends: .a}\n.a: {script: [echo]}\n", None),
        ("spec: {inputs: {}}\n---\n" + JOB, None),
        ("include: [{remote: 'https://ci.example.com/jobs.yml'}]\n", None),
        ("", "Please provide content of .gitlab-ci.yml"),
        ("[1, 2]", "Invalid configuration format"),
        ("job: [", "Invalid configuration format"),
        (".hidden: {script: [echo]}\n", "jobs config should contain at least one visible job"),
        ("job: {stage: test}\n", "jobs job config should implement the script:, run:, or trigger: keyword"),
        (
            "stages: [a, b]\njob: {stage: c, script: [echo]}\n",
            "job job: chosen stage c does not exist; available stages are .pre, a, b, .post",
        ),
        ("include: [{local: /none.yml}]\n" + JOB, "Local file `/none.yml` does not exist!"),
    ],
)
def test_what_is_refused_and_in_which_words(world: World, content: str, words: str | None) -> None:
    world.gitlab.commit(world.project, "main", {"README.md": "x"})
    found = lint(world, content)
    assert len(found) == (words is not None) and all(one.startswith(words or "") for one in found)


def test_an_included_file_can_clash_with_the_project_s_own(world: World) -> None:
    """GitLab puts all files together first: a ``default`` that somebody includes meets what the user's file has."""
    world.gitlab.commit(world.project, "main", {"ci/ours.yml": DEFAULT, "ci/more.yml": "include: ci/ours.yml\n"})
    for include in (
        "include: [{local: ci/ours.yml}]\n",
        "include: [/ci/ours.yml]\n",
        "include: {local: ci/more.yml}\n",
    ):
        assert lint(world, include + JOB) == []
        assert lint(world, include + JOB + "after_script: [echo theirs]\n") == [TWICE]


def test_a_refused_configuration_is_a_failed_pipeline_without_jobs(world: World) -> None:
    world.gitlab.commit(world.project, "main", {".gitlab-ci.yml": JOB + DEFAULT + "after_script: [echo]\n"})
    assert world.call("GET", "ci/lint").json()["errors"] == [TWICE]
    (pipeline,) = world.call("GET", "pipelines").json()
    one = world.call("GET", f"pipelines/{pipeline['id']}").json()
    assert one["status"] == "failed" and one["yaml_errors"] == TWICE
    assert world.call("GET", f"pipelines/{pipeline['id']}/jobs").json() == []


def test_a_developer_may_ask_and_a_stranger_may_not(world: World) -> None:
    world.gitlab.commit(world.project, "main", {".gitlab-ci.yml": JOB})
    for method in ("GET", "POST"):
        assert world.call(method, "ci/lint", world.developer_token, json={"content": JOB}).status_code == 200
        assert world.call(method, "ci/lint", None, json={"content": JOB}).status_code in (401, 404)
    assert world.call("GET", "ci/lint?content_ref=none").status_code == 404
