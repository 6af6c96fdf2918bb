# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules of protected branches: what they are, what the editions say of them, and what a change leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.gitlab.model import DEVELOPER
from tests.sandbox.gitlab.world import World

Build = Callable[[str], World]
RULE = "protected_branches/main"


def create(world: World, **given: Any) -> Any:
    return world.call("POST", "protected_branches", json={"name": "main", **given})


@pytest.mark.parametrize("name", ["", " ", None])
def test_a_rule_needs_a_name(world: World, name: str | None) -> None:
    answer = create(world, name=name)
    assert answer.status_code == 422 and answer.json() == {"message": ["Name can't be blank"]}
    assert world.call("GET", "protected_branches").json() == []


@pytest.mark.parametrize("edition", ["premium", "ee_free"])
def test_the_enterprise_edition_says_who_beside_the_roles(build: Build, edition: str) -> None:
    world = build(edition)
    rule = create(world).json()
    for kind in ("push", "merge"):
        (level,) = rule[f"{kind}_access_levels"]
        assert (level["access_level"], level["user_id"], level["group_id"]) == (40, None, None)
    assert rule["unprotect_access_levels"] == [] and rule["code_owner_approval_required"] is False
    assert rule["inherited"] is False and world.call("GET", RULE).json() == rule


def test_the_community_edition_has_roles_alone(build: Build) -> None:
    rule = create(build("ce"), code_owner_approval_required=True).json()
    assert set(rule["push_access_levels"][0]) == {"id", "access_level", "access_level_description"}
    assert not {"code_owner_approval_required", "unprotect_access_levels"} & rule.keys()


def test_null_is_as_not_given(world: World) -> None:
    rule = create(world, push_access_level=None, merge_access_level=None, allow_force_push=None).json()
    assert [level["access_level"] for level in rule["push_access_levels"] + rule["merge_access_levels"]] == [40, 40]
    assert world.call("GET", "repository/branches").status_code == 200


def test_users_and_groups_may_push_whatever_their_role(world: World) -> None:
    team = world.gitlab.create_group("team")
    colleague = world.gitlab.create_user("colleague")
    world.gitlab.grant(colleague, DEVELOPER, team)
    world.gitlab.grant(colleague, DEVELOPER, world.project)
    world.gitlab.commit(world.project, "main", {"a": "b"})
    world.call("DELETE", RULE)
    create(world, push_access_level=0, allowed_to_push=[{"user_id": world.developer.id}, {"group_id": team.id}])
    other = world.gitlab.create_user("other")
    world.gitlab.grant(other, DEVELOPER, world.project)
    may = {}
    for user in (world.developer, colleague, other, world.owner):
        token = world.gitlab.create_token(user)
        may[user.username] = world.call("GET", "repository/branches/main", token).json()["can_push"]
    assert may == {"dev": True, "colleague": True, "other": False, "glenda": False}


def test_a_change_leaves_what_it_does_not_name(world: World) -> None:
    named = {"allowed_to_push": [{"user_id": world.developer.id}], "code_owner_approval_required": True}
    before = create(world, **named, unprotect_access_level=60).json()
    assert [one["user_id"] for one in before["push_access_levels"]] == [world.developer.id]
    changed = world.call("PATCH", RULE, json={"allow_force_push": True}).json()
    assert changed == {**before, "allow_force_push": True}
    number = before["push_access_levels"][0]["id"]
    deleted = world.call("PATCH", RULE, json={"allowed_to_push": [{"id": number, "_destroy": True}]}).json()
    assert deleted["push_access_levels"] == [] and deleted["code_owner_approval_required"] is True


def test_only_members_can_be_named(world: World) -> None:
    stranger = world.gitlab.create_user("stranger")
    assert create(world, allowed_to_push=[{"user_id": stranger.id}]).status_code == 422
    assert create(world, allowed_to_push=["everybody"]).status_code == 400
    assert world.call("GET", "protected_branches").json() == []


def test_without_a_licence_they_are_dropped_without_a_word(build: Build) -> None:
    world = build("ee_free")
    named = {"allowed_to_push": [{"user_id": world.developer.id}], "code_owner_approval_required": True}
    rule = create(world, **named).json()
    assert [one["user_id"] for one in rule["push_access_levels"]] == [None]
    assert rule["code_owner_approval_required"] is False
