# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role chooses where nobody says how commits get to GitLab, and the probe of the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.sandbox import Sandbox

from .scenarios.gitlab_ci import GitlabCi, GitlabCiCommunity, GitlabCiPush


@pytest.fixture
def scenario(kind: type[GitlabCi], tmp_path: Path) -> Iterator[GitlabCi]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = kind(sandbox, tmp_path)
    sandbox.start()
    yield made
    sandbox.stop()


@pytest.mark.parametrize("kind", [GitlabCi, GitlabCiPush, GitlabCiCommunity], ids=lambda kind: kind.edition)
def test_auto_chooses_by_what_gitlab_can_do_and_says_so(scenario: GitlabCi) -> None:
    run = scenario.run(scenario.site, gitlab_ci_mirror="auto").ok()
    chosen = "pull" if scenario.edition == "premium" else "push"
    assert f"{chosen}, chosen by what GitLab there can do" in run.output
    if chosen == "push":
        assert "/admin/pipelines/repository-variables" in run.output and "GITLAB_PUSH_TOKEN" in run.output
    scenario.verify()


@pytest.mark.parametrize("kind", [GitlabCiPush, GitlabCiCommunity], ids=lambda kind: kind.edition)
def test_a_pull_mirror_that_cannot_be_names_the_licence_and_the_way_out(scenario: GitlabCi) -> None:
    run = scenario.run(scenario.site, gitlab_ci_mirror="pull")
    (failure,) = run.failures
    assert "Premium" in failure["msg"] and "push from Bitbucket" in failure["msg"]
    scenario.run(scenario.site).ok()
    scenario.verify()


@pytest.mark.parametrize("kind", [GitlabCiPush], ids=["push"])
def test_a_pipelines_file_of_somebody_else_is_left_alone(scenario: GitlabCi) -> None:
    ours = "pipelines:\n  default:\n    - step:\n        script: [make]\n"
    scenario.sandbox.bitbucket.commit("acme", "shop", "main", {"bitbucket-pipelines.yml": ours})
    run = scenario.run(scenario.site).ok()
    assert "bitbucket-pipelines.yml is yours and was left as it is" in run.output
    scenario.run(scenario.teardown).ok()
    assert scenario.sandbox.bitbucket.read("acme", "shop", "bitbucket-pipelines.yml", "main") == ours.encode()
