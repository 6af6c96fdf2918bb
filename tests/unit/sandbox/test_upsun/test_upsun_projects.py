# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects, who may see what of them, and the links between Upsun's hosts."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest

from tests.sandbox.upsun.world import World, send


def test_a_new_project_has_its_main_environment_and_its_own_repository(world: World) -> None:
    project = world.call("GET", "").json()
    assert project["default_branch"] == "main" and project["repository"]["url"].endswith(f":{world.project.id}.git")
    assert ".platform.sh:" in project["repository"]["url"]
    [main] = world.call("GET", "environments").json()
    assert (main["id"], main["type"], main["status"], main["parent"]) == ("main", "production", "active", None)
    assert main["is_main"] and not main["has_code"] and main["head_commit"] is None


def test_self_is_on_the_regions_host_and_operations_are_paths(world: World) -> None:
    world.integrate()
    links = world.call("GET", "integrations").json()[0]["_links"]
    assert links["self"]["href"].startswith(f"{world.upsun.region_url}/api/projects/")
    assert all(links[name]["href"].startswith("/api/") for name in ("#edit", "#delete", "#validate", "#hook"))
    # The gateway has the same under /api, but for the webhook.
    assert world.call("POST", links["#validate"]["href"]).status_code == 200
    assert world.call("POST", links["#hook"]["href"]).status_code == 404
    assert world.call("GET", links["self"]["href"]).status_code == 200


def test_the_hook_is_found_from_self_only(world: World) -> None:
    found = world.integrate()
    entity = world.call("GET", f"integrations/{found.id}").json()
    assert "hook_url" not in entity
    url = urljoin(entity["_links"]["self"]["href"], entity["_links"]["#hook"]["href"])
    assert url == world.upsun.hook_url(found)
    assert send("POST", url, json={}).status_code == 200


@pytest.mark.parametrize("path", ["integrations", "integrations/x"])
def test_integrations_are_for_admins(world: World, path: str) -> None:
    viewer = world.upsun.create_user("vera")
    token = world.upsun.create_api_token(viewer)
    assert world.call("GET", "", token).status_code == 403  # no member at all
    world.upsun.grant(viewer, world.project, "viewer")
    assert world.call("GET", "", token).status_code == 200
    assert world.call("GET", "environments/main", token).status_code == 200
    assert world.call("GET", path, token).status_code == 403
    assert world.call("POST", "integrations", token, json=world.cloud()).status_code == 403


def test_links_are_only_to_what_one_may_do(world: World) -> None:
    viewer = world.upsun.create_user("vera")
    world.upsun.grant(viewer, world.project, "viewer")
    token = world.upsun.create_api_token(viewer)
    mine, hers = (world.call("GET", "environments/main", by).json()["_links"] for by in (world.token, token))
    assert "#redeploy" in mine and not [name for name in hers if name.startswith("#")]
    assert "integrations" not in world.call("GET", "", token).json()["_links"]


def test_what_is_not_there_is_not_found(world: World) -> None:
    for path in ("/projects/none", "integrations/none", "environments/none"):
        answer = world.call("GET", path)
        assert (answer.status_code, answer.json()["code"], answer.json()["title"]) == (404, 404, "Not Found")


def test_capabilities_tell_which_types_there_are(world: World) -> None:
    integrations = world.call("GET", "capabilities").json()["integrations"]
    assert integrations["enabled"] and integrations["config"]["bitbucket"]["enabled"]
    assert not integrations["config"]["github"]["enabled"]
    world.project.allowed = {"bitbucket_server": True}
    integrations = world.call("GET", "capabilities").json()["integrations"]
    assert not integrations["config"]["bitbucket"]["enabled"] and integrations["config"]["bitbucket_server"]["enabled"]
    answer = world.call("POST", "integrations", json=world.cloud())
    assert answer.status_code == 400 and "not available" in answer.json()["detail"]["type"]
    world.project.limits_integrations = False  # then the table does not count
    assert world.call("GET", "capabilities").json()["integrations"]["enabled"] is False
    assert world.call("POST", "integrations", json=world.cloud()).status_code == 201


def test_the_projects_own_environments_are_there_without_an_integration(world: World) -> None:
    project = world.upsun.create_project(
        "Own", world.admin, files={"a": "1"}, environments={"staging": {"b": "2"}, "feature/x": {}}
    )
    found = world.call("GET", f"/projects/{project.id}/environments").json()
    assert {one["id"]: (one["parent"], one["status"], one["has_remote"]) for one in found} == {
        "main": (None, "active", False),
        "staging": ("main", "active", False),
        "feature/x": ("main", "active", False),
    }
    refs = world.call("GET", f"/projects/{project.id}/git/refs").json()
    assert {one["ref"]: one["sha"] for one in refs} == {f"refs/heads/{one['id']}": one["head_commit"] for one in found}
    one = world.call("GET", f"/projects/{project.id}/environments/feature%2Fx").json()
    assert one["merge_info"]["commits_behind"] == 0
    assert world.call("GET", f"/projects/{project.id}/environments/feature/x").status_code == 501  # another path


def test_environments_are_activated_deactivated_and_deleted(world: World) -> None:
    world.upsun.branch(world.project, "lab", {"a": "1"}, active=False)
    assert world.call("DELETE", "environments/main").status_code == 400
    assert world.call("POST", "environments/lab/activate", json={"resources": {"init": "huge"}}).status_code == 400
    answer = world.call("POST", "environments/lab/activate", json={"resources": {"init": "minimum"}}).json()
    assert [one["type"] for one in answer["_embedded"]["activities"]] == ["environment.activate"]
    assert answer["_embedded"]["entity"]["is_dirty"]
    world.settle()
    assert (world.environment("lab")["status"], world.environment("lab")["is_dirty"]) == ("active", False)
    assert world.call("DELETE", "environments/lab").status_code == 400  # active
    world.call("POST", "environments/lab/deactivate")
    world.settle()
    assert world.environment("lab")["status"] == "inactive"
    assert world.call("DELETE", "environments/lab").json()["_embedded"]["entity"]["status"] == "deleting"
    world.settle()
    assert "lab" not in world.environments
