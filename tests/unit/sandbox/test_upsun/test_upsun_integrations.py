# SPDX-License-Identifier: GPL-3.0-or-later
"""Source integrations: what is taken, what is refused and how, what is told and what never is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.upsun.world import World

SERVER = {
    "type": "bitbucket_server",
    "url": "https://bitbucket.example.com",
    "username": "u",
    "token": "t",
    "project": "PROJ",
    "repository": "repo",
}


def problems(world: World, body: Any, method: str = "POST", path: str = "integrations") -> Any:
    """What is wrong by field."""
    answer = world.call(method, path, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == 400
    return answer.json()["detail"]


def test_a_new_integration_has_the_vendors_defaults_and_no_secret(world: World) -> None:
    answer = world.call("POST", "integrations", json=world.cloud())
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["code"]) == ("Created", 201)
    entity = body["_embedded"]["entity"]
    assert entity["app_credentials"] == {"key": world.consumer.key}
    assert {
        name: entity[name] for name in entity if name.startswith(("fetch", "prune", "build", "pull", "resync"))
    } == {
        "fetch_branches": True,
        "prune_branches": True,
        "build_pull_requests": True,
        "pull_requests_clone_parent_data": True,
        "pull_requests_max_pages": None,
        "resync_pull_requests": False,
    }
    assert entity["environment_init_resources"] == "parent"
    assert [one["type"] for one in body["_embedded"]["activities"]] == [
        "integration.bitbucket.register_hooks",
        "integration.bitbucket.fetch",
    ]
    world.settle()
    listed = world.call("GET", "integrations")
    assert isinstance(listed.json(), list)  # bare, without pages
    text = answer.text + listed.text + world.call("GET", f"integrations/{entity['id']}").text
    assert world.consumer.secret not in text and "hook_url" not in text


def test_what_the_description_does_not_name_is_refused(world: World) -> None:
    body = world.cloud(url="https://bitbucket.org", hook_url="x")
    assert problems(world, body) == {"url": "Unrecognized key", "hook_url": "Unrecognized key"}
    assert problems(world, SERVER | {"resync_pull_requests": True}) == {"resync_pull_requests": "Unrecognized key"}
    assert problems(world, SERVER | {"app_credentials": None}) == {"app_credentials": "Unrecognized key"}


def test_what_is_missing_is_required(world: World) -> None:
    assert problems(world, {}) == {"type": "Required"}
    assert problems(world, {"type": "bitbucket"}) == {"repository": "Required"}
    needed = ("url", "username", "token", "project", "repository")
    assert problems(world, {"type": "bitbucket_server"}) == dict.fromkeys(needed, "Required")
    assert problems(world, world.cloud(app_credentials={"key": "k"})) == {"app_credentials.secret": "Required"}
    # What the CLI makes of https://host/owner/repository.
    assert problems(world, SERVER | {"project": "", "repository": "o/r"})["project"] == "Required"


@pytest.mark.parametrize(
    "repository", ["https://bitbucket.org/acme/app", "/acme/app", "acme/app/", "app", "acme%2Fapp", "acme/app/x", ""]
)
def test_the_repository_is_owner_and_name_and_nothing_else(world: World, repository: str) -> None:
    assert set(problems(world, world.cloud(repository=repository))) == {"repository"}


def test_types_of_values_are_checked(world: World) -> None:
    wrong = {
        "fetch_branches": "true",
        "prune_branches": 1,
        "pull_requests_max_pages": True,
        "environment_init_resources": "max",
    }
    found = problems(world, world.cloud(**wrong))
    assert set(found) == set(wrong) and "default, manual, minimum, parent" in found["environment_init_resources"]
    assert problems(world, world.cloud() | {"type": "github"})["type"].endswith("not available on this project.")
    assert "is not one of" in problems(world, {"type": "bitbucket_cloud"})["type"]
    assert world.call("POST", "integrations", data="x=1").status_code == 415
    assert world.call("POST", "integrations", json=[]).status_code == 400


def test_creating_asks_bitbucket_about_the_consumer(world: World) -> None:
    found = problems(world, world.cloud(app_credentials={"key": world.consumer.key, "secret": "wrong-secret"}))
    assert set(found) == {"app_credentials"} and "Invalid OAuth client credentials" in found["app_credentials"]
    assert "wrong-secret" not in json.dumps(found)
    world.consumer.private = False
    assert 'marked as "public"' in problems(world, world.cloud())["app_credentials"]
    assert world.project.source is None


def test_creating_asks_bitbucket_about_the_repository(world: World) -> None:
    assert set(problems(world, world.cloud(repository="acme/none"))) == {"repository"}
    blind = world.source.bitbucket.create_oauth_consumer("acme", ("account",))
    found = problems(world, world.cloud(app_credentials={"key": blind.key, "secret": blind.secret}))
    assert "privilege scopes" in found["repository"]


def test_without_credentials_only_public_repositories_do(world: World) -> None:
    body = {"type": "bitbucket", "repository": "acme/app"}
    assert set(problems(world, body)) == {"repository"}
    world.source.bitbucket.repository("acme", "app").is_private = False
    answer = world.call("POST", "integrations", json=body)
    assert answer.status_code == 201 and answer.json()["_embedded"]["entity"]["app_credentials"] is None
    world.settle()
    [hooks] = world.upsun.activities_of(world.project, "register_hooks")
    assert hooks.result == "failure"  # nobody may make a webhook anonymously


def test_there_is_one_source_integration(world: World) -> None:
    first = world.integrate()
    assert first.id in problems(world, world.cloud())["type"]
    assert "already" in problems(world, SERVER)["type"]


def test_an_update_names_only_what_changes(world: World) -> None:
    found = world.integrate()
    path = f"integrations/{found.id}"
    answer = world.call("PATCH", path, json={"build_pull_requests": False})
    assert (answer.status_code, answer.json()["code"]) == (200, 200)
    entity = answer.json()["_embedded"]["entity"]
    assert entity["build_pull_requests"] is False and entity["fetch_branches"] is True
    assert entity["updated_at"] > entity["created_at"]
    assert [one["type"] for one in answer.json()["_embedded"]["activities"]] == ["integration.bitbucket.fetch"]
    # Nothing new: no activity, and no other time of the last change.
    again = world.call("PATCH", path, json={"type": "bitbucket", "build_pull_requests": False}).json()["_embedded"]
    assert again["activities"] == [] and again["entity"]["updated_at"] == entity["updated_at"]
    assert set(problems(world, {"build_pull_requests": "no"}, "PATCH", path)) == {"build_pull_requests"}
    assert set(problems(world, {"url": "https://x.example"}, "PATCH", path)) == {"url"}


def test_the_type_may_be_sent_but_not_changed(world: World) -> None:
    """The description requires it, the CLI omits it; both readings can be had."""
    path = f"integrations/{world.integrate().id}"
    assert "cannot be changed" in problems(world, {"type": "bitbucket_server"}, "PATCH", path)["type"]
    world.upsun.update_needs_type = True
    assert problems(world, {"fetch_branches": False}, "PATCH", path) == {"type": "Required"}
    assert world.call("PATCH", path, json={"type": "bitbucket", "fetch_branches": False}).status_code == 200


def test_the_secret_goes_with_its_key(world: World) -> None:
    """What the CLI sends for ``integration:update --secret``, and for ``--key``."""
    path = f"integrations/{world.integrate().id}"
    assert problems(world, {"app_credentials": {"secret": "x"}}, "PATCH", path) == {"app_credentials.key": "Required"}
    new = world.source.bitbucket.create_oauth_consumer("acme", world.consumer.scopes)
    key_alone = {"app_credentials": {"key": new.key}}
    assert problems(world, key_alone, "PATCH", path) == {"app_credentials.secret": "Required"}
    both = {"app_credentials": {"key": new.key, "secret": new.secret}}
    answer = world.call("PATCH", path, json=both)
    assert answer.json()["_embedded"]["entity"]["app_credentials"] == {"key": new.key}
    # The same key and secret once more: it cannot be seen that nothing changed, so it is a change.
    world.settle()
    assert world.call("PATCH", path, json=both).json()["_embedded"]["activities"]


def test_a_bad_update_leaves_everything_as_it_was(world: World) -> None:
    found = world.integrate()
    path = f"integrations/{found.id}"
    before = world.call("GET", path).json()
    wrong = {"app_credentials": {"key": world.consumer.key, "secret": "x"}, "fetch_branches": False}
    assert set(problems(world, wrong, "PATCH", path)) == {"app_credentials"}
    assert world.call("GET", path).json() == before
    assert world.call("POST", f"{path}/validate").status_code == 200


def test_pruning_goes_off_with_fetching(world: World) -> None:
    path = f"integrations/{world.integrate().id}"
    entity = world.call("PATCH", path, json={"fetch_branches": False}).json()["_embedded"]["entity"]
    assert (entity["fetch_branches"], entity["prune_branches"]) == (False, False)
    entity = world.call("PATCH", path, json={"prune_branches": True}).json()["_embedded"]["entity"]
    assert entity["prune_branches"] is False
    entity = world.call("PATCH", path, json={"fetch_branches": True}).json()["_embedded"]["entity"]
    assert (entity["fetch_branches"], entity["prune_branches"]) == (True, False)


def test_validate_really_asks_bitbucket(world: World) -> None:
    path = f"integrations/{world.integrate().id}/validate"
    before = len([call for call in _calls(world) if call.startswith("bitbucket")])
    assert world.call("POST", path).json() == {"status": "OK", "code": 200}
    assert len([call for call in _calls(world) if call.startswith("bitbucket")]) > before
    world.source.bitbucket.revoke(world.consumer)
    assert set(problems(world, None, path=path)) == {"app_credentials"}


def test_validate_finds_a_deleted_repository(world: World) -> None:
    path = f"integrations/{world.integrate().id}/validate"
    world.source.bitbucket.delete_repository("acme", "app")
    assert set(problems(world, None, path=path)) == {"repository"}


def test_the_projects_repository_is_bitbuckets_while_integrated(world: World) -> None:
    own = world.call("GET", "").json()["repository"]["url"]
    found = world.integrate()
    assert world.call("GET", "").json()["repository"]["url"] == world.source.bitbucket.clone_url("acme", "app")
    answer = world.call("DELETE", f"integrations/{found.id}")
    assert (answer.status_code, answer.json()["status"]) == (200, "OK")
    assert world.call("GET", "").json()["repository"]["url"] == own
    assert world.call("GET", f"integrations/{found.id}").status_code == 404
    assert world.call("GET", "integrations").json() == []
    assert len(world.source.bitbucket.hooks("acme", "app")) == 1  # the webhook stays, and leads nowhere


def _calls(world: World) -> list[str]:
    server = world.upsun.server
    return [call.line for call in server.calls.all()]
