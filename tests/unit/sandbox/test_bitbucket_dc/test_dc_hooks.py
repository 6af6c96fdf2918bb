# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks: what is taken, what is refused, what is never told, and what is delivered."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
import requests

from tests.sandbox.bitbucket_dc.world import World

HOOKS = "projects/ACME/repos/app/webhooks"
ON_PROJECT = "projects/ACME/webhooks"
BODY = {"name": "CI", "url": "https://ci.internal/hook", "events": ["repo:refs_changed"], "active": True}


def create(world: World, path: str = HOOKS, by: Any = "token", **body: Any) -> requests.Response:
    return world.call("POST", path, by, json={**BODY, **body})


@pytest.mark.parametrize(("path", "scope"), [(HOOKS, "repository"), (ON_PROJECT, "project")])
def test_life_of_a_webhook(world: World, path: str, scope: str) -> None:
    answer = create(world, path, configuration={"secret": "s3cret"})
    assert answer.status_code == 201  # the description says 200
    hook = answer.json()
    assert isinstance(hook["id"], int) and hook["scopeType"] == scope
    assert "s3cret" not in answer.text
    one = f"{path}/{hook['id']}"
    assert world.get(one).json() == hook
    assert world.get(path).json()["values"] == [hook]
    changed = world.call("PUT", one, json={**BODY, "name": "New"}).json()
    assert (changed["id"], changed["name"]) == (hook["id"], "New")
    assert world.call("DELETE", one).status_code == 204
    assert world.get(one).json()["errors"][0]["exceptionName"] == "com.atlassian.webhooks.NoSuchWebhookException"
    assert world.get(f"{path}/x").status_code == world.call("DELETE", one).status_code == 404


def test_put_replaces_the_whole_so_what_is_not_sent_is_gone(world: World) -> None:
    number = create(world, active=False, configuration={"secret": "s3cret"}).json()["id"]
    world.call("PUT", f"{HOOKS}/{number}", json={key: BODY[key] for key in ("name", "url", "events")})
    (hook,) = world.dc.hooks("ACME", "app")
    assert hook.secret is None and hook.active
    assert world.call("PUT", f"{HOOKS}/{number}", json={"active": True}).status_code == 400


def test_empty_secret_breaks_the_server(world: World) -> None:
    """Who has no secret has to leave the configuration out."""
    assert create(world, configuration={"secret": ""}).status_code == 500
    assert create(world, configuration={}).status_code == 201


def test_older_servers_tell_the_secret(world: World) -> None:
    number = create(world, configuration={"secret": "s3cret"}).json()["id"]
    assert world.get(f"{HOOKS}/{number}").json()["configuration"] == {}
    world.dc.shows_secrets = True
    assert world.get(f"{HOOKS}/{number}").json()["configuration"] == {"secret": "s3cret"}


def test_same_url_and_name_twice_makes_two_hooks(world: World) -> None:
    assert create(world).json()["id"] != create(world).json()["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"url": None}, "url"),
        ({"url": "ftp://ci.example.com"}, "url"),
        ({"url": "https:///hook"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["repo:push"]}, "events"),  # Cloud's name
        ({"events": ["project:modified"]}, "events"),  # a project's event
        ({"active": "yes"}, "active"),
        ({"sslVerificationRequired": "no"}, "sslVerificationRequired"),
    ],
)
def test_what_is_refused(world: World, body: dict[str, Any], field: str) -> None:
    answer = create(world, **body)
    assert answer.status_code == 400
    assert [one["context"] for one in answer.json()["errors"]] == [field]


def test_project_hooks_are_inherited_and_found_by_search(world: World) -> None:
    mine, inherited = create(world).json()["id"], create(world, ON_PROJECT, events=["project:modified"]).json()["id"]
    assert [one["id"] for one in world.get(HOOKS).json()["values"]] == [mine]
    assert [one["id"] for one in world.get(f"{HOOKS}/search").json()["values"]] == [mine, inherited]
    only = world.get(f"{HOOKS}/search?scopeType=project").json()["values"]
    assert [one["id"] for one in only] == [inherited]
    assert world.get(f"{HOOKS}/{inherited}").status_code == 404
    assert [one["id"] for one in world.get(f"{HOOKS}?event=pr:opened").json()["values"]] == []


def test_pages_are_walked_by_what_the_answer_says(world: World) -> None:
    for _ in range(3):
        create(world)
    first = world.get(f"{HOOKS}?limit=2").json()
    assert (first["size"], first["isLastPage"], first["nextPageStart"]) == (2, False, 2)
    last = world.get(f"{HOOKS}?limit=2&start=2").json()
    assert (last["size"], last["isLastPage"], "nextPageStart" in last) == (1, True, False)
    world.dc.page_limit = 1  # an administrator's hard limit counts more than the wish
    assert world.get(f"{HOOKS}?limit=100").json()["limit"] == 1


