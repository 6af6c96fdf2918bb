# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments follow branches and pull requests of Bitbucket Cloud, with real git and real webhooks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.upsun.synchronization import status_key
from tests.sandbox.upsun.world import World


def commit(world: World, branch: str, text: str = "1") -> str:
    return world.source.bitbucket.commit("acme", "app", branch, {"change": text})


def heads(world: World) -> dict[str, str]:
    refs = world.source.bitbucket.refs("acme", "app")
    return {name.removeprefix("refs/heads/"): sha for name, sha in refs.items() if name.startswith("refs/heads/")}


def mirrored(world: World) -> dict[str, str | None]:
    return {one.id: one.head_commit for one in world.environments.values() if not one.is_pr}


def statuses(world: World) -> list[Any]:
    return list(world.source.bitbucket.repository("acme", "app").statuses.values())


def log(world: World, type_: str) -> str:
    """Of the last activity of that type."""
    return "".join(line for _, line in world.upsun.activities_of(world.project, type_)[-1].log)


# -- the first time ----------------------------------------------------------------------------------------------------


def test_branches_become_inactive_environments_below_the_default_branch(world: World) -> None:
    world.integrate()
    assert mirrored(world) == heads(world)
    login = world.environment("feature/login")
    assert (login["status"], login["parent"], login["is_pr"], login["has_remote"], login["has_deployment"]) == (
        "inactive",
        "main",
        False,
        True,
        False,
    )
    main = world.environment("main")
    assert (main["status"], main["parent"], main["has_remote"], main["is_main"]) == ("active", None, True, True)


def test_the_first_fetch_overwrites_and_prunes_what_was_there(world: World) -> None:
    """What somebody who adds an integration has to be warned of."""
    upsun, project = world.upsun, world.project
    own = upsun.commit(project, "main", {"index.php": "<?php"})
    for name in ("staging", "feature/login"):
        upsun.branch(project, name, {"x": name})
    world.integrate()
    assert mirrored(world) == heads(world) and own not in heads(world).values()
    assert world.call("GET", "environments/staging").status_code == 404
    assert world.environments["feature/login"].status == "active"  # as before, with other code
    assert "Pruned staging" in log(world, "fetch")


def test_the_main_environment_is_never_pruned(world: World) -> None:
    project = world.project = world.upsun.create_project("Other", world.admin, default_branch="trunk")
    world.integrate()
    assert set(world.environments) == {"trunk", *heads(world)}
    assert world.environment("trunk")["is_main"] and world.environments["main"].parent == "trunk"
    assert project.environments["trunk"].status == "active"


def test_without_pruning_own_environments_stay(world: World) -> None:
    world.upsun.branch(world.project, "staging", {"x": "1"})
    world.integrate(prune_branches=False)
    assert set(world.environments) == {"staging", *heads(world)}


def test_without_fetching_only_pull_requests_come(world: World) -> None:
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login")
    world.integrate(fetch_branches=False)
    assert set(world.environments) == {"main", "pr-1"} and world.environments["main"].head_commit is None


# -- pushes ------------------------------------------------------------------------------------------------------------


def test_pushes_are_followed(world: World) -> None:
    world.integrate()
    sha = commit(world, "feature/new")
    world.settle()
    assert world.environments["feature/new"].head_commit == sha
    newer = commit(world, "feature/new", "2")
    world.settle()
    assert world.environments["feature/new"].head_commit == newer
    world.source.bitbucket.delete_branch("acme", "app", "feature/new")
    world.settle()
    assert mirrored(world) == heads(world)


def test_a_branch_made_on_upsuns_side_is_gone_with_the_next_fetch(world: World) -> None:
    world.integrate()
    world.upsun.branch(world.project, "mine", {"x": "1"})
    commit(world, "main", "2")
    world.settle()
    assert mirrored(world) == heads(world)


def test_what_was_pushed_to_upsun_is_overwritten(world: World) -> None:
    world.integrate()
    world.upsun.commit(world.project, "feature/login", {"x": "mine"})
    commit(world, "main", "2")
    world.settle()
    assert mirrored(world) == heads(world)


