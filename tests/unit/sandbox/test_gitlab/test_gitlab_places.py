# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of projects and their filters, and the names that projects and groups can have."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.gitlab import Project, Token
from tests.sandbox.gitlab.model import DEVELOPER
from tests.sandbox.gitlab.world import World

SEPARATORS = "It must not start with '-', '_', or '.', nor end with"


def paths(world: World, query: str, by: Token | str | None = "owner") -> list[str]:
    answer = world.call("GET", f"/projects?{query}", by)
    assert answer.status_code == 200, answer.text
    return [one["path"] for one in answer.json()]


@pytest.fixture
def others(world: World) -> list[Project]:
    """Of somebody else's, where the owner of ``acme`` is a developer, sees, or sees nothing."""
    other = world.gitlab.create_user("otto")
    created = [
        world.gitlab.create_project("otto", path, other, visibility=visibility)
        for path, visibility in (("guest-shop", "private"), ("open-shop", "public"), ("secret-shop", "private"))
    ]
    world.gitlab.grant(world.owner, DEVELOPER, created[0])
    return created


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["open-shop", "guest-shop", "app"]),
        ("search=shop", ["open-shop", "guest-shop"]),
        ("search=SHOP+open", ["open-shop"]),
        ("search=acme", []),
        ("search=acme&search_namespaces=true", ["app"]),
        ("membership=true", ["guest-shop", "app"]),
        ("membership=false", ["open-shop", "guest-shop", "app"]),
        ("owned=true", ["app"]),
        ("min_access_level=30", ["guest-shop", "app"]),
        ("min_access_level=40", ["app"]),
        ("archived=true", ["open-shop"]),
        ("archived=false", ["guest-shop", "app"]),
        ("visibility=public", ["open-shop"]),
        ("order_by=path&sort=asc", ["app", "guest-shop", "open-shop"]),
        ("membership=1&search=guest", ["guest-shop"]),
    ],
)
def test_filters(world: World, others: list[Project], query: str, found: list[str]) -> None:
    others[1].archived = True
    assert paths(world, query) == found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("min_access_level=abc", "min_access_level is invalid"),
        ("min_access_level=35", "min_access_level does not have a valid value"),
        ("archived=perhaps", "archived is invalid"),
        ("owned=2", "owned is invalid"),
        ("visibility=secret", "visibility does not have a valid value"),
        ("order_by=colour", "order_by does not have a valid value"),
        ("pagination=keyset&id_after=x", "id_after is invalid"),
    ],
)
def test_what_is_no_filter_is_refused(world: World, query: str, words: str) -> None:
    answer = world.call("GET", f"/projects?{query}")
    assert answer.status_code == 400 and answer.json() == {"error": words}


def test_a_stranger_is_asked_for_nothing_of_his_own(world: World, others: list[Project]) -> None:
    for query in ("", "membership=true", "owned=true", "min_access_level=50"):
        assert paths(world, query, None) == [others[1].path]


def test_administrators_see_all_and_own_what_is_theirs(world: World, others: list[Project]) -> None:
    admin = world.gitlab.create_token(world.gitlab.create_user("root", admin=True))
    assert len(paths(world, "", admin)) == 4 and paths(world, "owned=true", admin) == []


def test_simple_ones_have_less(world: World) -> None:
    (whole,) = world.call("GET", "/projects").json()
    (simple,) = world.call("GET", "/projects?simple=true").json()
    assert whole["permissions"]["group_access"]["access_level"] == 50 and "builds_access_level" in whole
    assert simple.keys() < whole.keys() and "permissions" not in simple
    (of_group,) = world.call("GET", f"/groups/{world.group.id}/projects?simple=true").json()
    assert of_group.keys() == simple.keys()
    assert world.call("GET", f"/groups/{world.group.id}/projects?search=nothing").json() == []


def create(world: World, **given: Any) -> Any:
    return world.call("POST", "/projects", json={"namespace_id": world.group.id, **given})


@pytest.mark.parametrize(
    ("path", "words"),
    [
        *((path, [f"{path} is a reserved name"]) for path in ("files", "wikis", "Tree")),
        *((path, [SEPARATORS]) for path in ("_infra", ".dotfiles", "a..b", "x__y--z", "end-", "a.-b")),
        *((path, ["Cannot start with '-'"]) for path in ("shop.git", "shop.atom")),
        *((path, ["Cannot start with '-'", SEPARATORS]) for path in ("-x", "a b", "größe", "a/b")),
        ("a" * 256, ["is too long (maximum is 255 characters)"]),
    ],
)
def test_paths_that_are_refused(world: World, path: str, words: list[str]) -> None:
    for answer in (create(world, path=path, name="Fine"), world.call("PUT", "", json={"path": path})):
        assert answer.status_code == 400
        problems = answer.json()["message"]
        assert problems["path"] == problems["project_namespace.path"] and len(problems["path"]) == len(words)
        assert all(part in whole for part, whole in zip(words, problems["path"], strict=True))
    assert paths(world, "") == ["app"]


@pytest.mark.parametrize("path", ["api.service.v2", "user_management-portal", "A", "projects", "admin", "a" * 255])
def test_paths_that_are_taken(world: World, path: str) -> None:
    assert create(world, path=path).status_code == 201


@pytest.mark.parametrize("name", ["?shop", "a/b", "-x", " x"])
def test_names_that_are_refused(world: World, name: str) -> None:
    answer = create(world, path="fine", name=name)
    assert answer.status_code == 400 and "It must start with" in answer.json()["message"]["name"][0]


@pytest.mark.parametrize("name", ["Größe 2.0", "web-app-v2+features", "_private", "🚀 go"])
def test_names_that_are_taken(world: World, name: str) -> None:
    assert create(world, path="fine", name=name).status_code == 201


def test_an_old_path_can_stay(world: World) -> None:
    """Rules that came later are for paths that change."""
    world.project.path = "_infra"
    assert world.call("PUT", "", json={"description": "x"}).status_code == 200


@pytest.mark.parametrize("path", ["api", "files", "_team", "a..b"])
def test_groups_have_reserved_names_too(world: World, path: str) -> None:
    answer = world.call("POST", "/groups", json={"name": "Team", "path": path})
    assert answer.status_code == 400 and answer.json()["message"].startswith("Failed to save group {:path=>[")
    inside = world.call("POST", "/groups", json={"name": "Team", "path": path, "parent_id": world.group.id})
    assert inside.status_code == (201 if path == "api" else 400)
