# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal and project access tokens: scopes, expiry, rotation, reuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import gitlab
import pytest

from tests.sandbox.gitlab import Token
from tests.sandbox.gitlab.world import World


def day(world: World, days: int) -> str:
    return (world.gitlab.tokens.today() + timedelta(days=days)).isoformat()


def post(world: World, by: Token | str | None = "owner", **given: Any) -> Any:
    body = {"name": "hook", "scopes": ["api"], "expires_at": day(world, 30), **given}
    return world.call("POST", "access_tokens", by, json={k: v for k, v in body.items() if v is not None})


def headers(secret: str) -> dict[str, dict[str, str]]:
    return {"headers": {"PRIVATE-TOKEN": secret}}


def test_created_with_a_bot_and_shown_once(world: World) -> None:
    made = post(world, access_level=40, description="for the webhook").json()
    assert made["token"].startswith("glpat-") and made["active"] and made["access_level"] == 40
    read = world.call("GET", f"access_tokens/{made['id']}").json()
    assert "token" not in read and read["description"] == "for the webhook"
    me = world.call("GET", "/user", None, **headers(made["token"])).json()
    assert me["bot"] is True and me["username"].startswith(f"project_{world.project.id}_bot_")
    assert world.call("GET", "", None, **headers(made["token"])).status_code == 200


def test_the_bot_sees_its_own_project_only(world: World) -> None:
    other = world.gitlab.create_project(world.group, "other", world.owner)
    secret = post(world, access_level=50).json()["token"]
    assert world.call("GET", f"/projects/{other.id}", None, **headers(secret)).status_code == 404


def test_what_creation_refuses(world: World) -> None:
    assert post(world, expires_at=None).json() == {"error": "expires_at is missing"}
    assert post(world, expires_at="soon").json() == {"error": "expires_at is invalid"}
    assert post(world, expires_at=day(world, 0)).status_code == 400
    assert post(world, expires_at=day(world, 365)).status_code == 201
    assert post(world, expires_at=day(world, 366)).status_code == 400
    assert post(world, scopes=["all"]).json() == {"error": "scopes does not have a valid value"}
    assert post(world, access_level=33).json() == {"error": "access_level does not have a valid value"}
    assert post(world, world.developer_token).status_code == 400
    maintainer = world.gitlab.create_user("mia")
    world.gitlab.grant(maintainer, 40, world.project)
    token = world.gitlab.create_token(maintainer)
    assert post(world, token, access_level=40).status_code == 201
    assert "can't be greater" in post(world, token, access_level=50).json()["message"]


@pytest.mark.parametrize(
    ("saas", "edition", "created"),
    [(True, "ee_free", False), (True, "premium", True), (False, "ee_free", True), (False, "ce", True)],
)
def test_gitlab_com_has_them_from_premium_on(
    build: Callable[[str], World], saas: bool, edition: str, created: bool
) -> None:
    world = build(edition)
    world.gitlab.saas = saas
    day = (world.gitlab.tokens.today() + timedelta(days=30)).isoformat()
    answer = world.call("POST", "access_tokens", json={"name": "x", "scopes": ["api"], "expires_at": day})
    assert answer.status_code == (201 if created else 400)
    assert world.call("GET", "access_tokens").status_code == (200 if created else 401)
    if not created:
        words = "400 Bad request - User does not have permission to create project access token"
        assert answer.json() == {"message": words} and not world.gitlab.tokens.of_project(world.project)


def test_a_project_token_creates_none(world: World) -> None:
    bot = world.gitlab.create_project_token(world.project, access_level=50)
    answer = post(world, bot)
    assert answer.status_code == 400 and "does not have permission" in answer.json()["message"]


def test_the_list_and_its_filters(world: World) -> None:
    first, second = post(world, name="one").json(), post(world, name="two").json()
    world.call("DELETE", f"access_tokens/{first['id']}")

    def names(**params: str) -> list[str]:
        return [token["name"] for token in world.call("GET", "access_tokens", params=params).json()]

    assert names() == ["two", "one"]
    assert names(state="active") == ["two"] and names(state="inactive") == ["one"]
    assert names(search="ON") == ["one"] and names(revoked="true") == ["one"]
    assert names(expires_before=second["expires_at"]) == []
    assert world.call("GET", "access_tokens", params={"state": "x"}).status_code == 400
    assert world.call("GET", "access_tokens", world.developer_token).status_code == 401