def test_only_administrators(world: World) -> None:
    sam = world.dc.create_user("sam")
    world.dc.grant(sam, "REPO_ADMIN", "ACME", "app")
    assert world.get(HOOKS, sam).status_code == 200
    assert world.get(ON_PROJECT, sam).status_code == 401
    world.dc.grant(sam, "REPO_WRITE", "ACME", "app")
    assert world.get(HOOKS, sam).status_code == create(world, by=sam).status_code == 401


def test_push_is_delivered_signed(world: World, receiver: Any) -> None:
    create(world, url=receiver.url, configuration={"secret": "s3cret"})
    create(world, ON_PROJECT, url=receiver.url, credentials={"username": "u", "password": "p"})
    create(world, url=receiver.url, active=False)
    create(world, url=receiver.url, events=["pr:opened"])
    before = world.dc.refs("ACME", "app")["refs/heads/main"]
    after = world.dc.commit("ACME", "app", "main", {"new.txt": "1"}, "More")
    assert len(world.dc.wait_for_deliveries()) == len(receiver.received) == 2
    (headers, body) = next((h, b) for h, b in receiver.received if "X-Hub-Signature" in h)
    other = next(h for h, _ in receiver.received if "X-Hub-Signature" not in h)
    assert headers["X-Hub-Signature"] == "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["X-Event-Key"] == "repo:refs_changed" and headers["X-Request-Id"] != other["X-Request-Id"]
    assert other["Authorization"] == "Basic " + base64.b64encode(b"u:p").decode()
    payload = world.dc.deliveries[0].payload
    assert payload["eventKey"] == "repo:refs_changed" and payload["repository"]["slug"] == "app"
    (change,) = payload["changes"]
    assert (change["fromHash"], change["toHash"], change["type"]) == (before, after, "UPDATE")
    assert change["ref"] == {"id": "refs/heads/main", "displayId": "main", "type": "BRANCH"}


def test_branches_and_tags_that_come_and_go(world: World, receiver: Any) -> None:
    create(world, url=receiver.url)
    world.dc.tag("ACME", "app", "v3", "main")
    world.dc.delete_branch("ACME", "app", "feature/login")
    new, gone = (delivery.payload["changes"][0] for delivery in world.dc.wait_for_deliveries())
    assert (new["type"], new["fromHash"], new["ref"]["type"]) == ("ADD", "0" * 40, "TAG")
    assert (gone["type"], gone["toHash"], gone["ref"]["displayId"]) == ("DELETE", "0" * 40, "feature/login")


def test_test_is_a_ping_that_is_never_signed(world: World, receiver: Any) -> None:
    number = create(world, url=receiver.url, configuration={"secret": "s3cret"}).json()["id"]
    answer = world.call("POST", f"{HOOKS}/test?webhookId={number}")
    assert answer.json()["result"]["outcome"] == "SUCCESS"
    ((headers, body),) = receiver.received
    assert headers["X-Event-Key"] == "diagnostics:ping" and body == b'{"test": true}'
    assert "X-Hub-Signature" not in headers
    receiver.answers[:] = [503]
    refused = world.call("POST", f"{HOOKS}/test?url={receiver.url}", json={"username": "u", "password": "p"})
    assert refused.status_code == 200 and refused.json()["result"]["outcome"] == "FAILURE"
    nobody = world.call("POST", f"{ON_PROJECT}/test?url=http://127.0.0.1:9/")
    assert nobody.status_code == 200 and nobody.json()["result"]["outcome"] == "ERROR"


def push(world: World, times: int = 1) -> None:
    for number in range(times):
        world.dc.commit("ACME", "app", "main", {"a": f"{world.dc.clock.now()} {number}"})
        world.dc.wait_for_deliveries()


def test_unhealthy_webhooks_are_skipped_for_a_while(world: World, receiver: Any) -> None:
    """Five failures in a row; nothing is tried again later."""
    create(world, url=receiver.url)
    receiver.answers[:] = [500] * 5
    push(world, 5)
    assert len(receiver.received) == 5
    push(world)
    assert len(receiver.received) == 5 and world.dc.deliveries[-1].dropped
    world.dc.clock.advance(31)
    push(world)
    assert len(receiver.received) == 6 and world.dc.deliveries[-1].delivered


def test_books_are_kept(world: World, receiver: Any) -> None:
    number = create(world, url=receiver.url).json()["id"]
    assert world.get(f"{HOOKS}/{number}/latest").status_code == 204
    receiver.answers[:] = [200, 404]
    push(world, 2)
    assert world.get(f"{HOOKS}/{number}/latest").json()["result"]["outcome"] == "FAILURE"
    good = world.get(f"{HOOKS}/{number}/latest?outcome=SUCCESS").json()
    assert good["event"] == "repo:refs_changed" and good["result"]["outcome"] == "SUCCESS"
    counts = {"errors": 0, "failures": 1, "successes": 1}
    assert world.get(f"{HOOKS}/{number}/statistics").json()["counts"] == counts
    assert world.get(f"{HOOKS}/{number}/statistics/summary").json()["repo:refs_changed"]["counts"] == counts
    assert world.get(f"{HOOKS}/{number}?statistics=true").json()["statistics"]["counts"] == counts
