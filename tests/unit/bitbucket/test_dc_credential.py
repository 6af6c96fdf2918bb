# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_credential_info and bitbucket_repository_info against Data Center."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.credential import CredentialInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.repository import RepositoryInfo
from tests.sandbox.bitbucket import User
from tests.sandbox.bitbucket_dc import BitbucketDataCenter

from .conftest import SandboxRunner
from .dc import ADMIN, REST, SHOP, DcRunner

WHO = f"GET {REST}/application-properties"
NOWHERE: dict[str, Any] = {"workspace": None, "repository": None}


def tell(run: DcRunner, **params: Any) -> dict[str, Any]:
    return dict(run.ok(CredentialInfo, fail_on_problem=False, **params)["credential"])


class TestKinds:
    def test_personal_token_is_one_call(self, dc_run: DcRunner) -> None:
        credential = dc_run.ok(CredentialInfo, **NOWHERE)["credential"]
        assert dc_run.calls == [WHO]
        assert (credential["kind"], credential["edition"]) == ("personal_http_token", "data_center")
        assert credential["account"]["username"] == "ada" and credential["sufficient"]
        assert (credential["auth_scheme"], credential["rest_user"]) == ("bearer", None)
        assert (credential["git_user"], credential["git_users"]) == ("ada", ["ada"])

    def test_personal_token_as_basic(self, dc_run: DcRunner) -> None:
        credential = tell(dc_run, **NOWHERE, username="ada", auth_method="basic")
        assert (credential["kind"], credential["auth_scheme"]) == ("personal_http_token", "basic")
        assert credential["rest_user"] == "ada"

    def test_password(self, dc_run: DcRunner) -> None:
        dc_run.password(dc_run.ada)
        credential = tell(dc_run, **NOWHERE)
        assert (credential["kind"], credential["auth_scheme"], credential["rest_user"]) == ("password", "basic", "ada")

    @pytest.mark.parametrize(
        ("kind", "permissions"),
        [("project", ("PROJECT_READ", "REPO_READ")), ("project", ADMIN), ("repository", ("REPO_ADMIN",))],
    )
    def test_tokens_of_nobody(
        self, dc_run: DcRunner, dc: BitbucketDataCenter, kind: str, permissions: tuple[str, ...]
    ) -> None:
        place = dc.projects["ACME"] if kind == "project" else dc.repository("ACME", "shop")
        dc_run.token(place, *permissions)
        credential = tell(dc_run, **NOWHERE)
        assert credential["kind"] == f"{kind}_http_token" and credential["account"] is None
        assert (credential["git_user"], credential["git_users"], credential["sufficient"]) == (None, [], True)
        assert len(dc_run.calls) <= 3

    def test_as_basic_they_do_not_work(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc_run.token(dc.repository("ACME", "shop"), "REPO_ADMIN")
        message = dc_run.fails(CredentialInfo, **NOWHERE, username="ada", auth_method="basic")
        assert "leave out auth_method=basic" in message


class TestDead:
    def test_wrong(self, dc_run: DcRunner) -> None:
        result = dc_run(CredentialInfo, **NOWHERE, access_token="BBDC-wrong")
        assert result["error"]["kind"] == "unauthorized"
        assert "wrong, expired or revoked" in result["msg"] and "HTTP access tokens" in result["msg"]
        assert not tell(dc_run, **NOWHERE, access_token="BBDC-wrong")["sufficient"]

    def test_revoked(self, dc_run: DcRunner) -> None:
        dc_run.token(dc_run.ada, "REPO_READ").revoked = True
        assert "revoked" in dc_run.fails(CredentialInfo, **NOWHERE)

    def test_passwords_are_switched_off(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc.authenticator.basic_auth = False
        dc_run.password(dc_run.ada)
        result = dc_run(CredentialInfo, **NOWHERE)
        assert result["error"]["kind"] == "unauthorized" and "takes no passwords" in result["msg"]

    def test_a_captcha_is_told(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc_run.password(dc_run.ada, "wrong")
        for _ in range(5):
            dc_run.fails(CredentialInfo, **NOWHERE)
        dc_run.password(dc_run.ada)
        message = dc_run.fails(CredentialInfo, **NOWHERE)
        assert "CAPTCHA solved" in message and dc.url in message

    def test_an_anonymous_answer_proves_nothing(
        self, dc_run: DcRunner, dc: BitbucketDataCenter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Behind some logins a dead credential is served as nobody, with 200."""
        monkeypatch.setattr(dc.authenticator, "caller", lambda *_args, **_more: None)
        result = dc_run(CredentialInfo, **NOWHERE)
        assert result["error"]["kind"] == "unauthorized" and "nobody is logged in" in result["msg"]

    def test_another_address(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        message = dc_run.fails(CredentialInfo, **NOWHERE, bitbucket_url=f"{dc.url}/elsewhere")
        assert "context path" in message


class TestPermission:
    @pytest.mark.parametrize("level", ["read", "write", "admin"])
    def test_is_told(self, dc_run: DcRunner, level: str) -> None:
        dc_run.token(dc_run.ada, f"REPO_{level.upper()}")
        assert tell(dc_run)["permission"] == level

    def test_no_more_than_the_users(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        bob = dc.create_user("bob")
        dc.grant(bob, "REPO_WRITE", "ACME", "shop")
        dc_run.token(bob, *ADMIN)
        assert tell(dc_run)["permission"] == "write"
        message = dc_run.fails(CredentialInfo, use="deploys")
        assert "lacks REPO_ADMIN on ACME/shop for deploys" in message and "Repository permissions" in message
        assert tell(dc_run, use="deploys")["missing_scopes"] == ["REPO_ADMIN"]

    def test_the_slug_is_not_the_name(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc.create_repository("ACME", "my-shop", {"a": "b"}, name="My Shop")
        assert tell(dc_run, repository="my-shop")["permission"] == "admin"

    def test_of_nothing(self, dc_run: DcRunner) -> None:
        result = dc_run(CredentialInfo, repository="nothing")
        assert "may not see" in result["msg"]


class TestUses:
    def test_a_personal_token_for_who_logs_in_as_a_user(self, dc_run: DcRunner) -> None:
        assert dc_run.ok(CredentialInfo, use="deploys")["credential"]["sufficient"]

    def test_no_other_for_who_logs_in_as_a_user(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc_run.token(dc.repository("ACME", "shop"), "REPO_ADMIN")
        message = dc_run.fails(CredentialInfo, use="deploys")
        assert "can't work with this kind of credential (repository_http_token)" in message

    @pytest.mark.parametrize("use", ["mirrors", "builds", "signs_in"])
    def test_what_is_for_cloud_alone_says_so(self, dc_run: DcRunner, use: str) -> None:
        for operation in (CredentialInfo, RepositoryInfo):
            message = dc_run.fails(operation, use=use)
            assert f"{use} works with repositories of Bitbucket Cloud, not of Data Center" in message

    @pytest.mark.parametrize(
        ("scope", "level"),
        [
            ("repository", "READ"),
            ("read:repository:bitbucket", "READ"),
            ("repository:write", "WRITE"),
            ("webhook", "ADMIN"),
            ("write:webhook:bitbucket", "ADMIN"),
            ("REPO_WRITE", "WRITE"),
            ("account", "READ"),
        ],
    )
    def test_scopes_of_cloud_are_permissions_here(self, dc_run: DcRunner, scope: str, level: str) -> None:
        dc_run.token(dc_run.ada, f"REPO_{level}")
        assert dc_run.ok(RepositoryInfo, refs=False, scopes=[scope])["repository"]["slug"] == "shop"
        below = {"WRITE": "REPO_READ", "ADMIN": "REPO_WRITE"}.get(level)
        if below:
            dc_run.token(dc_run.ada, below)
            assert f"lacks REPO_{level}" in dc_run.fails(RepositoryInfo, refs=False, scopes=[scope])


class TestRepository:
    def test_is_three_calls_with_its_refs(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc.tag("ACME", "shop", "v1", "main")
        dc.tag("ACME", "shop", "v2", "dev", message="Release 2")
        dc.commit("ACME", "shop", "feature/a+b", {"x": "y"})
        result = dc_run.ok(RepositoryInfo)
        assert dc_run.calls == [f"GET {SHOP}", f"GET {SHOP}/branches", f"GET {SHOP}/tags"]
        repository, there = result["repository"], dc.refs("ACME", "shop")
        assert (repository["full_name"], repository["main_branch"]) == ("ACME/shop", "main")
        assert (repository["workspace"], repository["project"], repository["is_private"]) == ("ACME", "ACME", True)
        assert repository["clone_url"] == dc.clone_url("ACME", "shop")
        assert repository["clone_ssh_url"].startswith("ssh://git@")
        assert result["refs"]["refs/tags/v2"] == there["refs/heads/dev"]  # annotated: the commit, not the tag object
        assert {name: sha for name, sha in result["refs"].items() if "heads" in name} == {
            name: sha for name, sha in there.items() if "heads" in name
        }

    def test_without_refs(self, dc_run: DcRunner) -> None:
        result = dc_run.ok(RepositoryInfo, refs=False)
        assert "refs" not in result and result["repository"]["main_branch"] == "main"

    def test_empty(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc.create_repository("ACME", "new")
        for refs in (True, False):
            assert dc_run.ok(RepositoryInfo, repository="new", refs=refs)["repository"]["main_branch"] is None

    def test_more_than_a_page(self, dc_run: DcRunner, dc: BitbucketDataCenter) -> None:
        dc.page_limit = 3
        for number in range(7):
            dc.tag("ACME", "shop", f"v{number}", "main")
        assert len(dc_run.ok(RepositoryInfo)["refs"]) == 9 and len(dc_run.calls) == 5

    def test_a_use_is_one_call_more(self, dc_run: DcRunner) -> None:
        dc_run.ok(RepositoryInfo, use="deploys")
        assert dc_run.calls[:2] == [f"GET {SHOP}", f"GET {REST}/repos"] and len(dc_run.calls) == 4

    def test_the_facts_have_the_same_keys(
        self, dc_run: DcRunner, run: SandboxRunner, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run.login(ada)
        cloud = run.ok(RepositoryInfo, workspace="acme", repository="shop")
        here = dc_run.ok(RepositoryInfo)
        for fact in ("repository", "credential"):
            assert set(cloud[fact]) == set(here[fact])

    def test_unknown(self, dc_run: DcRunner) -> None:
        result = dc_run(RepositoryInfo, repository="nothing")
        assert result["error"]["kind"] == "not_found" and "may not see" in result["msg"]

    def test_rate_limit(self, dc_run: DcRunner) -> None:
        dc_run.server.faults.add("status", match="bitbucket-dc", status=429, times=None)
        result = dc_run(RepositoryInfo, max_retries=0)
        assert result["error"]["kind"] == "rate_limited" and "fewer repositories" in result["msg"]
