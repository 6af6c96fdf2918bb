# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_repository_info against the sandbox."""

from __future__ import annotations

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.repository import RepositoryInfo
from tests.sandbox.bitbucket import Bitbucket, User

from .conftest import SandboxRunner

SHOP = {"workspace": "acme", "repository": "shop"}
HERE = "GET /2.0/repositories/acme/shop"


@pytest.fixture(autouse=True)
def _login(run: SandboxRunner, ada: User) -> None:
    run.login(ada)


def test_is_two_calls(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    repository = run.ok(RepositoryInfo, **SHOP)["repository"]
    assert run.calls == [HERE, f"{HERE}/refs"]
    assert (repository["full_name"], repository["main_branch"]) == ("acme/shop", "main")
    assert (repository["workspace"], repository["project"], repository["is_private"]) == ("acme", "PROJ", True)
    assert repository["clone_url"] == bitbucket.clone_url("acme", "shop")  # without ada@
    assert repository["clone_ssh_url"].startswith("git@")


def test_refs_are_those_of_git(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    bitbucket.tag("acme", "shop", "v1", "main")
    bitbucket.tag("acme", "shop", "v2", "dev", message="Release 2")
    bitbucket.commit("acme", "shop", "feature/a+b", {"x": "y"})
    refs = run.ok(RepositoryInfo, **SHOP)["refs"]
    branches = bitbucket.refs("acme", "shop")
    assert set(refs) == {"refs/heads/main", "refs/heads/dev", "refs/heads/feature/a+b", "refs/tags/v1", "refs/tags/v2"}
    assert refs["refs/heads/dev"] == branches["refs/heads/dev"]
    assert refs["refs/tags/v1"] == branches["refs/heads/main"]
    assert refs["refs/tags/v2"] == branches["refs/heads/dev"]  # annotated: the commit, not the tag object


def test_more_than_a_page(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    for number in range(105):
        bitbucket.tag("acme", "shop", f"v{number}", "main")
    assert len(run.ok(RepositoryInfo, **SHOP)["refs"]) == 107
    assert run.calls == [HERE, f"{HERE}/refs", f"{HERE}/refs"]


def test_without_refs_is_one_call(run: SandboxRunner) -> None:
    assert "refs" not in run.ok(RepositoryInfo, refs=False, **SHOP)
    assert run.calls == [HERE]


def test_empty(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    bitbucket.create_repository("acme", "new")
    result = run.ok(RepositoryInfo, workspace="acme", repository="new")
    assert result["repository"]["main_branch"] is None and result["refs"] == {}


def test_by_uuid(run: SandboxRunner, bitbucket: Bitbucket) -> None:
    uuid = bitbucket.repository("acme", "shop").uuid
    assert run.ok(RepositoryInfo, workspace="acme", repository=uuid, refs=False)["repository"]["slug"] == "shop"


def test_unknown(run: SandboxRunner) -> None:
    result = run(RepositoryInfo, workspace="acme", repository="nothing")
    assert result["error"]["kind"] == "not_found" and "may not see" in result["msg"]


@pytest.mark.parametrize("name", ["sh/../op", ".", ".."])
def test_a_name_that_leads_elsewhere_is_refused_before_the_first_call(run: SandboxRunner, name: str) -> None:
    result = run(RepositoryInfo, workspace="acme", repository=name)
    assert result["error"]["kind"] == "invalid" and "can't be a name here" in result["msg"]
    assert not run.calls


def test_scope_missing(run: SandboxRunner, ada: User) -> None:
    run.login(ada, ("read:webhook:bitbucket",))
    result = run(RepositoryInfo, **SHOP)
    assert result["error"]["kind"] == "forbidden"
    assert "lacks read:repository:bitbucket (it has read:webhook:bitbucket)" in result["msg"]


def test_rate_limit(run: SandboxRunner) -> None:
    run.server.faults.add("status", match="/repositories/", status=429, times=None)
    result = run(RepositoryInfo, max_retries=0, **SHOP)
    assert result["error"]["kind"] == "rate_limited"
    assert "Rate limit for this resource has been exceeded" in result["msg"] and "1,000" in result["msg"]


def test_a_passing_outage_is_ridden_out(run: SandboxRunner) -> None:
    run.server.faults.add("status", match="/repositories/", status=503, times=1)
    run.ok(RepositoryInfo, **SHOP)


def test_the_answer_tells_of_the_credential(run: SandboxRunner, ada: User) -> None:
    run.login(ada, ("read:repository:bitbucket",))
    credential = run.ok(RepositoryInfo, refs=False, **SHOP)["credential"]
    assert run.calls == [HERE]
    assert (credential["kind"], credential["scopes"]) == ("api_token", ["read:repository:bitbucket"])
    assert (credential["git_user"], credential["rest_user"]) == ("x-bitbucket-api-token-auth", ada.email)


@pytest.mark.parametrize("scopes", [("read:repository:bitbucket",), ("read:webhook:bitbucket",)])
def test_a_credential_that_will_not_do_is_refused_with_all_it_lacks(
    run: SandboxRunner, ada: User, scopes: tuple[str, ...]
) -> None:
    run.login(ada, scopes)
    result = run(RepositoryInfo, use=["builds"], **SHOP)
    assert result["error"]["kind"] == "forbidden"
    assert run.calls == [HERE]
    assert "write:webhook:bitbucket" in result["msg"] and "for builds" in result["msg"]


def test_a_git_user_that_cannot_work_is_refused(run: SandboxRunner, ada: User) -> None:
    assert "never works for git" in run(RepositoryInfo, git_user=ada.email, **SHOP)["msg"]