def test_nothing_is_followed_without_the_webhook(world: World) -> None:
    world.integrate()
    world.source.bitbucket.repository("acme", "app").hooks.clear()
    commit(world, "feature/new")
    world.settle()
    assert "feature/new" not in world.environments


def test_an_active_branch_is_deployed_with_every_push(world: World) -> None:
    world.integrate()
    assert world.call("POST", "environments/feature%2Flogin/activate", json={}).status_code == 200
    world.settle()
    sha = commit(world, "feature/login")
    world.settle()
    state = world.environment("feature/login")
    assert state["status"] == "active" and state["deployment_state"]["last_deployment_successful"]
    assert world.environments["feature/login"].deployed_commit == sha
    assert statuses(world) == []  # only pull requests are told about


# -- pull requests -----------------------------------------------------------------------------------------------------


def test_a_pull_request_becomes_an_active_environment_below_its_target(world: World) -> None:
    bitbucket = world.source.bitbucket
    commit(world, "release")
    world.integrate()
    bitbucket.open_pull_request("acme", "app", "feature/login", "release", "Log in")
    world.settle()
    state = world.environment("pr-1")
    assert (state["status"], state["parent"], state["is_pr"], state["title"]) == (
        "active",
        "release",
        True,
        "PR-1: Log in",
    )
    assert state["head_commit"] == heads(world)["feature/login"]
    assert world.environments["feature/login"].status == "inactive"  # the branch has its own


def test_it_moves_with_its_target(world: World) -> None:
    commit(world, "release")
    world.integrate()
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login", title="Log in")
    world.settle()
    body = {"title": "Log in now", "destination": {"branch": {"name": "release"}}}
    token = world.source.bitbucket.create_access_token("repository", "acme", "app", scopes=("pullrequest:write",))
    answer = world.source.call("PUT", "repositories/acme/app/pullrequests/1", token, json=body)
    assert answer.status_code == 200, answer.text
    world.settle()
    state = world.environment("pr-1")
    assert (state["parent"], state["title"]) == ("release", "PR-1: Log in now")


def test_it_starts_with_its_parents_data_unless_told_otherwise(world: World) -> None:
    found = world.integrate()
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login")
    world.settle()
    assert world.environments["pr-1"].data_from == "main"
    body = {"pull_requests_clone_parent_data": False}
    world.call("PATCH", f"integrations/{found.id}", json=body)
    commit(world, "feature/two")
    world.source.bitbucket.open_pull_request("acme", "app", "feature/two")
    world.settle()
    assert world.environments["pr-2"].data_from is None
    assert world.environment("pr-2")["clone_parent_on_create"] is False


@pytest.mark.parametrize("resync", [True, False])
def test_data_is_synced_with_every_push_only_if_told_so(world: World, resync: bool) -> None:
    world.integrate(resync_pull_requests=resync)
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login")
    world.settle()
    first = world.environments["pr-1"].data_at
    assert first is not None
    sha = commit(world, "feature/login")
    world.settle()
    pull = world.environments["pr-1"]
    assert pull.deployed_commit == sha and pull.data_at is not None
    assert (pull.data_at > first) is resync
    assert bool(world.upsun.activities_of(world.project, "synchronize")) is resync


@pytest.mark.parametrize("end", ["merge", "decline"])
@pytest.mark.parametrize("prune", [True, False])
def test_its_environment_goes_with_it_whether_branches_are_pruned_or_not(world: World, end: str, prune: bool) -> None:
    bitbucket = world.source.bitbucket
    world.integrate(prune_branches=prune)
    bitbucket.open_pull_request("acme", "app", "feature/login")
    world.settle()
    if end == "merge":
        bitbucket.merge_pull_request("acme", "app", 1)
    else:
        bitbucket.decline_pull_request("acme", "app", 1)
    world.settle()
    assert "pr-1" not in world.environments and mirrored(world) == heads(world)
    assert not [name for name in world.call("GET", "git/refs").json() if "pr-1" in name["ref"]]


