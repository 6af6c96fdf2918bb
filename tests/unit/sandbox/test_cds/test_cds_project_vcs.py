# SPDX-License-Identifier: GPL-3.0-or-later
"""Era C (and the last of B): servers of a project, with user name and token, and their repositories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.sandbox.cds.driver import Client
from tests.sandbox.cds.world import World

PLACE = "/v2/project/DEMO/vcs"


def make(world: World, **more: Any) -> dict[str, Any]:
    if "proj-ssh-demo" not in world.project.keys:
        world.post("/project/DEMO/keys", json={"name": "proj-ssh-demo", "type": "ssh"})
    answer = world.post(PLACE, json=world.vcs_body(**more))
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("version", ["0.53.0", "0.57.0"])
def test_what_it_signs_in_with_is_shown_to_who_reads_it_alone_and_the_token_never(
    build: Callable[..., World], version: str
) -> None:
    world = build(version)
    made = make(world)
    assert made["auth"] == {}
    assert world.get(PLACE).json()[0]["auth"] == {}
    read = world.get(f"{PLACE}/bb").json()
    assert read["auth"]["username"] == "olivia@example.com"
    assert "token" not in read["auth"]
    assert world.get(f"{PLACE}/{made['id']}").json() == read
    assert world.call("PUT", f"{PLACE}/bb", json=world.vcs_body()).json()["auth"] == {}


@pytest.mark.parametrize("version", ["0.51.0", "0.53.0", "0.57.0"])
def test_who_wants_exactly_json_gets_yaml_and_anybody_else_json(build: Callable[..., World], version: str) -> None:
    """And both are labelled as the other. What v2 writes in another way has no such fault."""
    world = build(version)
    make(world)
    calls = [("GET", f"{PLACE}/bb", {}), ("PUT", f"{PLACE}/bb", {"json": world.vcs_body()})]
    calls += [("POST", PLACE, {"json": world.vcs_body(name="other")})]
    for method, path, body in calls:
        answer = world.call(method, path, headers={"Accept": "application/json"}, **body)
        assert answer.headers["Content-Type"] == "application/json"
        assert yaml.safe_load(answer.text)["type"] == "bitbucketcloud"
        with pytest.raises(ValueError, match="Expecting value"):
            answer.json()
    del world.project.vcs["other"]
    for method, path, body in calls:
        for accept in ("*/*", "application/json, */*;q=0.5", "application/x-yaml"):
            world.project.vcs.pop("other", None)
            answer = world.call(method, path, headers={"Accept": accept}, **body)
            assert answer.headers["Content-Type"] == "application/x-yaml"
            assert answer.json()["type"] == "bitbucketcloud"
    listed = world.get(PLACE, headers={"Accept": "application/json"})
    assert (listed.headers["Content-Type"], listed.json()[0]["name"]) == ("application/json", "bb")


def test_the_same_goes_for_repositories_when_they_are_added_and_removed(new: World) -> None:
    with_key(new)
    headers = {"Accept": "application/json"}
    added = new.post(f"{PLACE}/bb/repository", json={"name": "acme/app"}, headers=headers)
    assert (added.status_code, yaml.safe_load(added.text)["name"]) == (201, "acme/app")
    assert new.get(f"{PLACE}/bb/repository/acme%2Fapp", headers=headers).json()["name"] == "acme/app"
    removed = new.call("DELETE", f"{PLACE}/bb/repository/acme%2Fapp", headers=headers)
    assert (removed.headers["Content-Type"], yaml.safe_load(removed.text)["name"]) == ("application/json", "bb")


def test_for_an_administrator_a_missing_project_is_an_empty_one(new: World) -> None:
    place = "/v2/project/NONE/vcs"
    assert new.get(place).json() == []
    assert new.get(f"{place}/bb").json()["id"] == 38
    answer = new.post(place, json=new.vcs_body())
    assert (answer.status_code, answer.json()["id"]) == (404, 30)


def test_a_name_that_is_taken_is_told_in_the_database_s_words(new: World) -> None:
    make(new)
    answer = new.post(PLACE, json=new.vcs_body())
    assert (answer.status_code, answer.json()["id"]) == (409, 192)
    assert "duplicate key value" in answer.json()["from"]


def test_era_a_has_none_of_it(old: World) -> None:
    assert old.get(PLACE).status_code == 404


def test_the_documentation_s_key_for_the_user_name_is_another_one(new: World) -> None:
    body = new.vcs_body()
    body["auth"]["user"] = body["auth"].pop("username")
    answer = new.post(PLACE, json=body)
    assert (answer.status_code, answer.json()["id"], answer.json()["from"]) == (400, 149, "missing auth username")


def test_0_53_does_not_go_without_an_ssh_key(middle: World) -> None:
    body = middle.vcs_body()
    del body["auth"]["sshKeyName"]
    answer = middle.post(PLACE, json=body)
    assert answer.json()["from"] == "missing auth ssh key name"


def test_the_ssh_key_must_be_one_of_the_project(new: World) -> None:
    body = new.vcs_body()
    body["auth"]["sshKeyName"] = "proj-ssh-other"
    answer = new.post(PLACE, json=body)
    assert (answer.status_code, answer.json()["id"]) == (404, 38)
    assert "unable to find ssh key" in answer.json()["from"]


def test_the_body_is_yaml_whatever_its_type_and_its_keys_have_no_case(new: World) -> None:
    body = new.vcs_body()
    body["AUTH"] = body.pop("auth")
    answer = new.post(PLACE, data=yaml.safe_dump(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == 201
    assert new.post(PLACE, data=": :").status_code == 500


def test_unknown_keys_are_ignored(new: World) -> None:
    make(new, disableWebhooks=True, colour="red")
    assert new.get(f"{PLACE}/bb").json()["options"] == {}


def test_a_second_of_the_same_name_is_a_409(new: World) -> None:
    make(new)
    answer = new.post(PLACE, json=new.vcs_body())
    assert (answer.status_code, answer.json()["id"]) == (409, 192)


def test_bad_credentials_are_a_500_and_nothing_is_stored(new: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bitbucket's 401 is no error that CDS knows; it tries five times."""
    tries: list[str] = []
    send = Client._send
    monkeypatch.setattr(Client, "_send", lambda self, *call: (tries.append(call[1]), send(self, *call))[1])
    body = new.vcs_body()
    body["auth"]["token"] = "ATATT3xwrong"
    answer = new.post(PLACE, json=body)
    assert (answer.status_code, answer.json()["id"]) == (500, 1)
    assert answer.json()["from"] == (
        "unable to get repositories from bb, unable to perform request on service cds-vcs (vcs)"
    )
    assert new.get(PLACE).json() == []
    assert tries == ["/workspaces?role=member"] * 5


