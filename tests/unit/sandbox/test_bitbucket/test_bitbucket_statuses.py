# SPDX-License-Identifier: GPL-3.0-or-later
"""Build statuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.bitbucket.world import World


@pytest.fixture
def path(world: World) -> str:
    sha = world.bitbucket.refs("acme", "app")["refs/heads/main"]
    return f"repositories/acme/app/commit/{sha}/statuses"


BODY = {"key": "ci", "state": "INPROGRESS", "url": "https://ci.example.com/1"}


def test_post_creates_and_overwrites(world: World, path: str) -> None:
    first = world.call("POST", f"{path}/build", json={**BODY, "name": "one", "refname": "main"})
    second = world.call("POST", f"{path}/build", json={**BODY, "state": "SUCCESSFUL"})
    assert first.status_code == second.status_code == 201
    assert second.json()["name"] is None  # overwritten, not merged
    (only,) = world.get(path).json()["values"]
    assert (only["state"], only["type"]) == ("SUCCESSFUL", "build")
    assert only["created_on"] == first.json()["created_on"] and only["updated_on"] > only["created_on"]


def test_put_changes_what_it_names_but_never_the_key(world: World, path: str) -> None:
    world.call("POST", f"{path}/build", json={**BODY, "name": "one"})
    changed = world.call("PUT", f"{path}/build/ci", json={"state": "FAILED", "key": "other"}).json()
    assert (changed["key"], changed["state"], changed["name"]) == ("ci", "FAILED", "one")
    assert world.get(f"{path}/build/ci").json() == changed
    assert world.call("PUT", f"{path}/build/none", json=BODY).status_code == 404


def test_key_of_more_than_forty_characters_is_refused_in_bitbuckets_words(world: World, path: str) -> None:
    assert world.call("POST", f"{path}/build", json={**BODY, "key": "k" * 40}).status_code == 201
    answer = world.call("POST", f"{path}/build", json={**BODY, "key": "k" * 48})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "key: Ensure this value has at most 40 characters (it has 48)."
    assert answer.json()["error"]["fields"] == {"key": ["Ensure this value has at most 40 characters (it has 48)."]}


@pytest.mark.parametrize(
    "change", [{"key": None}, {"state": "DONE"}, {"state": None}, {"url": None}, {"url": "nowhere"}]
)
def test_what_is_refused(world: World, path: str, change: dict[str, Any]) -> None:
    assert world.call("POST", f"{path}/build", json={**BODY, **change}).status_code == 400


@pytest.mark.parametrize(
    "url",
    ["https://jenkins:8080/job/1", "http://localhost/1", "https:///1", "http://[::1/1", "https://a b.example.com"],
)
def test_host_without_a_dot_is_refused_in_bitbuckets_words(world: World, path: str, url: str) -> None:
    answer = world.call("POST", f"{path}/build", json={**BODY, "url": url})
    assert answer.status_code == 400
    assert answer.json() == {
        "type": "error",
        "error": {"message": "url: Enter a valid URL.", "fields": {"url": ["Enter a valid URL."]}},
    }
    assert world.get(path).json()["values"] == []


@pytest.mark.parametrize("url", ["http://10.0.0.1:8080/job/1", "http://[2001:db8::1]/1", "https://ci.example.com"])
def test_an_address_is_a_host_as_well(world: World, path: str, url: str) -> None:
    assert world.call("POST", f"{path}/build", json={**BODY, "url": url}).status_code == 201


def test_a_page_has_thirty_statuses(world: World, path: str) -> None:
    for number in range(31):
        world.call("POST", f"{path}/build", json={**BODY, "key": f"ci-{number}"})
    first = world.get(path).json()
    assert first["pagelen"] == 30 and len(first["values"]) == 30
    assert len(world.get(first["next"]).json()["values"]) == 1


def test_filters(world: World, path: str) -> None:
    for key, ref in (("a", "main"), ("b", "dev")):
        world.call("POST", f"{path}/build", json={**BODY, "key": key, "refname": ref})
    assert [s["key"] for s in world.get(f"{path}?refname=dev").json()["values"]] == ["b"]
    assert [s["key"] for s in world.get(path, params={"q": 'key="a"', "sort": "-created_on"}).json()["values"]] == ["a"]


def test_reading_is_enough_to_report_but_nobody_is_not(world: World, path: str) -> None:
    reader = world.bitbucket.create_user("rita")
    world.bitbucket.grant(reader, "read", "acme", "app")
    token = world.bitbucket.create_api_token(reader, ["read:repository:bitbucket"])
    assert world.call("POST", f"{path}/build", token, json=BODY).status_code == 201
    world.bitbucket.create_repository("acme", "open", files={"a": "b"}, private=False)
    sha = world.bitbucket.refs("acme", "open")["refs/heads/main"]
    assert world.get(f"repositories/acme/open/commit/{sha}/statuses", None).status_code == 200
    assert world.call("POST", f"repositories/acme/open/commit/{sha}/statuses/build", None, json=BODY).status_code == 401


def test_unknown_commit(world: World) -> None:
    path = f"repositories/acme/app/commit/{'0' * 40}/statuses/build"
    assert world.call("POST", path, json=BODY).status_code == 404


def test_webhooks_hear_of_it(world: World, path: str, receiver: Any) -> None:
    events = ["repo:commit_status_created", "repo:commit_status_updated"]
    world.call("POST", "repositories/acme/app/hooks", json={"url": receiver.url, "events": events})
    for _ in range(2):
        world.call("POST", f"{path}/build", json=BODY)
    assert [delivery.event for delivery in world.bitbucket.wait_for_deliveries()] == events