def test_pull_requests_are_left_alone_if_told_so(world: World) -> None:
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login")
    world.integrate(build_pull_requests=False)
    assert set(world.environments) == set(heads(world))


def test_of_many_pull_requests_only_the_pages_wanted_are_read(world: World) -> None:
    bitbucket = world.source.bitbucket
    for number in range(51):
        commit(world, f"topic-{number}")
        bitbucket.open_pull_request("acme", "app", f"topic-{number}")
    world.upsun.environments.create(world.project, "pr-1000", "main", None, is_pr=True)
    world.integrate(fetch_branches=False, pull_requests_max_pages=1)
    pulls = {one.id for one in world.environments.values() if one.is_pr}
    assert len(pulls) == 51 and "pr-1000" in pulls  # 50 of a page; what was not read may still be open


# -- what Bitbucket is told --------------------------------------------------------------------------------------------


def test_the_url_of_the_primary_route_is_reported_on_the_commit(world: World) -> None:
    world.integrate()
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login")
    world.settle()
    [status] = statuses(world)
    deployment = world.call("GET", "environments/pr-1/deployments/current").json()
    [primary] = [url for url, route in deployment["routes"].items() if route["primary"]]
    assert len(deployment["routes"]) == 2 and not primary.startswith("https://www.")
    assert (status.state, status.url, status.refname) == ("SUCCESSFUL", primary, "feature/login")
    assert (heads(world)["feature/login"], status.key) in world.source.bitbucket.repository("acme", "app").statuses
    assert f"Reported SUCCESSFUL {primary}" in log(world, "environment.activate")
    assert "Reported INPROGRESS" in log(world, "environment.activate")


def test_the_key_of_the_status_fits(world: World) -> None:
    world.integrate()
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login")
    world.settle()
    pull = world.environments["pr-1"]
    assert len(status_key(pull)) <= 40
    pull.id = "pr-" + "1" * 40
    assert len(status_key(pull)) <= 40


def test_without_an_application_there_is_nothing_to_report(world: World) -> None:
    world.source.bitbucket.commit("acme", "app", "bare", {".upsun/config.yaml": None})
    world.integrate()
    world.source.bitbucket.open_pull_request("acme", "app", "bare")
    world.settle()
    assert [status.state for status in statuses(world)] == ["INPROGRESS"]
    assert world.call("GET", "environments/pr-1/deployments/current").json()["routes"] == {}
    assert "no application" in log(world, "environment.activate")


# -- permissions of the consumer ---------------------------------------------------------------------------------------


def weak(world: World, *scopes: str) -> dict[str, Any]:
    consumer = world.source.bitbucket.create_oauth_consumer("acme", scopes)
    return {"app_credentials": {"key": consumer.key, "secret": consumer.secret}}


def test_without_the_webhook_scope_the_integration_is_there_and_valid_and_deaf(world: World) -> None:
    """Only an activity tells."""
    found = world.integrate(**weak(world, "account", "repository:write", "pullrequest"))
    assert world.call("POST", f"integrations/{found.id}/validate").status_code == 200
    [hooks] = world.call("GET", f"integrations/{found.id}/activities?type=integration.bitbucket.register_hooks").json()
    assert (hooks["state"], hooks["result"], hooks["failure_reason"]) == ("complete", "failure", "error")
    assert "privilege scopes" in hooks["log"]
    assert world.source.bitbucket.hooks("acme", "app") == [] and mirrored(world) == heads(world)
    commit(world, "feature/new")
    world.settle()
    assert "feature/new" not in world.environments


def test_a_success_can_hide_a_failed_webhook(world: World) -> None:
    """So who wants to know looks in Bitbucket."""
    world.upsun.synchronization.hides_failed_hooks = True
    world.integrate(**weak(world, "account", "repository:write", "pullrequest"))
    [hooks] = world.upsun.activities_of(world.project, "register_hooks")
    assert hooks.result == "success" and world.source.bitbucket.hooks("acme", "app") == []
    assert "could not be registered" in log(world, "register_hooks")


