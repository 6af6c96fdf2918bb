# SPDX-License-Identifier: GPL-3.0-or-later
"""Activities: one after the other, with states, progress, and logs that can be read while they grow."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.server import Server
from tests.sandbox.upsun.world import World, send


def started(world: World) -> tuple[str, list[Any]]:
    body = world.call("POST", "integrations", json=world.cloud()).json()["_embedded"]
    return f"integrations/{body['entity']['id']}", body["activities"]


def test_a_client_that_polls_sees_them_pass(world: World, server: Server) -> None:
    server.clock.tick_seconds = 1.0
    place, [hooks, fetch] = started(world)
    access, seen = world.access(), []
    while len(seen) < 60 and (not seen or seen[-1][1]["state"] != "complete"):
        seen.append(
            [world.call("GET", f"{place}/activities/{one['id']}", access).json() for one in (hooks, fetch)],
        )
    assert not [1 for pair in seen if [one["state"] for one in pair] == ["in_progress"] * 2]  # never two in one project
    for number in (0, 1):
        states = list(dict.fromkeys(pair[number]["state"] for pair in seen))
        assert states == ["pending", "in_progress", "complete"]
        percent = [pair[number]["completion_percent"] for pair in seen]
        assert percent == sorted(percent) and percent[0] == 0 and percent[-1] == 100 and len(set(percent)) > 2
    last = seen[-1][1]
    assert (last["result"], last["failure_reason"]) == ("success", None)
    assert last["created_at"] < last["started_at"] < last["completed_at"]


def test_the_log_is_lines_of_json_with_a_seal(world: World) -> None:
    place, [_, fetch] = started(world)
    path = f"{place}/activities/{fetch['id']}"
    assert world.call("GET", f"{path}/log").text == ""  # not sealed yet
    world.settle()
    *lines, last = (json.loads(line) for line in world.call("GET", f"{path}/log").text.splitlines())
    assert last == {"seal": True} and lines[0]["data"]["message"].startswith("Fetching http")
    assert set(lines[0]) == {"_id", "data"} and set(lines[0]["data"]) == {"timestamp", "message"}
    assert world.call("GET", path).json()["log"] == "".join(line["data"]["message"] for line in lines)
    rest = world.call("GET", f"{path}/log?start_at=1&max_items=1").text.splitlines()
    assert [json.loads(line) for line in rest] == lines[1:2]
    link = world.call("GET", path).json()["_links"]["log"]["href"]
    assert link.startswith(world.upsun.region_url) and world.call("GET", link).status_code == 200


def test_the_integrations_are_not_among_the_projects(world: World) -> None:
    place, _ = started(world)
    world.settle()
    assert {one["type"] for one in world.call("GET", "activities").json()} == {"environment.push"}
    assert {one["type"] for one in world.call("GET", f"{place}/activities").json()} == {
        "integration.bitbucket.register_hooks",
        "integration.bitbucket.fetch",
    }
    assert [one["type"] for one in world.call("GET", "environments/main/activities").json()] == ["environment.push"]


def test_lists_are_newest_first_and_go_back_by_date(world: World) -> None:
    place, [hooks, fetch] = started(world)
    world.settle()
    both = world.call("GET", f"{place}/activities").json()
    assert [one["id"] for one in both] == [fetch["id"], hooks["id"]]
    assert [one["id"] for one in world.call("GET", f"{place}/activities?count=1").json()] == [fetch["id"]]
    # The CLI leaves the plus sign of the zone as it is.
    path = f"{place}/activities?starts_at={both[0]['created_at']}&count=10"
    assert [one["id"] for one in world.call("GET", path).json()] == [hooks["id"]]
    assert world.call("GET", f"{place}/activities?starts_at=yesterday").status_code == 400
    assert world.call("GET", f"{place}/activities?state=pending").json() == []


def test_what_has_not_begun_can_be_cancelled(world: World, server: Server) -> None:
    server.clock.tick_seconds = 1.0
    place, [_, fetch] = started(world)
    answer = world.call("POST", f"{place}/activities/{fetch['id']}/cancel")
    assert answer.json()["_embedded"]["entity"]["state"] == "cancelled"
    world.settle()
    assert set(world.environments) == {"main"}
    assert world.call("POST", f"{place}/activities/{fetch['id']}/cancel").status_code == 400


def test_who_knows_the_hook_may_say_that_something_changed_and_no_more(world: World, server: Server) -> None:
    found = world.integrate()
    forged = {"push": {"changes": [{"new": {"name": "evil", "target": {"hash": "0" * 40}}}]}}
    answer = send("POST", world.upsun.hook_url(found), json=forged)
    assert [one["type"] for one in answer.json()["_embedded"]["activities"]] == ["integration.bitbucket.fetch"]
    world.settle()
    server.clock.advance(30)
    world.settle()
    assert "evil" not in world.environments
    [*_, told, retry] = world.upsun.activities_of(world.project, "fetch")
    assert "W: No changes found, scheduling a retry..\n" in [line for _, line in told.log]
    assert (told.result, retry.result) == ("success", "success")  # a normal thing
    assert send("POST", world.upsun.hook_url(found)[:-5] + "x/hook", json={}).status_code == 404


def test_environments_are_dirty_while_something_is_under_way(world: World) -> None:
    world.integrate()
    world.call("POST", "environments/main/redeploy")
    state = world.environment("main")
    assert (state["is_dirty"], state["status"]) == (True, "dirty")
    world.settle()
    state = world.environment("main")
    assert (state["is_dirty"], state["status"]) == (False, "active")