def test_it_expires_at_midnight(world: World) -> None:
    secret = post(world, expires_at=day(world, 2)).json()["token"]
    assert world.call("GET", "", None, **headers(secret)).status_code == 200
    world.gitlab.clock.advance(2 * 24 * 3600)
    answer = world.call("GET", "", None, **headers(secret))
    assert answer.status_code == 401 and "Token is expired" in answer.json()["error_description"]


def test_deleted_it_is_dead(world: World) -> None:
    made = post(world).json()
    assert world.call("DELETE", f"access_tokens/{made['id']}").status_code == 204
    answer = world.call("GET", "", None, **headers(made["token"]))
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_token"
    assert world.call("GET", f"access_tokens/{made['id']}").json()["revoked"] is True


def test_rotation_kills_the_old_one_and_gives_a_week(world: World) -> None:
    made = post(world).json()
    new = world.call("POST", f"access_tokens/{made['id']}/rotate").json()
    assert new["id"] != made["id"] and new["token"] != made["token"] and new["user_id"] == made["user_id"]
    assert date.fromisoformat(new["expires_at"]) == world.gitlab.tokens.today() + timedelta(days=7)
    assert world.call("GET", "", None, **headers(made["token"])).status_code == 401
    later = world.call("POST", f"access_tokens/{new['id']}/rotate", json={"expires_at": day(world, 90)}).json()
    assert later["expires_at"] == day(world, 90)


def test_rotating_twice_revokes_the_family(world: World) -> None:
    made = post(world).json()
    new = world.call("POST", f"access_tokens/{made['id']}/rotate").json()
    assert world.call("POST", f"access_tokens/{made['id']}/rotate").status_code == 400
    assert world.call("GET", "", None, **headers(new["token"])).status_code == 401


def test_a_stolen_token_that_rotates_itself_again_revokes_the_family(world: World) -> None:
    made = post(world).json()
    new = world.call("POST", "access_tokens/self/rotate", None, **headers(made["token"])).json()
    assert world.call("POST", "access_tokens/self/rotate", None, **headers(made["token"])).status_code == 401
    assert world.call("GET", "", None, **headers(new["token"])).status_code == 401


def test_self_rotate_is_a_scope_of_its_own(world: World) -> None:
    only = world.gitlab.create_project_token(world.project, ["self_rotate"])
    assert world.call("GET", "", only).status_code == 403
    assert world.call("POST", "access_tokens/self/rotate", only).status_code == 200
    reading = world.gitlab.create_project_token(world.project, ["read_api"])
    assert world.call("POST", "access_tokens/self/rotate", reading).status_code == 403
    assert world.call("POST", "access_tokens/self/rotate", world.token).status_code == 405


@pytest.mark.parametrize("scopes", [["read_repository"], ["write_repository"], ["read_user"]])
def test_scopes_that_do_not_open_the_api(world: World, scopes: list[str]) -> None:
    token = world.gitlab.create_token(world.owner, scopes)
    answer = world.call("GET", "variables", token)
    assert answer.status_code == 403 and answer.json()["error"] == "insufficient_scope"


def test_an_unknown_token_is_401_even_where_nobody_needs_one(world: World) -> None:
    world.project.visibility = "public"
    assert world.call("GET", "", None).status_code == 200
    answer = world.call("GET", "", None, headers={"PRIVATE-TOKEN": "glpat-wrong"})
    assert answer.status_code == 401 and answer.json() == {"message": "401 Unauthorized"}


def test_personal_tokens_know_and_rotate_themselves(world: World) -> None:
    token = world.gitlab.create_token(world.owner, ["self_rotate"])
    assert world.call("GET", "/personal_access_tokens/self", token).json()["scopes"] == ["self_rotate"]
    new = world.call("POST", "/personal_access_tokens/self/rotate", token).json()
    assert new["token"] and world.call("GET", "/personal_access_tokens/self", token).status_code == 401


def test_python_gitlab_speaks_to_it(world: World, connect: Callable[..., gitlab.Gitlab]) -> None:
    project = connect().projects.get(world.project.id)
    made = project.access_tokens.create({"name": "a", "scopes": ["api"], "expires_at": day(world, 9)})
    assert [one.id for one in project.access_tokens.list(get_all=True, state="active")] == [made.id]
    new = project.access_tokens.rotate(made.id, expires_at=day(world, 20))
    bot = gitlab.Gitlab(world.gitlab.url, private_token=new["token"], timeout=30)
    try:
        rotated = bot.projects.get(world.project.id).access_tokens.rotate("self", expires_at=day(world, 21))
    finally:
        bot.session.close()
    project.access_tokens.delete(rotated["id"])
