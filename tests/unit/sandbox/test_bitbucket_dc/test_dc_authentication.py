# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords, tokens, who is told what, and the limits of each."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.bitbucket_dc.world import World

APP = "projects/ACME/repos/app"
PROPERTIES = "application-properties"


def error(answer: requests.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    (only,) = answer.json()["errors"]
    assert set(only) >= {"context", "message", "exceptionName"}
    return dict(only)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_base_url_has_a_context_path_and_two_names_for_one_version(world: World) -> None:
    assert world.dc.url.endswith("/bitbucket-dc")
    for version in ("latest", "1.0"):
        assert world.get(f"/rest/api/{version}/{APP}").json()["slug"] == "app"
    assert world.get(f"/rest/api/2.0/{APP}").status_code == 404


def test_everybody_is_told_the_version_so_only_the_header_proves_a_credential(world: World) -> None:
    good, bad, nobody = (
        world.get(PROPERTIES),
        world.get(PROPERTIES, None, headers=bearer("BBDC-nothing")),
        world.get(PROPERTIES, None),
    )
    assert good.status_code == bad.status_code == nobody.status_code == 200
    assert good.json() == bad.json() and good.json()["version"].startswith("9.2")
    assert good.headers["X-AUSERNAME"] == "olivia" and good.headers["X-AUSERID"] == str(world.owner.id)
    assert "X-AUSERNAME" not in bad.headers and "X-AUSERNAME" not in nobody.headers


def test_personal_token_is_taken_as_bearer_and_as_password(world: World) -> None:
    def basic(name: str) -> int:
        return world.get(APP, None, auth=(name, world.token.secret)).status_code

    assert world.get(APP).status_code == basic("olivia") == 200
    world.dc.create_user("sam")
    assert basic("sam") == basic("nobody") == basic("x-token-auth") == 401


@pytest.mark.parametrize("kind", ["project", "repository"])
def test_tokens_without_a_user_are_taken_as_bearer_only(world: World, kind: str) -> None:
    owner: Any = world.app if kind == "repository" else world.app.project
    token = world.dc.create_token(owner, ["REPO_READ"])
    answer = world.get(APP, token)
    assert answer.status_code == 200 and answer.headers["X-AUSERNAME"].startswith("access-token-user")
    for name in ("olivia", "x-token-auth", ""):
        assert world.get(APP, None, auth=(name, token.secret)).status_code == 401


def test_401_means_not_logged_in_and_not_permitted(world: World) -> None:
    sam = world.dc.create_user("sam")
    assert error(world.get(APP, None), 401)["exceptionName"] == "com.atlassian.bitbucket.AuthorisationException"
    assert error(world.get(APP, sam), 401)["message"] == "You are not permitted to access this resource"
    wrong = error(world.get(APP, None, headers=bearer("x")), 401)
    assert wrong["exceptionName"].endswith("IncorrectPasswordAuthenticationException")


def test_what_does_not_exist_is_told_with_its_name(world: World) -> None:
    missing = error(world.get("projects/ACME/repos/none"), 404)
    assert missing["message"] == "Repository ACME/none does not exist."
    assert error(world.get("projects/NONE/repos/app"), 404)["message"] == "Project NONE does not exist."


def test_expired_and_deleted_tokens_open_nothing(world: World) -> None:
    short = world.dc.create_token(world.owner, ["REPO_READ"], expiry_days=1)
    assert world.get(APP, short).status_code == 200
    world.dc.clock.advance(24 * 3600)
    assert world.get(APP, short).status_code == 401
    world.token.revoked = True
    assert world.get(APP).status_code == 401


def test_token_narrows_its_user_and_never_widens(world: World) -> None:
    sam = world.dc.create_user("sam")
    world.dc.grant(sam, "REPO_READ", "ACME", "app")
    wide = world.dc.create_token(sam, ["PROJECT_ADMIN", "REPO_ADMIN"])
    narrow = world.dc.create_token(world.owner, ["REPO_READ"])
    for token in (wide, narrow):
        assert world.get(APP, token).status_code == 200
        assert world.get(f"{APP}/webhooks", token).status_code == 401
    on_project = world.dc.create_token(world.owner, ["PROJECT_ADMIN"])
    assert world.get(f"{APP}/webhooks", on_project).status_code == 200  # permissions on projects include repositories


def test_repository_token_ends_at_its_repository(world: World) -> None:
    world.dc.create_repository("ACME", "other", {"a": "b"})
    token = world.dc.create_token(world.app, ["REPO_ADMIN"])
    assert world.get(f"{APP}/webhooks", token).status_code == 200
    assert world.get("projects/ACME/repos/other", token).status_code == 401
    assert world.get("projects/ACME/webhooks", token).status_code == 401


def test_wrong_passwords_lead_to_a_captcha_that_only_tokens_pass(world: World) -> None:
    for _ in range(5):
        assert world.get(APP, None, auth=("olivia", "wrong")).status_code == 401
    locked = world.get(APP, world.owner)
    assert "CAPTCHA required" in error(locked, 403)["message"]
    assert locked.headers["X-Authentication-Denied-Reason"].startswith("CAPTCHA_CHALLENGE")
    assert world.get(APP).status_code == 200


def test_administrators_switch_passwords_off(world: World) -> None:
    world.dc.authenticator.basic_auth = False
    assert "Basic Authentication has been disabled" in error(world.get(APP, world.owner), 403)["message"]
    assert world.get(APP).status_code == 200


def test_limited_users_are_told_when_to_come_back(world: World) -> None:
    assert world.get(APP).status_code == 200
    world.dc.rate_limits.capacity, world.dc.rate_limits.per_second = 1, 0.01
    assert world.get(APP).status_code == 200
    answer = world.get(APP)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 1
    world.dc.clock.advance(int(answer.headers["Retry-After"]))
    assert world.get(APP).status_code == 200


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_posts_a_form_could_send_are_refused_as_forgery(world: World, kind: str | None) -> None:
    path = f"{world.dc.api_url}/{APP}/webhooks/test?url=http://127.0.0.1:9/"
    headers = {**world.token.rest, **({"Content-Type": kind} if kind else {})}
    answer = requests.post(path, headers=headers, timeout=30)
    assert (answer.status_code, answer.text) == (403, "XSRF check failed")
    assert requests.post(path, headers={**headers, "X-Atlassian-Token": "no-check"}, timeout=30).status_code == 200


def test_json_without_its_content_type_is_not_read(world: World) -> None:
    answer = world.call("PUT", "/rest/access-tokens/latest/users/olivia", world.owner, data="{}")
    assert answer.status_code == 415


def test_users_are_found_by_slug(world: World) -> None:
    world.dc.create_user("sam smith")
    assert world.get("users/sam_smith").json()["name"] == "sam smith"
    assert error(world.get("users/none"), 404)["message"] == "User none does not exist."
    assert world.get("users/olivia", None).status_code == 401
    assert [one["slug"] for one in world.get("users?filter=SAM").json()["values"]] == ["sam_smith"]
