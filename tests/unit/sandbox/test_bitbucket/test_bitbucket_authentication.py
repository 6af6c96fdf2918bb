# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of credential, at the REST API: what is taken, and the words of each refusal."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox.bitbucket.world import World
from tests.sandbox.server import Server

TOKEN_401 = "Token is invalid, expired, or not supported for this endpoint."
SCOPES_403 = "Your credentials lack one or more required privilege scopes."


def basic(world: World, user: str, secret: str, path: str = "user") -> requests.Response:
    return requests.get(f"{world.bitbucket.api_url}/{path}", auth=(user, secret), timeout=30)


def message(answer: requests.Response) -> str:
    assert answer.json()["type"] == "error"
    return str(answer.json()["error"]["message"])


def test_api_token_is_taken_with_the_email_and_says_what_it_is(world: World) -> None:
    answer = basic(world, "olivia@example.com", world.token.secret)
    assert answer.status_code == 200
    assert answer.json()["username"] == "olivia"
    assert answer.headers["X-Credential-Type"] == "api_token"
    assert answer.headers["X-OAuth-Scopes"].split(", ") == list(world.token.scopes)
    assert answer.headers["X-Accepted-OAuth-Scopes"] == "read:user:bitbucket"


@pytest.mark.parametrize("user", ["olivia", "x-bitbucket-api-token-auth", "x-token-auth", "other@example.com", ""])
def test_api_token_with_any_other_user_is_401(world: World, user: str) -> None:
    answer = basic(world, user, world.token.secret)
    assert answer.status_code == 401
    assert message(answer) == TOKEN_401
    assert "X-OAuth-Scopes" not in answer.headers


def test_scopeless_api_token_cannot_be_told_from_an_unknown_one(world: World) -> None:
    classic = world.bitbucket.create_api_token(world.owner, scopes=())
    unknown = "ATATT3x" + "a" * 40
    assert message(basic(world, "olivia@example.com", classic.secret)) == TOKEN_401
    assert message(basic(world, "olivia@example.com", unknown)) == TOKEN_401


def test_api_token_expires_on_the_sandbox_clock(server: Server, world: World) -> None:
    token = world.bitbucket.create_api_token(world.owner, ["read:user:bitbucket"], expires_in=3600)
    assert world.get("user", token).status_code == 200
    server.clock.advance(3600)
    assert world.get("user", token).status_code == 401


def test_api_token_cannot_live_longer_than_a_year(world: World) -> None:
    with pytest.raises(ValueError, match="year"):
        world.bitbucket.create_api_token(world.owner, ["read:user:bitbucket"], expires_in=366 * 24 * 3600)


def test_api_token_as_bearer_is_refused_unless_switched_on(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.token.secret}"}
    assert world.get("user", None, headers=headers).status_code == 401
    world.bitbucket.authenticator.bearer_api_tokens = True
    assert world.get("user", None, headers=headers).status_code == 200


def test_api_token_scopes_imply_nothing(world: World) -> None:
    writer = world.bitbucket.create_api_token(world.owner, ["write:repository:bitbucket"])
    answer = world.get("repositories/acme/app", writer)
    assert answer.status_code == 403
    assert message(answer) == SCOPES_403
    assert answer.json()["error"]["detail"]["required"] == ["read:repository:bitbucket"]
    assert answer.headers["X-OAuth-Scopes"] == "write:repository:bitbucket"  # on refusals too


def test_old_scope_repository_write_implies_repository(world: World) -> None:
    token = world.bitbucket.create_access_token("repository", "acme", "app", scopes=["repository:write"])
    assert world.get("repositories/acme/app", token).status_code == 200
    admin = world.bitbucket.create_access_token("repository", "acme", "app", scopes=["repository:admin"])
    assert world.get("repositories/acme/app", admin).status_code == 403


def test_scope_names_of_the_other_scheme_are_a_mistake(world: World) -> None:
    with pytest.raises(ValueError, match="repository"):
        world.bitbucket.create_api_token(world.owner, ["repository"])


@pytest.mark.parametrize(
    ("kind", "type_"),
    [("repository", "repo_access_token"), ("project", "project_access_token"), ("workspace", "workspace_access_token")],
)
def test_access_token_is_no_user_but_tells_what_it_is(world: World, kind: str, type_: str) -> None:
    token = world.bitbucket.create_access_token(kind, "acme", repository="app", scopes=["account", "repository"])
    answer = world.get("user", token)
    assert answer.status_code == 403
    assert answer.headers["X-Credential-Type"] == type_
    assert answer.headers["X-OAuth-Scopes"] == "account, repository"
    assert world.get("user/workspaces/acme/permissions/repositories", token).status_code == 403
    assert world.get("repositories/acme/app", token).status_code == 200


