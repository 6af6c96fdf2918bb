# SPDX-License-Identifier: GPL-3.0-or-later
"""The same from Bitbucket Data Center: a user's token for REST, git, the webhook and the statuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.bitbucket_dc.model import AccessToken
from tests.sandbox.bitbucket_dc.world import World as DataCenter
from tests.sandbox.upsun import Integration
from tests.sandbox.upsun.world import World


def body(dc: DataCenter, token: AccessToken | None = None, **more: Any) -> dict[str, Any]:
    """What makes the integration."""
    return {
        "type": "bitbucket_server",
        "url": dc.dc.url,
        "username": dc.owner.name,
        "token": (token or dc.token).secret,
        "project": "ACME",
        "repository": "app",
        **more,
    }


def integrate(world: World, dc: DataCenter, token: AccessToken | None = None, **more: Any) -> Integration:
    answer = world.call("POST", "integrations", json=body(dc, token, **more))
    assert answer.status_code == 201, answer.text
    settle(world, dc)
    assert world.project.source is not None
    return world.project.source


def settle(world: World, dc: DataCenter) -> None:
    dc.dc.wait_for_deliveries()
    world.settle()


def problems(world: World, sent: dict[str, Any]) -> dict[str, str]:
    answer = world.call("POST", "integrations", json=sent)
    assert answer.status_code == 400
    return dict(answer.json()["detail"])


def heads(dc: DataCenter) -> dict[str, str]:
    refs = dc.dc.refs("ACME", "app")
    return {name.removeprefix("refs/heads/"): sha for name, sha in refs.items() if name.startswith("refs/heads/")}


def mirrored(world: World) -> dict[str, str | None]:
    return {one.id: one.head_commit for one in world.environments.values() if not one.is_pr}


def test_branches_are_mirrored_and_the_webhook_is_registered(world: World, dc: DataCenter) -> None:
    found = integrate(world, dc)
    assert mirrored(world) == heads(dc)
    [hook] = dc.dc.hooks("ACME", "app")
    assert hook.url == world.upsun.hook_url(found) and hook.active and "repo:refs_changed" in hook.events
    assert world.call("GET", "").json()["repository"]["url"] == dc.dc.clone_url("ACME", "app")
    assert {one.result for one in world.upsun.activities_of(world.project)} == {"success"}
    entity = world.call("GET", f"integrations/{found.id}").json()
    assert (entity["username"], entity["url"], entity["project"]) == (dc.owner.name, dc.dc.url, "ACME")
    assert "token" not in entity and "resync_pull_requests" not in entity


def test_pushes_are_followed(world: World, dc: DataCenter) -> None:
    integrate(world, dc)
    dc.dc.commit("ACME", "app", "feature/new", {"x": "1"})
    settle(world, dc)
    assert mirrored(world) == heads(dc) and "feature/new" in mirrored(world)
    dc.dc.delete_branch("ACME", "app", "feature/login")
    settle(world, dc)
    assert mirrored(world) == heads(dc)


def test_pull_requests_are_built_and_reported(world: World, dc: DataCenter) -> None:
    integrate(world, dc)
    dc.dc.open_pull_request("ACME", "app", "feature/login", "main", "Log in")
    settle(world, dc)
    state = world.environment("pr-1")
    assert (state["status"], state["parent"], state["title"]) == ("active", "main", "PR-1: Log in")
    [((sha, _), build)] = dc.app.builds.items()
    assert sha == heads(dc)["feature/login"]
    routes = world.call("GET", "environments/pr-1/deployments/current").json()["routes"]
    assert build.state == "SUCCESSFUL" and build.url == next(url for url in routes if routes[url]["primary"])
    sha = dc.dc.commit("ACME", "app", "feature/login", {"x": "2"})
    settle(world, dc)
    assert world.environments["pr-1"].deployed_commit == sha
    assert {one for one, _ in dc.app.builds} == {state["head_commit"], sha}


@pytest.mark.parametrize("end", ["merge", "decline"])
def test_a_closed_pull_requests_environment_is_deleted(world: World, dc: DataCenter, end: str) -> None:
    integrate(world, dc)
    dc.dc.open_pull_request("ACME", "app", "feature/login", "main", "Log in")
    settle(world, dc)
    getattr(dc.dc, f"{end}_pull_request")("ACME", "app", 1)
    settle(world, dc)
    assert "pr-1" not in world.environments and mirrored(world) == heads(dc)


def test_a_token_without_admin_makes_no_webhook(world: World, dc: DataCenter) -> None:
    """Read access is enough for everything else, so it is valid."""
    reader = dc.dc.create_token(dc.owner, ("PROJECT_READ", "REPO_READ"))
    found = integrate(world, dc, reader)
    [hooks] = world.upsun.activities_of(world.project, "register_hooks")
    assert hooks.result == "failure" and dc.dc.hooks("ACME", "app") == []
    assert world.call("POST", f"integrations/{found.id}/validate").status_code == 200
    assert mirrored(world) == heads(dc)
    better = {"token": dc.token.secret}
    assert world.call("PATCH", f"integrations/{found.id}", json=better).status_code == 200
    settle(world, dc)
    assert len(dc.dc.hooks("ACME", "app")) == 1


def test_bad_credentials_are_named(world: World, dc: DataCenter) -> None:
    assert set(problems(world, body(dc, token=None) | {"token": "wrong-token"})) == {"token"}
    assert set(problems(world, body(dc, username="nobody"))) == {"token"}
    assert "wrong-token" not in json.dumps(problems(world, body(dc) | {"token": "wrong-token"}))
    # One of a repository has no user, and goes with none.
    assert set(problems(world, body(dc, dc.dc.create_token(dc.app, ("REPO_ADMIN",))))) == {"token"}
    assert set(problems(world, body(dc, repository="none"))) == {"repository"}
    assert set(problems(world, body(dc, url=f"{dc.dc.url}/nowhere"))) == {"url"}
    assert set(problems(world, body(dc, url="http://127.0.0.1:9"))) == {"url"}


def test_validate_finds_a_revoked_token(world: World, dc: DataCenter) -> None:
    found = integrate(world, dc)
    dc.token.revoked = True
    answer = world.call("POST", f"integrations/{found.id}/validate")
    assert answer.status_code == 400 and set(answer.json()["detail"]) == {"token"}
    dc.dc.commit("ACME", "app", "feature/new", {"x": "1"})
    settle(world, dc)
    last = world.upsun.activities_of(world.project, "fetch")[-1]
    assert last.result == "failure" and dc.token.secret not in "".join(line for _, line in last.log)


def test_a_slash_after_the_url_does_not_matter(world: World, dc: DataCenter) -> None:
    found = integrate(world, dc, url=f"{dc.dc.url}/")
    assert mirrored(world) == heads(dc)
    assert world.call("GET", f"integrations/{found.id}").json()["url"] == f"{dc.dc.url}/"
