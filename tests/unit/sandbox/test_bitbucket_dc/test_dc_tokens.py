# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP access tokens of users, projects and repositories."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.bitbucket_dc.world import World

TOKENS = "/rest/access-tokens/latest"
PLACES = ["users/olivia", "projects/ACME", "projects/ACME/repos/app"]
READ = {"name": "CI", "permissions": ["REPO_READ"]}


def made(world: World, place: str, by: Any = "owner", **body: Any) -> Any:
    who = world.owner if by == "owner" else by
    return world.call("PUT", f"{TOKENS}/{place}", who, json={**READ, **body})


@pytest.mark.parametrize("place", PLACES)
def test_life_of_a_token(world: World, place: str) -> None:
    answer = made(world, place, expiryDays=30)
    assert answer.status_code == 200  # not 201
    token = answer.json()
    one, secret = f"{TOKENS}/{place}/{token['id']}", token.pop("token")
    assert secret.startswith("BBDC-")
    assert world.get("projects/ACME/repos/app", None, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    seen = world.get(one, world.owner)
    assert secret not in seen.text and seen.json().pop("lastAuthenticated")
    assert token["expiryDate"] - token["createdDate"] == 30 * 86400 * 1000
    assert secret not in world.get(f"{TOKENS}/{place}", world.owner).text
    changed = world.call("POST", one, world.owner, json={"name": "New", "expiryDays": 90}).json()
    assert (changed["name"], changed["permissions"]) == ("New", ["REPO_READ"])
    assert changed["expiryDate"] == token["expiryDate"]  # an expiry cannot be changed, and nobody says so
    assert world.call("DELETE", one, world.owner).status_code == 204
    assert world.get(one, world.owner).status_code == 404
    assert world.get("projects/ACME/repos/app", None, headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize("place", PLACES)
def test_no_token_makes_or_changes_a_token(world: World, place: str) -> None:
    assert made(world, place, by=world.token).status_code == 401
    number = made(world, place).json()["id"]
    assert world.call("POST", f"{TOKENS}/{place}/{number}", json={"name": "x"}).status_code == 401
    assert world.call("DELETE", f"{TOKENS}/{place}/{number}").status_code == 401
    assert world.get(f"{TOKENS}/{place}").status_code == 200


def test_not_even_administrators_make_tokens_for_others(world: World) -> None:
    admin = world.dc.create_user("root", permission="SYS_ADMIN")
    assert made(world, "users/olivia", by=admin).status_code == 401
    assert made(world, "projects/ACME", by=admin).status_code == 200
    assert made(world, "users/nobody", by=admin).status_code == 404


def test_only_administrators_of_the_place_see_its_tokens(world: World) -> None:
    sam = world.dc.create_user("sam")
    world.dc.grant(sam, "REPO_WRITE", "ACME", "app")
    for place in PLACES:
        assert world.get(f"{TOKENS}/{place}", sam).status_code == 401
    world.dc.grant(sam, "REPO_ADMIN", "ACME", "app")
    assert world.get(f"{TOKENS}/projects/ACME/repos/app", sam).status_code == 200
    assert world.get(f"{TOKENS}/projects/ACME", sam).status_code == 401


@pytest.mark.parametrize(
    ("place", "body", "field"),
    [
        ("users/olivia", {"name": ""}, "name"),
        ("users/olivia", {"name": None}, "name"),
        ("users/olivia", {"permissions": []}, "permissions"),
        ("users/olivia", {"permissions": None}, "permissions"),
        ("users/olivia", {"permissions": ["REPO_OWN"]}, "permissions"),
        ("users/olivia", {"expiryDays": 0}, "expiryDays"),
        ("users/olivia", {"expiryDays": "30"}, "expiryDays"),
        # The repository permission has to be as high as the project permission.
        ("projects/ACME", {"permissions": ["PROJECT_WRITE", "REPO_READ"]}, "permissions"),
        ("projects/ACME", {"permissions": ["PROJECT_ADMIN", "REPO_WRITE"]}, "permissions"),
        # A repository's token has no permissions on projects.
        ("projects/ACME/repos/app", {"permissions": ["PROJECT_READ", "REPO_READ"]}, "permissions"),
    ],
)
def test_what_is_refused(world: World, place: str, body: dict[str, Any], field: str) -> None:
    before = world.get(f"{TOKENS}/{place}").json()["size"]
    answer = made(world, place, **body)
    assert answer.status_code == 400
    assert [one["context"] for one in answer.json()["errors"]] == [field]
    assert world.get(f"{TOKENS}/{place}").json()["size"] == before


def test_names_are_not_unique_and_their_number_is_limited(world: World) -> None:
    world.dc.tokens.maximum = 3  # one is there already
    first, second, third = (made(world, "users/olivia") for _ in range(3))
    assert first.json()["id"] != second.json()["id"]
    assert third.status_code == 400 and "maximum number" in third.text


def test_expired_tokens_stay_in_the_list(world: World) -> None:
    number = made(world, "projects/ACME", expiryDays=1).json()["id"]
    world.dc.clock.advance(2 * 86400)
    assert [one["id"] for one in world.get(f"{TOKENS}/projects/ACME").json()["values"]] == [number]


def test_tokens_go_with_their_repository(world: World) -> None:
    token = world.dc.create_token(world.app, ["REPO_READ"])
    assert world.call("DELETE", "projects/ACME/repos/app").status_code == 202
    assert "X-AUSERNAME" not in world.get("application-properties", token).headers
    assert world.call("DELETE", "projects/ACME/repos/app").status_code == 204