def test_the_user_name_of_an_api_token_is_the_e_mail(new: World) -> None:
    body = new.vcs_body()
    body["auth"]["username"] = "olivia"
    assert new.post(PLACE, json=body).status_code == 500


def test_after_change_2770_no_server_can_be_added(new: World) -> None:
    """Its driver lists the workspaces first, and what Bitbucket says comes through as a 404."""
    new.bitbucket.bitbucket.cross_workspace_listings = False
    answer = new.post(PLACE, json=new.vcs_body())
    assert (answer.status_code, answer.json()["id"]) == (404, 38)
    assert answer.json()["from"] == (
        "unable to get repositories from bb, (bitbucketcloud_error) CHANGE-2770 - Functionality has been deprecated"
    )
    assert new.get(PLACE).json() == []


def test_a_put_answers_201_and_tries_nothing(new: World) -> None:
    make(new, description="old")
    body = new.vcs_body(description="new")
    body["auth"]["token"] = "wrong"
    answer = new.call("PUT", f"{PLACE}/bb", json=body)
    assert answer.status_code == 201
    assert "token" not in answer.json()["auth"]
    assert new.get(f"{PLACE}/bb").json()["description"] == "new"
    assert new.project.vcs["bb"].auth["token"] == "wrong"


def test_a_put_replaces_all_but_the_token(new: World) -> None:
    make(new, description="old", options={"disableStatus": True})
    body = new.vcs_body()
    del body["auth"]["token"]
    assert new.call("PUT", f"{PLACE}/bb", json=body).status_code == 201
    read = new.get(f"{PLACE}/bb").json()
    assert (read["description"], read["options"]) == ("", {})
    assert new.project.vcs["bb"].auth["token"] == new.bitbucket.token.secret


def test_another_user_name_needs_its_token(new: World) -> None:
    make(new)
    answer = new.call("PUT", f"{PLACE}/bb", json=new.vcs_body(auth={"username": "else@example.com"}))
    assert (answer.status_code, answer.json()["from"]) == (400, "missing auth token")


@pytest.mark.parametrize("version", ["0.53.0", "0.55.1"])
def test_older_releases_do_not_keep_the_token(build: Callable[..., World], version: str) -> None:
    world = build(version)
    make(world)
    body = world.vcs_body()
    assert world.call("PUT", f"{PLACE}/bb", json=body).status_code == 201
    del body["auth"]["token"]
    answer = world.call("PUT", f"{PLACE}/bb", json=body)
    assert (answer.status_code, answer.json()["from"]) == (400, "missing auth token")


def test_a_delete_answers_nothing(new: World) -> None:
    make(new)
    answer = new.call("DELETE", f"{PLACE}/bb")
    assert (answer.status_code, answer.content) == (204, b"")
    assert new.get(f"{PLACE}/bb").status_code == 404


