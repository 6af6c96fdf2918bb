# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's choice of pull or push, and the handling of tokens that change or get lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.sandbox import git
from tests.sandbox.bitbucket.credentials import Credential
from tests.sandbox.gitlab.tokens import Token
from tests.sandbox.sandbox import Sandbox

from .scenarios.gitlab_ci import SCOPES, GitlabCi, GitlabCiCommunity, GitlabCiPush, pipelines, project

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
    scenario.use_token(of_auto(scenario))
    checked = scenario.run_here(scenario.site, "--check", gitlab_ci_mirror="auto").ok()
    run = scenario.run(scenario.site, gitlab_ci_mirror="auto").ok()
    chosen = "pull" if scenario.edition == "premium" else "push"
    assert f"{chosen}, chosen by the features of this GitLab" in run.output
    # Of an installation's own Enterprise Edition with an empty group nobody can know.
    known = scenario.edition == "ce"
    assert (f"{chosen}, chosen by" if known else "pull, assumed, because GitLab does not report it") in checked.output
    scenario.verify()
    scenario.run_here(scenario.teardown, gitlab_ci_mirror="auto").ok()
    assert not any(scenario.made().values()), scenario.made()


@pytest.mark.parametrize("kind", [GitlabCi, GitlabCiPush], ids=lambda kind: kind.edition)
@pytest.mark.parametrize("told_by", ["plan", "another project"])
def test_in_check_mode_auto_asks_the_group(scenario: GitlabCi, told_by: str) -> None:
    gitlab = scenario.sandbox.gitlab
    scenario.use_token(of_auto(scenario))
    if told_by == "plan":
        gitlab.saas = True
    else:
        gitlab.create_project("acme", "other")
    run = scenario.run_here(scenario.site, "--check", gitlab_ci_mirror="auto").ok()
    chosen = "pull" if scenario.edition == "premium" else "push"
    assert f"{chosen}, chosen by the features of this GitLab" in run.output


@pytest.mark.parametrize("kind", [GitlabCiPush], ids=["push"])
def test_what_push_mode_lacks_is_named_before_anything_is_made(scenario: GitlabCi) -> None:
    few = scenario.sandbox.bitbucket.create_api_token(scenario.user, ("read:repository:bitbucket",))
    scenario.use_token(few)
    (failure,) = scenario.run_here(scenario.site).failures
    for scope in GitlabCiPush.scopes[1:]:
        assert scope in failure["msg"]
    assert not any(scenario.made().values())
    # With auto it is known only after GitLab was asked, and before anything of the push mode is there.
    scenario.use_token(scenario.sandbox.bitbucket.create_api_token(scenario.user, SCOPES))
    (failure,) = scenario.run_here(scenario.site, gitlab_ci_mirror="auto").failures
    for scope in GitlabCiPush.scopes[2:]:
        assert scope in failure["msg"]


@pytest.mark.parametrize("kind", [GitlabCiPush], ids=["push"])
@pytest.mark.parametrize("lost", ["token", "variable", "clear"])
def test_what_pushes_is_made_anew_if_it_got_lost(scenario: GitlabCi, lost: str) -> None:
    scenario.run_here(scenario.site).ok()
    sandbox, state = scenario.sandbox, pipelines(scenario.sandbox)
    (old,) = scenario.project_tokens()
    (found,) = state.variables.values()
    if lost == "token":
        sandbox.gitlab.revoke(old)
    elif lost == "clear":  # everybody can read it
        found.secured = False
    else:
        del state.variables[found.uuid]
    assert scenario.run_here(scenario.site, "--check").ok().changed > 0
    scenario.run_here(scenario.site).ok()
    assert scenario.made() == scenario.expected() and old.revoked
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0


@pytest.mark.parametrize("kind", [GitlabCiPush], ids=["push"])
def test_the_token_is_renewed_before_it_ends_without_a_gap(scenario: GitlabCi) -> None:
    scenario.run_here(scenario.site, gitlab_ci_token_days=365).ok()
    (old,) = scenario.project_tokens()
    seen: list[bool] = []
    real = scenario.sandbox.gitlab.revoke
    variables = pipelines(scenario.sandbox)

    def revoke(token: Token) -> None:
        held = [one.value for one in variables.variables.values()]
        seen.append(bool(held) and token.secret not in held)  # the step has the new one by now
        real(token)

    scenario.sandbox.gitlab.revoke = revoke  # type: ignore[method-assign]
    scenario.run_here(scenario.site, gitlab_ci_token_days=365, gitlab_ci_token_renew_before_days=364).ok()
    assert scenario.run_here(scenario.site, gitlab_ci_token_days=365).ok().changed == 0
    # One that ends soon enough: 365 days left are more than 364.
    assert not seen
    old.expires_on = date.today() + timedelta(days=5)
    scenario.run_here(scenario.site).ok()
    assert seen == [True]
    assert old.revoked
    assert scenario.made() == scenario.expected()
    scenario.verify()


@pytest.mark.parametrize("kind", [GitlabCi], ids=["pull"])
def test_teardown_finds_the_webhook_of_a_project_that_somebody_deleted(scenario: GitlabCi) -> None:
    scenario.run_here(scenario.site).ok()
    scenario.sandbox.gitlab.delete_project(project(scenario.sandbox), at_once=True)
    scenario.run_here(scenario.teardown).ok()
    assert not any(scenario.made().values()), scenario.made()


