# SPDX-License-Identifier: GPL-3.0-or-later
"""The exchange of the API token, its renewal, and the errors for Upsun's responses; against a script of expected
calls."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun import client as module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.client import Upsun, place
from tests.unit.bitbucket.script import Expect, Script

API, AUTH = "https://api.upsun.com", "https://auth.upsun.com/oauth2/token"
SECRET = "the-api-token-of-jane"
PROJECT = "projects/abcdefgh1234567"


def upsun(**params: Any) -> Upsun:
    given = {
        "api_token": SECRET,
        "api_url": API,
        "auth_url": "https://auth.upsun.com",
        "client_id": "platform-api-user",
        "timeout": 5,
        "max_retries": 0,
        "validate_certs": True,
        "ca_path": None,
    }
    return Upsun({**given, **params}, Context())


def exchange(number: int = 1, expires_in: int | None = 900) -> Expect:
    answer = {"access_token": f"access-token-{number}", "expires_in": expires_in, "token_type": "bearer"}
    return Expect("POST", AUTH, answer={name: value for name, value in answer.items() if value is not None})


def got(status: int = 200, answer: Any = None, **more: Any) -> Expect:
    return Expect("GET", f"{API}/{PROJECT}", status=status, answer={"id": "x"} if answer is None else answer, **more)


UNKNOWN = {"error": "invalid_token", "error_description": "The access token is missing, invalid or has expired"}


def test_the_api_token_is_exchanged_once_for_all_calls_of_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(exchange(), got(), got()).install(monkeypatch)
    client = upsun()
    for _ in range(2):
        client.get(PROJECT, asked="Read it")
    script.done()
    first, second, third = script.sent
    assert first.body == f"grant_type=api_token&api_token={SECRET}"
    assert first.headers["Authorization"] == "Basic " + base64.b64encode(b"platform-api-user:").decode()
    assert second.headers["Authorization"] == third.headers["Authorization"] == "Bearer access-token-1"


def test_an_access_token_is_renewed_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    script = Script(exchange(1), got(), got(), exchange(2), got()).install(monkeypatch)
    client = upsun()
    for passed in (0.0, 839.0, 2.0):
        now[0] += passed
        client.get(PROJECT, asked="Read it")
    script.done()
    assert script.sent[-1].headers["Authorization"] == "Bearer access-token-2"


def test_a_token_that_was_refused_is_exchanged_once_more_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(exchange(1), got(401, UNKNOWN), exchange(2), got()).install(monkeypatch)
    assert upsun().get(PROJECT, asked="Read it") == {"id": "x"}
    script.done()
    script = Script(exchange(1), got(401, UNKNOWN), exchange(2), got(401, UNKNOWN)).install(monkeypatch)
    with pytest.raises(BridgeError) as raised:
        upsun().get(PROJECT, asked="Read it")
    script.done()
    assert raised.value.kind == "unauthorized"
    assert "UPSUN_CLI_TOKEN" in str(raised.value)


@pytest.mark.parametrize("status", [400, 401])
def test_a_wrong_api_token_names_the_page_where_a_new_one_is_made(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    refusal = {"error": "invalid_grant", "error_description": "Invalid API token"}
    script = Script(Expect("POST", AUTH, status=status, answer=refusal)).install(monkeypatch)
    with pytest.raises(BridgeError) as raised:
        upsun().get(PROJECT, asked="Read it")
    script.done()
    assert raised.value.code == "invalid_grant"
    for words in ("Invalid API token", "https://console.upsun.com", "API tokens"):
        assert words in str(raised.value)
    assert SECRET not in str(raised.value)


def test_another_brand_has_other_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script(
        Expect("POST", "https://auth.example.com/oauth2/token", answer={"access_token": "a-token"}),
        Expect("GET", f"https://api.example.com/{PROJECT}", answer={}),
    ).install(monkeypatch)
    upsun(api_url="https://api.example.com/", auth_url="https://auth.example.com", client_id="other").get(
        PROJECT, asked="Read it"
    )
    script.done()
    assert script.sent[0].headers["Authorization"] == "Basic " + base64.b64encode(b"other:").decode()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"message": "Bad Request", "title": "Bad Request", "detail": {"url": "Required"}}, "url: Required"),
        ({"message": "No", "detail": ["one", "two"]}, "No: one, two"),
        ({"detail": {"app_credentials": {"key": "Required", "secret": "Required"}}}, "key: Required; secret: Required"),
        ({"title": "Teapot"}, "Teapot"),
        ("upstream down", "upstream down"),
    ],
)
def test_the_words_of_every_shape_of_error_are_told(monkeypatch: pytest.MonkeyPatch, answer: Any, words: str) -> None:
    Script(exchange(), got(400, answer)).install(monkeypatch)
    with pytest.raises(BridgeError) as raised:
        upsun().get(PROJECT, asked="Read it")
    assert words in str(raised.value.words)
    assert "Bad Request" not in str(raised.value.words)


@pytest.mark.parametrize(("status", "words"), [(403, "admin of the project"), (404, "Check the id of the project")])
def test_a_refusal_says_what_to_do(monkeypatch: pytest.MonkeyPatch, status: int, words: str) -> None:
    Script(exchange(), got(status, {"message": "no"})).install(monkeypatch)
    with pytest.raises(BridgeError) as raised:
        upsun().get(PROJECT, asked="Read it")
    assert words in str(raised.value)


def test_something_that_is_no_upsun_is_told_apart_from_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    Script(exchange(), got(answer="<html>")).install(monkeypatch)
    with pytest.raises(BridgeError, match=r"should respond to GET .* with a JSON list of objects"):
        upsun().listing(PROJECT, asked="List")


def test_links_to_the_gateway_of_a_region_are_followed_at_the_api() -> None:
    client = upsun()
    assert client.reachable("https://eu-3.platform.sh/api/projects/x/log") == f"{API}/api/projects/x/log"
    assert client.reachable("/api/projects/x/log") == f"{API}/api/projects/x/log"


def test_an_environment_with_a_slash_in_its_id_is_one_part_of_a_path() -> None:
    assert place("x", "environments", "feature/cart") == "projects/x/environments/feature%2Fcart"