def test_rights_of_groups_count_for_nothing_here(new: World) -> None:
    """Who made the project is refused, until an administrator imports a rule."""
    user = new.cds.create_user("una")
    new.cds.create_project("MINE", user)
    session = new.cds.open_session(user)
    answer = new.get("/v2/project/MINE/vcs", by=session)
    assert (answer.status_code, answer.json()["id"]) == (403, 11)
    rule = {"name": "mine", "projects": [{"role": "read", "projects": ["MINE"], "users": ["una"]}]}
    assert new.post("/v2/rbac/import", json=rule, by=session).status_code == 403
    assert new.post("/v2/rbac/import", json=rule).status_code == 201
    assert new.get("/v2/project/MINE/vcs", by=session).json() == []
    assert new.post("/v2/project/MINE/vcs", json=new.vcs_body(), by=session).status_code == 403
    rule["projects"][0]["role"] = "manage"  # type: ignore[index]
    assert new.post("/v2/rbac/import", json=rule).json()["from"] == "unable to override existing permission"
    assert new.post("/v2/rbac/import", json=rule, params={"force": "true"}).status_code == 201
    assert new.post("/v2/project/MINE/vcs", json=new.vcs_body(), by=session).status_code == 201


@pytest.mark.parametrize("place", ["/project/DEMO/keys", "/v2/project/DEMO/keys"])
def test_a_key_in_use_is_kept(new: World, place: str) -> None:
    with_key(new)
    answer = new.call("DELETE", f"{place}/proj-ssh-demo")
    assert (answer.status_code, answer.json()["from"]) == (400, "the ssh key is used by the vcs integration bb")
    assert [key["name"] for key in new.get(place).json()] == ["proj-ssh-demo"]
    new.call("DELETE", f"{PLACE}/bb")
    assert new.call("DELETE", f"{place}/proj-ssh-demo").status_code == 200
    assert new.get(place).json() == []


# -- repositories -------------------------------------------------------------------------------------------------


def with_key(world: World) -> None:
    body = world.vcs_body()
    world.post("/project/DEMO/keys", json={"name": "proj-ssh-demo", "type": "ssh"})
    make(world, auth={**body["auth"], "sshKeyName": "proj-ssh-demo"})


def test_names_of_repositories_are_stored_in_lower_case(new: World) -> None:
    with_key(new)
    made = new.post(f"{PLACE}/bb/repository", json={"name": "Acme/App"})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["clone_url"][:4]) == ("acme/app", "git@")
    assert new.get(f"{PLACE}/bb/repository/acme%2Fapp").json() == made.json()
    assert new.get(f"{PLACE}/bb/repository/{made.json()['id']}").json() == made.json()
    assert new.get(f"{PLACE}/bb/repository/Acme%2FApp").status_code == 404
    assert new.post(f"{PLACE}/bb/repository", json={"name": "acme/app"}).status_code == 409


def test_without_an_ssh_key_bitbucket_s_https_link_is_not_found(new: World) -> None:
    """Since 0.55 it is looked for under the name http."""
    make(new)
    answer = new.post(f"{PLACE}/bb/repository", json={"name": "acme/app"})
    assert (answer.status_code, answer.json()["id"]) == (400, 149)
    assert answer.json()["from"] == "this repo cannot be cloned using https. Please provide a sshkey."
    assert new.get(f"{PLACE}/bb/repository").json() == []


def test_before_0_55_it_is(build: Callable[..., World]) -> None:
    world = build("0.54.1")
    make(world)
    made = world.post(f"{PLACE}/bb/repository", json={"name": "acme/app"})
    assert made.json()["clone_url"].startswith("http")


def test_an_unknown_repository_is_a_404(new: World) -> None:
    with_key(new)
    answer = new.post(f"{PLACE}/bb/repository", json={"name": "acme/none"})
    assert (answer.status_code, answer.json()["id"]) == (404, 38)
    assert "(bitbucketcloud_error)" in answer.json()["from"]


def test_without_the_hooks_service_it_is_added_and_refused(new: World) -> None:
    with_key(new)
    new.cds.services.remove("cds-hooks")
    answer = new.post(f"{PLACE}/bb/repository", json={"name": "acme/app"})
    assert (answer.status_code, answer.json()["from"]) == (404, "unable to find hook uservice")
    assert [one["name"] for one in new.get(f"{PLACE}/bb/repository").json()] == ["acme/app"]


def test_adding_one_starts_an_analysis_of_its_main_branch(new: World) -> None:
    with_key(new)
    new.post(f"{PLACE}/bb/repository", json={"name": "acme/app"})
    analysis = new.get(f"{PLACE}/bb/repository/acme%2Fapp/analysis").json()[0]
    head = new.bitbucket.bitbucket.refs("acme", "app")["refs/heads/main"]
    assert (analysis["ref"], analysis["commit"]) == ("refs/heads/main", head)


def test_removing_one_answers_with_the_server(new: World) -> None:
    with_key(new)
    new.post(f"{PLACE}/bb/repository", json={"name": "acme/app"})
    answer = new.call("DELETE", f"{PLACE}/bb/repository/acme%2Fapp")
    assert (answer.status_code, answer.json()["name"]) == (200, "bb")
    assert new.get(f"{PLACE}/bb/repository").json() == []
