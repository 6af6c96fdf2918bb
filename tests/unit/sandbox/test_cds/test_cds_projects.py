# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects and their keys, and who may do what with them."""

from __future__ import annotations

import pytest

from tests.sandbox.cds.world import World

BODY = {"key": "SHOP", "name": "The Shop", "description": ""}


def test_a_project_gets_a_group_and_two_keys(new: World) -> None:
    made = new.post("/project", json=BODY)
    assert made.status_code == 201
    whole = new.get("/project/SHOP", params={"withGroups": "true", "withKeys": "true"}).json()
    assert [one["group"]["name"] for one in whole["groups"]] == ["the-shop"]
    assert sorted(key["name"] for key in whole["keys"]) == ["proj-pgp-shop", "proj-ssh-shop"]


def test_an_existing_project_is_a_403(new: World) -> None:
    answer = new.post("/project", json={**BODY, "key": "DEMO"})
    assert (answer.status_code, answer.json()["id"]) == (403, 75)
    assert answer.json()["from"] == "project DEMO already exists"


def test_in_era_a_it_is_a_409_of_another_number(old: World) -> None:
    answer = old.post("/project", json={**BODY, "key": "DEMO"})
    assert (answer.status_code, answer.json()["id"]) == (409, 67)


def test_a_group_of_the_project_s_name_is_in_the_way(new: World) -> None:
    new.cds.create_group("the-shop")
    answer = new.post("/project", json=BODY)
    assert (answer.status_code, answer.json()["id"]) == (400, 74)
    assert new.get("/project/SHOP").status_code == 404


def test_groups_must_exist_and_be_one_s_own(new: World) -> None:
    def asked(name: str) -> tuple[int, int]:
        groups = [{"group": {"name": name}, "permission": 4}]
        answer = new.post("/project", json={**BODY, "groups": groups}, by=user)
        return answer.status_code, answer.json().get("id", 0)

    user = new.cds.open_session(new.cds.create_user("una"))
    new.cds.create_group("others")
    new.cds.create_group("default")
    assert asked("nobody") == (404, 38)
    assert asked("others") == (403, 151)
    assert asked("default") == (400, 74)


def test_whatever_permission_a_group_is_given_it_gets_them_all(new: World) -> None:
    user = new.cds.create_user("una")
    new.cds.create_group("builders", user)
    groups = [{"group": {"name": "builders"}, "permission": 4}]
    made = new.post("/project", json={**BODY, "groups": groups}, by=new.cds.open_session(user))
    assert (made.status_code, "groups" in made.json()) == (201, False)
    assert [one["permission"] for one in new.get("/project/SHOP", params={"withGroups": "true"}).json()["groups"]] == [
        7
    ]


@pytest.mark.parametrize(("key", "number"), [("demo-1", 7), ("", 7)])
def test_keys_are_of_capitals_and_figures(new: World, key: str, number: int) -> None:
    answer = new.post("/project", json={**BODY, "key": key})
    assert (answer.status_code, answer.json()["id"]) == (400, number)


def test_a_put_replaces_name_and_description(new: World) -> None:
    new.post("/project", json={**BODY, "description": "about"})
    assert new.get("/project/SHOP").json()["description"] == "about"
    assert new.call("PUT", "/project/SHOP", json={"key": "SHOP", "name": "Other"}).status_code == 200
    assert "description" not in new.get("/project/SHOP").json()
    assert new.call("PUT", "/project/SHOP", json={"key": "DEMO", "name": "Other"}).status_code == 400


def test_a_project_with_an_application_is_not_deleted(new: World) -> None:
    new.cds.create_application(new.project, "app")
    answer = new.call("DELETE", "/project/DEMO")
    assert (answer.status_code, answer.json()["id"]) == (403, 9)
    new.call("DELETE", "/project/DEMO/application/app")
    assert new.call("DELETE", "/project/DEMO").status_code == 204
    assert (new.get("/project/DEMO").status_code, new.get("/project/DEMO").json()["id"]) == (404, 30)


def test_a_project_leaves_its_group_which_its_members_may_use_again(new: World) -> None:
    """With the scope Project alone, which does not show the groups."""
    user = new.cds.create_user("una")
    session = new.cds.accounts.open_session(user, new.cds.create_consumer(user, scopes=("Project",)))
    new.post("/project", json=BODY, by=session)
    assert new.call("DELETE", "/project/SHOP", by=session).status_code == 204
    answer = new.post("/project", json=BODY, by=session)
    assert (answer.status_code, answer.json()["id"]) == (400, 74)
    assert answer.json()["from"] == "cannot create a new group the-shop for given project name"
    groups = [{"group": {"name": "the-shop"}}]
    stranger = new.cds.open_session(new.cds.create_user("eve"))
    assert new.post("/project", json={**BODY, "groups": groups}, by=stranger).json()["id"] == 151
    assert new.post("/project", json={**BODY, "groups": groups}, by=session).status_code == 201
    listed = new.get("/group", by=session)
    assert (listed.status_code, listed.json()["id"]) == (401, 10)


def test_who_may_not_read_a_project_is_told_that_there_is_none(new: World) -> None:
    stranger = new.cds.open_session(new.cds.create_user("stranger"))
    assert new.get("/project/DEMO", by=stranger).status_code == 404
    assert new.call("PUT", "/project/DEMO", json={"key": "DEMO", "name": "x"}, by=stranger).status_code == 403


def test_a_consumer_for_some_groups_sees_no_other_projects(new: World) -> None:
    user = new.cds.create_user("una")
    new.cds.create_project("MINE", user)
    other = new.cds.create_group("other", user)
    consumer = new.cds.create_consumer(user, "narrow", group_ids=(other.id,), scopes=("Project",))
    session = new.cds.accounts.open_session(user, consumer)
    assert new.get("/project/MINE", by=session).status_code == 404
    assert new.get("/project/MINE", by=new.cds.open_session(user)).status_code == 200


def test_the_private_half_of_a_key_is_never_told(new: World) -> None:
    made = new.post("/project/DEMO/keys", json={"name": "deploy", "type": "ssh"}).json()
    assert made["name"] == "proj-deploy"
    assert made["public"].startswith("ssh-ed25519 ")
    assert made["private"] == "**********"
    again = new.post("/project/DEMO/keys", json={"name": "proj-deploy", "type": "ssh"})
    assert (again.status_code, again.json()["id"]) == (403, 138)
    assert new.call("DELETE", "/project/DEMO/keys/proj-deploy").status_code == 200
    assert new.call("DELETE", "/project/DEMO/keys/proj-deploy").status_code == 404


def test_a_pipeline_that_is_not_there_is_a_400(new: World) -> None:
    answer = new.get("/project/DEMO/pipeline/none")
    assert (answer.status_code, answer.json()["id"]) == (400, 12)
