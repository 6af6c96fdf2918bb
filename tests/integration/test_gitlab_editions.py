# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role chooses where nobody says how commits get to GitLab, and what becomes of tokens that change or get lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.sandbox import Sandbox

from .scenarios.gitlab_ci import SCOPES, GitlabCi, GitlabCiCommunity, GitlabCiPush, project

pytestmark = pytest.mark.any_core


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


@pytest.mark.parametrize("kind", [GitlabCi], ids=["pull"])
def test_a_new_bitbucket_token_goes_where_the_old_one_was(scenario: GitlabCi) -> None:
    scenario.run(scenario.site).ok()
    old, bitbucket = scenario.token, scenario.sandbox.bitbucket
    scenario.token = bitbucket.create_api_token(scenario.user, SCOPES)
    bitbucket.revoke(old)
    scenario.use_token(scenario.token)
    run = scenario.run(scenario.site).ok()
    assert {kind for _, kind, _ in run.actions} == {"gitlab_project_variables", "gitlab_pull_mirror"}
    there = project(scenario.sandbox)
    assert there.mirror.password == there.variables["BITBUCKET_ACCESS_TOKEN", "*"].value == scenario.token.secret
    scenario.verify()
    assert scenario.run(scenario.site).ok().changed == 0


@pytest.mark.parametrize("kind", [GitlabCi], ids=["pull"])
@pytest.mark.parametrize("lost", ["token", "webhook", "note"])
def test_what_starts_the_mirror_is_made_anew_if_it_got_lost(scenario: GitlabCi, lost: str) -> None:
    scenario.run(scenario.site).ok()
    sandbox = scenario.sandbox
    if lost == "token":
        sandbox.gitlab.revoke(scenario.project_tokens()[0])
    elif lost == "webhook":
        sandbox.bitbucket.repository("acme", "shop").hooks.clear()
    else:  # somebody changed the description, and nobody knows any more which token the address holds
        sandbox.bitbucket.hooks("acme", "shop")[0].description = "GitLab"
    scenario.run(scenario.site).ok()
    assert scenario.made() == scenario.expected()
    scenario.verify()
    assert scenario.run(scenario.site).ok().changed == 0


@pytest.mark.parametrize("kind", [GitlabCi], ids=["pull"])
def test_an_access_token_needs_no_user_name(scenario: GitlabCi) -> None:
    scopes = ("repository:write", "webhook")
    token = scenario.sandbox.bitbucket.create_access_token("repository", "acme", "shop", scopes=scopes)
    for name in ("BITBUCKET_USERNAME", "BITBUCKET_API_TOKEN"):
        del scenario.environment[name]
    scenario.environment["BITBUCKET_ACCESS_TOKEN"] = token.secret
    scenario.run(scenario.site).ok()
    there = project(scenario.sandbox)
    assert (there.mirror.username, there.mirror.password) == ("x-token-auth", token.secret)
    assert ("BITBUCKET_USERNAME", "*") not in there.variables
    scenario.verify()
