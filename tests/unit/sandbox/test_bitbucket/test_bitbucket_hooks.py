# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks: what is taken, what is refused, what is never told, and what is delivered."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.sandbox.bitbucket.world import World

HOOKS = "repositories/acme/app/hooks"
URL = "https://ci.example.com/hook"


def create(world: World, by: Any = "owner", path: str = HOOKS, **body: Any) -> requests.Response:
    return world.call("POST", path, by, json={"url": URL, "events": ["repo:push"], "description": "CI", **body})


def one(uuid: str, path: str = HOOKS) -> str:
    return f"{path}/{quote(uuid, safe='')}"


@pytest.mark.parametrize("path", [HOOKS, "workspaces/acme/hooks"])
def test_life_of_a_webhook(world: World, path: str) -> None:
    made = create(world, path=path, secret="s3cret", active=True)
    assert made.status_code == 201
    hook = made.json()
    assert made.headers["Location"].endswith(one(hook["uuid"], path))
    assert hook["secret_set"] is True and "s3cret" not in made.text
    assert world.get(one(hook["uuid"], path)).json() == hook
    assert [entry["uuid"] for entry in world.get(path).json()["values"]] == [hook["uuid"]]
    body = {"url": URL + "2", "events": ["repo:push", "repo:fork"]}
    changed = world.call("PUT", one(hook["uuid"], path), json=body).json()
    assert changed["url"] == URL + "2" and changed["uuid"] == hook["uuid"]
    assert changed["secret_set"] is True  # not sent: unchanged
    assert world.call("DELETE", one(hook["uuid"], path)).status_code == 204
    assert world.get(one(hook["uuid"], path)).status_code == 404


@pytest.mark.parametrize(("path", "subject"), [(HOOKS, "repository"), ("workspaces/acme/hooks", "workspace")])
def test_what_a_webhook_says_of_itself(world: World, path: str, subject: str) -> None:
    hook = create(world, path=path).json()
    assert hook["subject_type"] == subject and hook["read_only"] is False
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", hook["created_at"])


def test_uuid_without_braces_is_not_found(world: World) -> None:
    uuid = create(world).json()["uuid"]
    assert world.get(one(uuid.strip("{}"))).status_code == 404


@pytest.mark.parametrize("value", [None, ""])
def test_null_or_empty_secret_removes_it(world: World, value: str | None) -> None:
    uuid = create(world, secret="x").json()["uuid"]
    body = {"url": URL, "events": ["repo:push"], "secret": value, "secret_set": True}
    assert world.call("PUT", one(uuid), json=body).json()["secret_set"] is False


def test_same_url_twice_makes_two_hooks(world: World) -> None:
    assert create(world).json()["uuid"] != create(world).json()["uuid"]
    assert world.get(HOOKS).json()["size"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"events": []}, "events"),
        ({"events": None}, "events"),
        ({"events": ["repo:push", "repo:push"]}, "events"),
        ({"events": ["repo:pushed"]}, "events"),
        ({"events": ["project:updated"]}, "events"),  # a workspace's event
        ({"secret": "x" * 129}, "secret"),
        ({"url": ""}, "url"),
        ({"url": "ftp://ci.example.com/"}, "url"),
        ({"url": "https:///no-host"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://jenkins/"}, "url"),
        ({"active": "yes"}, "active"),
    ],
)
def test_what_is_refused(world: World, body: dict[str, Any], field: str) -> None:
    answer = create(world, **body)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
    assert answer.json()["error"]["message"].startswith(f"{field}: ")
    assert world.get(HOOKS).json()["values"] == []


def test_secret_of_128_characters_is_taken(world: World) -> None:
    assert create(world, secret="x" * 128).status_code == 201


def test_put_without_url_or_events_is_refused(world: World) -> None:
    uuid = create(world).json()["uuid"]
    assert world.call("PUT", one(uuid), json={"events": ["repo:push"]}).status_code == 400
    assert world.call("PUT", one(uuid), json={"url": URL}).status_code == 400
    assert world.call("PUT", one(uuid), data="x").status_code == 400


def test_scopes_of_the_subscribed_events_are_needed(world: World) -> None:
    scopes = ["read:webhook:bitbucket", "write:webhook:bitbucket", "read:repository:bitbucket"]
    token = world.bitbucket.create_api_token(world.owner, scopes)
    assert create(world, token).status_code == 201
    answer = create(world, token, events=["repo:push", "pullrequest:created"])
    assert answer.status_code == 403
    assert "read:pullrequest:bitbucket" in answer.headers["X-Accepted-OAuth-Scopes"]
    old = world.bitbucket.create_access_token("repository", "acme", "app", scopes=["webhook"])
    assert create(world, old).status_code == 403
    old = world.bitbucket.create_access_token("repository", "acme", "app", scopes=["webhook", "repository"])
    assert create(world, old).status_code == 201


def test_write_and_delete_are_scopes_of_their_own(world: World) -> None:
    uuid = create(world).json()["uuid"]
    writer = world.bitbucket.create_api_token(world.owner, ["write:webhook:bitbucket", "read:repository:bitbucket"])
    assert create(world, writer).status_code == 403  # write without read is not enough
    assert world.call("DELETE", one(uuid), writer).status_code == 403
    reader = world.bitbucket.create_api_token(world.owner, ["read:webhook:bitbucket"])
    assert world.get(HOOKS, reader).status_code == 200


