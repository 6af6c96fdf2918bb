# SPDX-License-Identifier: GPL-3.0-or-later
"""API tokens buy access tokens, which live for a quarter of an hour and are the only thing the API takes."""

from __future__ import annotations

from base64 import b64encode

import pytest
import requests

from tests.sandbox.server import Server
from tests.sandbox.upsun.world import World, send

ME = "/users/me"


def exchange(world: World, auth: tuple[str, str] | None = None, **form: str) -> requests.Response:
    return send("POST", f"{world.upsun.auth_url}/oauth2/token", auth=auth, data=form)


def test_an_api_token_buys_an_access_token_for_900_seconds(world: World) -> None:
    answer = world.login().json()
    assert set(answer) == {"access_token", "expires_in", "token_type"}  # and no refresh token
    assert (answer["expires_in"], answer["token_type"]) == (900, "bearer")
    assert world.call("GET", ME, answer["access_token"]).json()["email"] == "ursula@example.com"


def test_the_cli_sends_its_client_id_in_the_form(world: World) -> None:
    form = {"client_id": "upsun-cli", "client_secret": "", "grant_type": "api_token", "api_token": world.token.secret}
    assert exchange(world, **form).status_code == 200


@pytest.mark.parametrize(
    ("auth", "client"), [(("platform-api-user", "secret"), {}), (("nobody", ""), {}), (None, {"client_id": "nobody"})]
)
def test_a_client_nobody_knows_or_with_a_secret_is_refused(
    world: World, auth: tuple[str, str] | None, client: dict[str, str]
) -> None:
    answer = exchange(world, auth, grant_type="api_token", api_token=world.token.secret, **client)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_bad_api_token_is_named_in_the_description(world: World) -> None:
    """The CLI tells it from other refusals by these two."""
    answer = world.login("wrong")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant" and "API token" in answer.json()["error_description"]


def test_a_revoked_api_token_buys_nothing_more(world: World) -> None:
    access = world.access()
    world.upsun.revoke(world.token)
    assert world.login().status_code == 400
    assert world.call("GET", ME, access).status_code == 200  # what it bought before lives on


def test_other_grants_are_not_supported(world: World) -> None:
    assert world.login(grant_type="refresh_token").json()["error"] == "unsupported_grant_type"


def test_an_access_token_ends_after_a_quarter_of_an_hour(world: World, server: Server) -> None:
    access = world.access()
    server.clock.advance(800)
    assert world.call("GET", ME, access).status_code == 200
    server.clock.advance(100)
    answer = world.call("GET", ME, access)
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_token" and "invalid_token" in answer.headers["WWW-Authenticate"]
    assert world.call("GET", ME, world.access()).status_code == 200  # the same API token again


def test_only_access_tokens_as_bearer_open_the_api(world: World) -> None:
    assert world.call("GET", ME, None).status_code == 401
    assert world.call("GET", ME, world.token.secret).status_code == 401
    basic = "Basic " + b64encode(f"x:{world.access()}".encode()).decode()
    assert world.call("GET", ME, None, headers={"Authorization": basic}).status_code == 401
    assert world.call("GET", f"{ME}?access_token={world.access()}", None).status_code == 401