def test_access_token_as_basic_is_401(world: World) -> None:
    token = world.bitbucket.create_access_token("repository", "acme", "app")
    assert basic(world, "x-token-auth", token.secret, "repositories/acme/app").status_code == 401


def test_repository_access_token_sees_no_other_repository(world: World) -> None:
    world.bitbucket.create_repository("acme", "other", files={"a": "b"}, project="SECOND")
    token = world.bitbucket.create_access_token("repository", "acme", "app")
    assert world.get("repositories/acme/other", token).status_code == 404
    assert [r["slug"] for r in world.get("repositories/acme", token).json()["values"]] == ["app"]
    project = world.bitbucket.create_access_token("project", "acme", project="SECOND")
    assert [r["slug"] for r in world.get("repositories/acme", project).json()["values"]] == ["other"]


def test_access_token_dies_with_its_repository(world: World) -> None:
    token = world.bitbucket.create_access_token("repository", "acme", "app")
    world.bitbucket.delete_repository("acme", "app")
    assert world.get("repositories/acme/app", token).status_code == 401


def test_app_password_is_dead(world: World) -> None:
    dead = world.bitbucket.create_app_password(world.owner)
    answer = world.get("user", dead)
    assert answer.status_code == 401
    assert message(answer) == "App passwords are deprecated and must be replaced with API tokens."


def test_wrong_password_is_plain_text(world: World) -> None:
    answer = basic(world, "olivia", "hunter2")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.text.startswith("Login failed due to incorrect login credentials or method.")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Bitbucket.org HTTP"'


def test_revoked_token_is_401(world: World) -> None:
    world.bitbucket.revoke(world.token)
    assert world.get("user").status_code == 401


def token_for(world: World, key: str, secret: str, **form: str) -> requests.Response:
    return requests.post(
        f"{world.bitbucket.url}/site/oauth2/access_token",
        auth=(key, secret),
        data={"grant_type": "client_credentials", **form},
        timeout=30,
    )


def test_private_consumer_buys_a_token_for_two_hours(server: Server, world: World) -> None:
    consumer = world.bitbucket.create_oauth_consumer("acme", ["account", "repository:write"])
    bought = token_for(world, consumer.key, consumer.secret).json()
    assert bought["expires_in"] == 7200
    assert bought["scopes"] == "account repository:write"
    assert bought["token_type"] == "bearer"
    headers = {"Authorization": f"Bearer {bought['access_token']}"}
    answer = world.get("user", None, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["username"] == "olivia"
    server.clock.advance(7200)
    late = world.get("user", None, headers=headers)
    assert late.status_code == 401
    assert message(late).startswith("Access token expired.")
    form = {"grant_type": "refresh_token", "refresh_token": bought["refresh_token"]}
    again = token_for(world, consumer.key, consumer.secret, **form)
    assert again.status_code == 200


def test_oauth_token_in_query_or_form_counts_for_nothing(world: World) -> None:
    consumer = world.bitbucket.create_oauth_consumer("acme", ["account"])
    token = token_for(world, consumer.key, consumer.secret).json()["access_token"]
    assert world.get(f"user?access_token={token}", None).status_code == 401


def test_public_consumer_is_refused(world: World) -> None:
    consumer = world.bitbucket.create_oauth_consumer("acme", private=False)
    answer = token_for(world, consumer.key, consumer.secret)
    assert answer.status_code == 400
    assert answer.json()["error_description"].startswith(
        'Cannot use client_credentials with a consumer marked as "public"'
    )


def test_wrong_consumer_secret(world: World) -> None:
    consumer = world.bitbucket.create_oauth_consumer("acme")
    answer = token_for(world, consumer.key, "wrong")
    assert answer.json() == {"error_description": "Invalid OAuth client credentials", "error": "unauthorized_client"}
    assert answer.status_code == 400


def test_revoking_a_consumer_kills_its_tokens(world: World) -> None:
    consumer = world.bitbucket.create_oauth_consumer("acme", ["account"])
    token = token_for(world, consumer.key, consumer.secret).json()["access_token"]
    world.bitbucket.revoke(consumer)
    assert world.get("user", None, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert token_for(world, consumer.key, consumer.secret).status_code == 400
