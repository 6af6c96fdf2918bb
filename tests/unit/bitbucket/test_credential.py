# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_credential_info against the sandbox: every kind of credential, every way to be no good."""

from __future__ import annotations

import json

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import scopes
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.credential import CredentialInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.repository import RepositoryInfo
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.uses import USES
from tests.sandbox.bitbucket import Bitbucket, User

from .conftest import EVERYTHING, SandboxRunner
from .script import Expect, Script

USER = "GET /2.0/user"
TOKEN = "POST /site/oauth2/access_token"


def tell(run: SandboxRunner, **params: object) -> dict[str, object]:
    return run.ok(CredentialInfo, fail_on_problem=False, **params)


class TestApiToken:
    def test_is_told_with_one_call(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada)
        credential = run.ok(CredentialInfo, use=["builds", "mirrors"])["credential"]
        assert run.calls == [USER]
        assert credential["kind"] == "api_token" and credential["sufficient"]
        assert credential["account"]["username"] == "ada" and credential["email"] == ada.email
        assert (credential["auth_scheme"], credential["rest_user"]) == ("basic", ada.email)
        assert credential["git_user"] == "x-bitbucket-api-token-auth"
        assert credential["git_users"] == ["x-bitbucket-api-token-auth", "ada"]
        assert credential["scopes"] == sorted(EVERYTHING)

    def test_its_git_users_work(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        import requests

        run.login(ada)
        url = f"{bitbucket.clone_url('acme', 'shop')}/info/refs?service=git-upload-pack"
        for name in run.ok(CredentialInfo)["credential"]["git_users"]:
            assert requests.get(url, auth=(name, run.common["api_token"]), timeout=10).status_code == 200

    def test_lacks_scopes(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada, ("read:repository:bitbucket", "read:webhook:bitbucket"))
        message = run.fails(CredentialInfo, use="builds")
        lacks = ("delete:webhook:bitbucket", "write:repository:bitbucket", "write:webhook:bitbucket")
        assert all(scope in message for scope in lacks) and "id.atlassian.com" in message
        credential = tell(run, use="builds")["credential"]
        assert credential["missing_scopes"] == list(lacks) and not credential["sufficient"]

    def test_writing_does_not_include_reading(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada, ("write:repository:bitbucket",))
        assert tell(run, scopes=["repository"])["credential"]["missing_scopes"] == ["read:repository:bitbucket"]

    def test_without_read_user_is_told_from_the_headers(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada, ("read:repository:bitbucket",))
        credential = run.ok(CredentialInfo, git_user="ada")["credential"]
        assert credential["kind"] == "api_token" and credential["account"] is None
        assert credential["scopes"] == ["read:repository:bitbucket"]

    def test_of_the_classic_kind(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada, ())
        message = run.fails(CredentialInfo)
        assert "without scopes" in message and "Create API token with scopes" in message

    def test_with_the_user_name(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada)
        assert "e-mail address" in run.fails(CredentialInfo, username="ada")

    def test_revoked(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        token = bitbucket.create_api_token(ada, EVERYTHING)
        bitbucket.revoke(token)
        result = run(CredentialInfo, username=ada.email, api_token=token.secret)
        assert (result["error"]["kind"], result["error"]["status"]) == ("unauthorized", 401) and "revoked" in result[
            "msg"
        ]
        assert result["credential"]["sufficient"] is False

    def test_is_in_no_result(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada, ())
        assert run.common["api_token"] not in json.dumps(tell(run))


class TestGitUser:
    def test_an_email_address(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada)
        message = run.fails(CredentialInfo, git_user=ada.email)
        assert "never works for git" in message and "x-bitbucket-api-token-auth" in message

    @pytest.mark.parametrize("name", ["x-bitbucket-api-token-auth", "ada"])
    def test_that_works(self, run: SandboxRunner, ada: User, name: str) -> None:
        run.login(ada)
        run.ok(CredentialInfo, git_user=name)

    @pytest.mark.parametrize("name", ["x-token-auth", "eve"])
    def test_of_somebody_else(self, run: SandboxRunner, ada: User, name: str) -> None:
        run.login(ada)
        assert "Use x-bitbucket-api-token-auth or ada" in run.fails(CredentialInfo, git_user=name)


class TestAccessToken:
    @pytest.mark.parametrize("kind", ["repository", "project", "workspace"])
    def test_is_told_by_the_headers_of_a_refusal(self, run: SandboxRunner, bitbucket: Bitbucket, kind: str) -> None:
        token = bitbucket.create_access_token(kind, "acme", "shop", scopes=["repository:write", "webhook"])
        credential = run.ok(CredentialInfo, access_token=token.secret, use="builds")["credential"]
        assert run.calls == [USER]
        assert credential["kind"] == f"{kind}_access_token"
        assert (credential["auth_scheme"], credential["rest_user"], credential["git_user"]) == (
            "bearer",
            None,
            "x-token-auth",
        )
        assert credential["scopes"] == ["repository:write", "webhook"]

    def test_lacks_scopes(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        token = bitbucket.create_access_token("repository", "acme", "shop", scopes=["pullrequest"])
        message = run.fails(
            CredentialInfo, access_token=token.secret, use="mirrors", workspace="acme", repository="shop"
        )
        assert "lacks webhook for mirrors" in message
        assert "/acme/shop/admin" in message and "Webhooks: Read and write" in message

    def test_given_as_api_token(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        token = bitbucket.create_access_token("repository", "acme", "shop")
        assert "access_token" in run.fails(CredentialInfo, username="ada@example.com", api_token=token.secret)

    def test_an_api_token_given_as_one(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        token = bitbucket.create_api_token(ada, EVERYTHING)
        assert "api_token" in run.fails(CredentialInfo, access_token=token.secret)


class TestConsumer:
    def test_is_two_calls(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        consumer = bitbucket.create_oauth_consumer("acme", ["account", "repository", "webhook"], user=ada)
        result = run.ok(CredentialInfo, client_id=consumer.key, client_secret=consumer.secret, use="signs_in")
        assert run.calls == [TOKEN, USER]
        credential = result["credential"]
        assert credential["kind"] == "oauth_consumer" and credential["git_user"] == "x-token-auth"
        assert credential["expires_in"] == 7200
        assert credential["account"]["username"] == "ada"
        token = next(iter(bitbucket.vault.credentials))
        assert token not in json.dumps(result)

    def test_public(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        consumer = bitbucket.create_oauth_consumer("acme", ["account"], private=False, user=ada)
        message = run.fails(CredentialInfo, client_id=consumer.key, client_secret=consumer.secret)
        assert "This is a private consumer" in message and "oauth-consumers" in message

    def test_wrong_secret(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        consumer = bitbucket.create_oauth_consumer("acme", ["account"], user=ada)
        result = run(CredentialInfo, client_id=consumer.key, client_secret="wrong-secret")
        assert "Key and Secret" in result["msg"] and "wrong-secret" not in json.dumps(result)

    def test_lacks_scopes(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        consumer = bitbucket.create_oauth_consumer("acme", ["account", "repository"], user=ada)
        given = {"client_id": consumer.key, "client_secret": consumer.secret}
        message = run.fails(CredentialInfo, use="deploys", workspace="acme", **given)
        assert "repository:admin" in message and "/acme/workspace/settings/oauth-consumers" in message
        assert "Pull requests: Write" in message

    def test_is_not_for_who_keeps_it(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        consumer = bitbucket.create_oauth_consumer("acme", ["pullrequest:write", "webhook"], user=ada)
        message = run.fails(CredentialInfo, client_id=consumer.key, client_secret=consumer.secret, use="builds")
        assert "builds can't work with this kind" in message

    def test_a_lost_token_is_asked_for_again(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        consumer = bitbucket.create_oauth_consumer("acme", ["account"], user=ada)
        run.server.faults.add("apply_then_drop", match="access_token")
        run.ok(CredentialInfo, client_id=consumer.key, client_secret=consumer.secret)
        assert run.calls == [TOKEN, TOKEN, USER]


class TestAppPassword:
    def test_is_dead_without_a_call(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        secret = bitbucket.create_app_password(ada).secret
        message = run.fails(CredentialInfo, username="ada", app_password=secret, use="builds")
        assert not run.calls
        assert "2026-07-28" in message and "write:webhook:bitbucket" in message

    def test_given_as_an_api_token(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        secret = bitbucket.create_app_password(ada).secret
        assert "2026-07-28" in run.fails(CredentialInfo, username="ada", api_token=secret)

    def test_every_other_module_says_so_too(self, run: SandboxRunner, bitbucket: Bitbucket, ada: User) -> None:
        secret = bitbucket.create_app_password(ada).secret
        given = {"username": "ada", "app_password": secret, "workspace": "acme", "repository": "shop"}
        assert "2026-07-28" in run.fails(RepositoryInfo, **given)


class TestPermission:
    def test_of_an_admin(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada)
        result = run.ok(CredentialInfo, workspace="acme", repository="shop", use="builds")
        assert result["credential"]["permission"] == "admin" and len(run.calls) == 2

    def test_of_a_reader_is_not_enough_for_webhooks(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        eve = bitbucket.create_user("eve")
        bitbucket.grant(eve, "read", "acme", "shop")
        run.login(eve)
        message = run.fails(CredentialInfo, workspace="acme", repository="shop", use="builds")
        assert "has read on acme/shop" in message and "/acme/shop/admin/permissions" in message
        run.ok(CredentialInfo, workspace="acme", repository="shop", use="mirrors")

    def test_of_a_stranger(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        run.login(bitbucket.create_user("eve"))
        assert "acme" in run.fails(CredentialInfo, workspace="acme", repository="shop")

    def test_on_a_workspace(self, run: SandboxRunner, ada: User) -> None:
        run.login(ada)
        assert run.ok(CredentialInfo, workspace="acme")["credential"]["permission"] == "owner"

    def test_an_access_token_must_be_able_to_read(self, run: SandboxRunner, bitbucket: Bitbucket) -> None:
        bitbucket.create_repository("acme", "other", {"a": "b"})
        token = bitbucket.create_access_token("repository", "acme", "shop").secret
        run.ok(CredentialInfo, access_token=token, workspace="acme", repository="shop")
        assert "may not see" in run.fails(CredentialInfo, access_token=token, workspace="acme", repository="other")


class TestWhichCredential:
    def test_the_tasks_goes_before_the_environments(
        self, run: SandboxRunner, bitbucket: Bitbucket, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BITBUCKET_API_TOKEN", "ATATT-of-the-environment")
        monkeypatch.setenv("BITBUCKET_USERNAME", ada.email)
        token = bitbucket.create_access_token("repository", "acme", "shop").secret
        assert run.ok(CredentialInfo, access_token=token)["credential"]["kind"] == "repository_access_token"

    def test_the_environments(
        self, run: SandboxRunner, bitbucket: Bitbucket, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BITBUCKET_API_TOKEN", bitbucket.create_api_token(ada, EVERYTHING).secret)
        monkeypatch.setenv("BITBUCKET_USERNAME", ada.email)
        assert run.ok(CredentialInfo)["credential"]["kind"] == "api_token"

    def test_two_are_refused(self, run: SandboxRunner) -> None:
        message = run.fails(
            CredentialInfo, access_token="one-token", username="ada@example.com", api_token="two-tokens"
        )
        assert "2 are given (api_token and access_token)" in message and not run.calls

    def test_half_of_one_is_refused(self, run: SandboxRunner) -> None:
        assert "client_secret is missing" in run.fails(CredentialInfo, client_id="key")


class TestOutage:
    @pytest.mark.parametrize(("status", "words"), [(429, "60 minutes"), (503, "503"), (410, "removed in 2026")])
    def test_says_nothing_about_the_credential(self, run: SandboxRunner, ada: User, status: int, words: str) -> None:
        run.login(ada)
        run.server.faults.add("status", match="/user", status=status, times=None)
        result = run(CredentialInfo, fail_on_problem=False, max_retries=0)
        assert result["failed"] and words in result["msg"] and "credential" not in result

    def test_headers_that_are_missing_are_a_warning(self, run: SandboxRunner, monkeypatch: pytest.MonkeyPatch) -> None:
        Script(Expect("GET", "https://api.example.com/2.0/user", 403, "")).install(monkeypatch)
        result = run.ok(
            CredentialInfo, access_token="some-token", api_url="https://api.example.com/2.0/", scopes=["webhook"]
        )
        assert result["credential"]["kind"] == "access_token" and result["credential"]["scopes"] is None
        assert "could not be checked" in run.warnings[0]


class TestScopes:
    def test_every_use_has_them_for_every_kind_it_takes(self) -> None:
        for use, wanted in USES.items():
            for kind in wanted.cloud.kinds:
                names = scopes.needed(kind, use)
                assert names and all(scopes.is_api_token_name(name) == (kind == "api_token") for name in names), (
                    use,
                    kind,
                )

    def test_what_another_one_includes_is_not_listed(self) -> None:
        assert scopes.needed("oauth_consumer", "deploys") == [
            "account",
            "pullrequest:write",
            "repository:admin",
            "webhook",
        ]

    def test_names_are_understood_in_both_worlds(self) -> None:
        assert scopes.missing("repository_access_token", ["repository:write"], ["read:repository:bitbucket"]) == []
        assert scopes.missing("repository_access_token", [], ["delete:webhook:bitbucket"]) == ["webhook"]
        assert scopes.missing("api_token", [], ["webhook"]) == ["read:webhook:bitbucket", "write:webhook:bitbucket"]