def test_only_administrators_and_owners(world: World) -> None:
    sam = world.bitbucket.create_user("sam")
    token = world.bitbucket.create_api_token(sam, world.token.scopes)
    world.bitbucket.grant(sam, "write", "acme", "app")
    assert world.get(HOOKS, token).status_code == 403
    world.bitbucket.grant(sam, "admin", "acme", "app")
    assert world.get(HOOKS, token).status_code == 200
    assert world.get("workspaces/acme/hooks", token).status_code == 403
    access = world.bitbucket.create_access_token("repository", "acme", "app", scopes=["webhook"])
    assert world.get("workspaces/acme/hooks", access).status_code == 403
    assert world.get(HOOKS, None).status_code == 404


def test_events_are_public_and_paged(world: World) -> None:
    first = world.get("hook_events/workspace", None).json()
    assert first["size"] == 29 and len(first["values"]) == 10
    last = world.get(world.get(first["next"], None).json()["next"], None).json()
    assert len(last["values"]) == 9
    assert world.get("hook_events/repository", None).json()["size"] == 28
    assert world.get("hook_events/team", None).status_code == 404


def test_push_is_delivered_signed(world: World, receiver: Any) -> None:
    create(world, url=receiver.url, secret="s3cret")
    create(world, url=receiver.url, path="workspaces/acme/hooks")
    create(world, url=receiver.url, active=False)
    create(world, url=receiver.url, events=["repo:fork"])
    before = world.bitbucket.refs("acme", "app")["refs/heads/main"]
    after = world.bitbucket.commit("acme", "app", "main", {"new.txt": "1"}, "More", by=world.token)
    deliveries = world.bitbucket.wait_for_deliveries()
    assert len(deliveries) == len(receiver.received) == 2
    signed = next((h, b) for h, b in receiver.received if "X-Hub-Signature" in h)
    unsigned = next((h, b) for h, b in receiver.received if "X-Hub-Signature" not in h)
    headers, body = signed
    assert headers["X-Hub-Signature"] == "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["X-Event-Key"] == "repo:push" and headers["X-Attempt-Number"] == "1"
    assert headers["X-Request-UUID"] != unsigned[0]["X-Request-UUID"] and headers["X-Hook-UUID"]
    payload = json.loads(body)
    (change,) = payload["push"]["changes"]
    assert (change["old"]["target"]["hash"], change["new"]["target"]["hash"]) == (before, after)
    assert (change["new"]["type"], change["new"]["name"]) == ("branch", "main")
    assert not change["created"] and not change["closed"] and not change["forced"]
    assert payload["repository"]["full_name"] == "acme/app" and payload["actor"]["nickname"] == "olivia"


def test_every_payload_says_whose_the_repository_is(world: World, receiver: Any) -> None:
    events = [
        "repo:push",
        "repo:commit_status_created",
        "pullrequest:created",
        "pullrequest:comment_created",
    ]
    create(world, url=receiver.url, events=events)
    sha = world.bitbucket.commit("acme", "app", "feature/login", {"new.txt": "1"}, "More")
    status = {"key": "ci", "state": "INPROGRESS", "url": "https://ci.example.com/1"}
    world.call("POST", f"repositories/acme/app/commit/{sha}/statuses/build", json=status)
    world.bitbucket.open_pull_request("acme", "app", "feature/login")
    comment = {"content": {"raw": "Fine."}}
    world.call("POST", "repositories/acme/app/pullrequests/1/comments", json=comment)
    sent = {delivery.event: delivery.payload["repository"] for delivery in world.bitbucket.wait_for_deliveries()}
    assert sorted(sent) == sorted(events)
    known = world.get("repositories/acme/app").json()
    for repository in sent.values():
        assert {name: repository[name] for name in ("owner", "workspace", "project", "uuid", "full_name")} == {
            name: known[name] for name in ("owner", "workspace", "project", "uuid", "full_name")
        }


def test_branches_and_tags_that_come_and_go(world: World, receiver: Any) -> None:
    create(world, url=receiver.url)
    world.bitbucket.tag("acme", "app", "v3", "main")
    world.bitbucket.delete_branch("acme", "app", "feature/login")
    new, gone = (d.payload["push"]["changes"][0] for d in world.bitbucket.wait_for_deliveries())
    assert new["old"] is None and new["created"] and new["new"]["type"] == "tag"
    assert gone["new"] is None and gone["closed"] and gone["old"]["name"] == "feature/login"


@pytest.mark.parametrize(
    ("answers", "attempts"), [([500, 503, 200], [500, 503, 200]), ([500] * 5, [500] * 3), ([404], [404])]
)
def test_only_server_errors_are_tried_again_twice(
    world: World, receiver: Any, answers: list[int], attempts: list[int]
) -> None:
    create(world, url=receiver.url)
    receiver.answers[:] = answers
    world.bitbucket.commit("acme", "app", "main", {"a": "b"})
    (delivery,) = world.bitbucket.wait_for_deliveries()
    assert [attempt.status for attempt in delivery.attempts] == attempts
    assert [h["X-Attempt-Number"] for h, _ in receiver.received] == [str(n + 1) for n in range(len(attempts))]


def test_receiver_that_is_not_there_harms_nobody(world: World) -> None:
    create(world, url="http://127.0.0.1:9/")
    world.bitbucket.commit("acme", "app", "main", {"a": "b"})
    (delivery,) = world.bitbucket.wait_for_deliveries()
    assert delivery.attempts[0].error == "ConnectionError" and not delivery.delivered