def test_without_the_pull_request_scope_neither_webhook_nor_pull_requests(world: World) -> None:
    world.source.bitbucket.open_pull_request("acme", "app", "feature/login")
    world.integrate(**weak(world, "account", "repository:write", "webhook"))
    results = {one.type.rpartition(".")[2]: one.result for one in world.upsun.activities_of(world.project)}
    assert (results["register_hooks"], results["fetch"]) == ("failure", "failure")
    assert mirrored(world) == heads(world)  # the branches came before


def test_a_better_consumer_registers_the_webhook(world: World) -> None:
    found = world.integrate(**weak(world, "account", "repository:write", "pullrequest"))
    good = {"app_credentials": {"key": world.consumer.key, "secret": world.consumer.secret}}
    world.call("PATCH", f"integrations/{found.id}", json=good)
    world.settle()
    [hook] = world.source.bitbucket.hooks("acme", "app")
    assert hook.url == world.upsun.hook_url(found) and hook.active
    world.call("PATCH", f"integrations/{found.id}", json=good)
    world.settle()
    assert len(world.source.bitbucket.hooks("acme", "app")) == 1  # its own it finds again


def test_a_webhook_added_by_hand_is_not_looked_for(world: World) -> None:
    """So the same URL is there twice, and everything is fetched twice."""
    found = world.integrate(**weak(world, "account", "repository:write", "pullrequest"))
    hook = {"description": "by hand", "url": world.upsun.hook_url(found), "active": True, "events": ["repo:push"]}
    assert world.source.call("POST", "repositories/acme/app/hooks", json=hook).status_code == 201
    commit(world, "feature/new")
    world.settle()
    assert "feature/new" in world.environments
    good = {"app_credentials": {"key": world.consumer.key, "secret": world.consumer.secret}}
    world.call("PATCH", f"integrations/{found.id}", json=good)
    world.settle()
    assert [hook.url for hook in world.source.bitbucket.hooks("acme", "app")] == [world.upsun.hook_url(found)] * 2


def test_a_webhook_deleted_in_bitbucket_is_made_anew(world: World) -> None:
    found = world.integrate()
    world.source.bitbucket.repository("acme", "app").hooks.clear()
    good = {"app_credentials": {"key": world.consumer.key, "secret": world.consumer.secret}}
    world.call("PATCH", f"integrations/{found.id}", json=good)
    world.settle()
    assert len(world.source.bitbucket.hooks("acme", "app")) == 1


def test_another_repository_gets_another_webhook(world: World) -> None:
    bitbucket = world.source.bitbucket
    bitbucket.create_repository("acme", "two", {"a": "1"})
    found = world.integrate()
    world.call("PATCH", f"integrations/{found.id}", json={"repository": "acme/two"})
    world.settle()
    assert len(bitbucket.hooks("acme", "two")) == 1 and set(world.environments) == {"main"}
    assert world.environments["main"].head_commit == bitbucket.refs("acme", "two")["refs/heads/main"]


def test_a_revoked_consumer_fails_the_fetch(world: World) -> None:
    world.integrate()
    world.source.bitbucket.revoke(world.consumer)
    commit(world, "feature/new")
    world.settle()
    assert "Invalid OAuth client credentials" in log(world, "fetch") and "feature/new" not in world.environments
    assert world.upsun.activities_of(world.project, "fetch")[-1].result == "failure"
    assert world.consumer.secret not in log(world, "fetch")


def test_after_the_integration_is_gone_its_webhook_leads_nowhere(world: World) -> None:
    found = world.integrate()
    world.call("DELETE", f"integrations/{found.id}")
    commit(world, "feature/new")
    [delivery] = [
        one for one in world.source.bitbucket.wait_for_deliveries() if one.payload["push"]["changes"][0]["new"]
    ]
    assert delivery.attempts[-1].status == 404
    world.settle()
    assert "feature/login" in world.environments and "feature/new" not in world.environments