@pytest.mark.parametrize("kind", [GitlabCiPush], ids=["push"])
def test_teardown_takes_the_variables_of_a_project_that_somebody_deleted(scenario: GitlabCi) -> None:
    scenario.use_token(of_auto(scenario))
    scenario.run_here(scenario.site, gitlab_ci_mirror="auto").ok()
    scenario.sandbox.bitbucket.wait_for_pipelines()  # the first push
    scenario.sandbox.gitlab.delete_project(project(scenario.sandbox), at_once=True)
    scenario.run_here(scenario.teardown, gitlab_ci_mirror="auto").ok()
    assert not any(scenario.made().values()), scenario.made()


@pytest.mark.parametrize("kind", [GitlabCiPush], ids=["push"])
def test_a_branch_that_was_rewritten_is_rewritten_in_gitlab(scenario: GitlabCi) -> None:
    scenario.run_here(scenario.site).ok()
    scenario.verify()
    sandbox = scenario.sandbox
    repository = sandbox.bitbucket.repository("acme", "shop")
    with sandbox.bitbucket.changes(repository):
        git.run(repository.path, "update-ref", "refs/heads/main", "main~1")
    sandbox.bitbucket.wait_for_pipelines()
    assert sandbox.gitlab.refs(project(sandbox)) == sandbox.bitbucket.refs("acme", "shop")


def of_auto(scenario: GitlabCi) -> Credential:
    """A token for either way."""
    return scenario.sandbox.bitbucket.create_api_token(scenario.user, {*SCOPES, *GitlabCiPush.scopes})


@pytest.mark.parametrize("kind", [GitlabCiPush], ids=["push"])
def test_the_files_are_the_same_without_git(scenario: GitlabCi) -> None:
    scenario.run_here(scenario.site).ok()
    assert scenario.run_here(scenario.site, gitlab_ci_read_with="api").ok().changed == 0


@pytest.mark.parametrize("kind", [GitlabCiPush, GitlabCiCommunity], ids=lambda kind: kind.edition)
def test_a_pull_mirror_that_cannot_be_names_the_licence_and_the_way_out(scenario: GitlabCi) -> None:
    scenario.use_token(of_auto(scenario))
    run = scenario.run_here(scenario.site, gitlab_ci_mirror="pull")
    (failure,) = run.failures
    assert "Premium" in failure["msg"] and "push from Bitbucket" in failure["msg"]
    scenario.run_here(scenario.site).ok()
    scenario.verify()


@pytest.mark.parametrize("kind", [GitlabCiPush], ids=["push"])
def test_a_pipelines_file_of_somebody_else_is_left_alone(scenario: GitlabCi) -> None:
    ours = "pipelines:\n  default:\n    - step:\n        script: [make]\n"
    scenario.sandbox.bitbucket.commit("acme", "shop", "main", {"bitbucket-pipelines.yml": ours})
    run = scenario.run_here(scenario.site).ok()
    assert "bitbucket-pipelines.yml was not created by this role and was not changed" in run.output
    scenario.run_here(scenario.teardown).ok()
    assert scenario.sandbox.bitbucket.read("acme", "shop", "bitbucket-pipelines.yml", "main") == ours.encode()


@pytest.mark.parametrize("kind", [GitlabCi], ids=["pull"])
def test_a_new_bitbucket_token_goes_where_the_old_one_was(scenario: GitlabCi) -> None:
    scenario.run_here(scenario.site).ok()
    old, bitbucket = scenario.token, scenario.sandbox.bitbucket
    scenario.token = bitbucket.create_api_token(scenario.user, SCOPES)
    bitbucket.revoke(old)
    scenario.use_token(scenario.token)
    run = scenario.run_here(scenario.site).ok()
    assert {kind for _, kind, _ in run.actions} == {"gitlab_project_variables", "gitlab_pull_mirror"}
    there = project(scenario.sandbox)
    assert there.mirror.password == there.variables["BITBUCKET_ACCESS_TOKEN", "*"].value == scenario.token.secret
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0


@pytest.mark.parametrize("kind", [GitlabCi], ids=["pull"])
@pytest.mark.parametrize("lost", ["token", "webhook", "note"])
def test_what_starts_the_mirror_is_made_anew_if_it_got_lost(scenario: GitlabCi, lost: str) -> None:
    scenario.run_here(scenario.site).ok()
    sandbox = scenario.sandbox
    if lost == "token":
        sandbox.gitlab.revoke(scenario.project_tokens()[0])
    elif lost == "webhook":
        sandbox.bitbucket.repository("acme", "shop").hooks.clear()
    else:  # somebody changed the description, and nobody knows any more which token the address holds
        sandbox.bitbucket.hooks("acme", "shop")[0].description = "GitLab"
    scenario.run_here(scenario.site).ok()
    assert scenario.made() == scenario.expected()
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0


@pytest.mark.parametrize("kind", [GitlabCi], ids=["pull"])
def test_an_access_token_needs_no_user_name(scenario: GitlabCi) -> None:
    scopes = ("repository:write", "webhook")
    token = scenario.sandbox.bitbucket.create_access_token("repository", "acme", "shop", scopes=scopes)
    for name in ("BITBUCKET_USERNAME", "BITBUCKET_API_TOKEN"):
        del scenario.environment[name]
    scenario.environment["BITBUCKET_ACCESS_TOKEN"] = token.secret
    scenario.run_here(scenario.site).ok()
    there = project(scenario.sandbox)
    assert (there.mirror.username, there.mirror.password) == ("x-token-auth", token.secret)
    assert ("BITBUCKET_USERNAME", "*") not in there.variables
    scenario.verify()
