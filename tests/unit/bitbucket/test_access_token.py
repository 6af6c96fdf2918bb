# SPDX-License-Identifier: GPL-3.0-or-later
"""bitbucket_access_token: made once, its permissions changed in place, renewed without a gap, revoked at the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.access_token import AccessToken
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.shown_once import today
from tests.sandbox.bitbucket_dc import BitbucketDataCenter
from tests.sandbox.bitbucket_dc.model import AccessToken as Stored

from .conftest import SandboxRunner
from .dc import REST, DcRunner

TOKENS = "/rest/access-tokens/latest"
OPTIONS: dict[str, Any] = {
    "workspace": None,
    "repository": None,
    "user": "ada",
    "name": "deploy",
    "permissions": ["PROJECT_READ", "REPO_ADMIN"],
}
LIST, MAKE = f"GET {TOKENS}/users/ada", f"PUT {TOKENS}/users/ada"


@pytest.fixture
def admin(dc_run: DcRunner) -> DcRunner:
    dc_run.password(dc_run.ada)
    return dc_run


def live(dc: BitbucketDataCenter, name: str = "deploy") -> list[Stored]:
    return [token for token in dc.tokens._tokens.values() if token.name == name and not token.revoked]


def end(token: Stored) -> date:
    assert token.expires
    return token.expires.date()


def made(dc: BitbucketDataCenter, days: int | None, *permissions: str) -> Stored:
    return dc.create_token(dc.users["ada"], permissions or OPTIONS["permissions"], "deploy", days)


def test_a_new_one_is_told_once(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    foretold = admin.ok(AccessToken, check_mode=True, **OPTIONS)
    assert (foretold["token"], foretold["resource"]["id"]) == ("pending:bitbucket_access_token:deploy",) * 2
    assert admin.calls == [LIST]
    result = admin.ok(AccessToken, **OPTIONS)
    assert admin.calls == [LIST, MAKE] and result["diff"] == foretold["diff"]
    (token,) = live(dc)
    assert result["token"] == token.secret and token.secret not in repr({**result, "token": None})
    assert token.permissions == ("PROJECT_READ", "REPO_ADMIN") and token.owner is dc.users["ada"]
    assert result["resource"]["expires_at"] == end(token).isoformat()
    assert (end(token) - datetime.now(UTC).date()).days in (89, 90)
    again = admin.ok(AccessToken, **OPTIONS)
    assert (again["changed"], again["token"], again["resource"]["id"], admin.calls) == (False, None, token.id, [LIST])


def test_it_works(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    token = admin.ok(AccessToken, **OPTIONS)["token"]
    url, headers = f"{dc.url}{REST}/projects/ACME/repos/shop/webhooks", {"Authorization": f"Bearer {token}"}
    assert requests.get(url, headers=headers, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("place", "path", "permissions"),
    [
        ({"workspace": "ACME"}, "projects/ACME", ["PROJECT_READ", "REPO_WRITE"]),
        ({"workspace": "ACME", "repository": "shop"}, "projects/ACME/repos/shop", ["REPO_WRITE"]),
    ],
)
def test_of_a_project_and_of_a_repository(
    admin: DcRunner, dc: BitbucketDataCenter, place: dict[str, str], path: str, permissions: list[str]
) -> None:
    options = {**OPTIONS, "user": None, "permissions": permissions, **place}
    admin.ok(AccessToken, **options)
    assert admin.calls == [f"GET {TOKENS}/{path}", f"PUT {TOKENS}/{path}"]
    assert not admin.ok(AccessToken, **options)["changed"]
    assert admin.ok(AccessToken, **{**options, "state": "absent"})["changed"] and not live(dc)
    assert not admin.ok(AccessToken, **{**options, "state": "absent"})["changed"]


def test_other_permissions_are_given_to_the_same_token(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    token = made(dc, 90, "REPO_READ")
    result = admin.ok(AccessToken, **OPTIONS)
    assert [action["action"] for action in result["actions"]] == ["update"] and result["token"] is None
    assert admin.writes() == [f"POST {TOKENS}/users/ada/{token.id}"]
    assert live(dc) == [token] and set(token.permissions) == {"PROJECT_READ", "REPO_ADMIN"}
    assert result["resource"]["expires_at"] == end(token).isoformat()
    assert not admin.ok(AccessToken, **OPTIONS)["changed"]


def test_a_higher_permission_has_the_lower_in_it(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    made(dc, 90, "PROJECT_READ", "REPO_READ", "REPO_WRITE", "REPO_ADMIN")
    assert not admin.ok(AccessToken, **OPTIONS)["changed"]


@pytest.mark.parametrize(("days", "renewed"), [(30, True), (33, False), (None, False)])
def test_it_is_renewed_before_it_ends(
    admin: DcRunner, dc: BitbucketDataCenter, days: int | None, renewed: bool
) -> None:
    made(dc, days)
    for check_mode in (True, False):
        result = admin.ok(AccessToken, check_mode=check_mode, **OPTIONS)
        assert result["changed"] is renewed
    assert len(live(dc)) == (2 if renewed else 1)


def test_renewal_leaves_the_old_one_until_the_new_one_is_in_its_place(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    old = made(dc, 5)
    result = admin.ok(AccessToken, **OPTIONS, in_use=old.id, revoke_others=True)
    assert [action["action"] for action in result["actions"]] == ["renew"] and result["token"]
    assert len(live(dc)) == 2
    done = admin.ok(AccessToken, **OPTIONS, in_use=result["resource"]["id"], revoke_others=True)
    assert [action["action"] for action in done["actions"]] == ["revoke"] and done["token"] is None
    assert [token.secret for token in live(dc)] == [result["token"]]
    assert not admin.ok(AccessToken, **OPTIONS, in_use=result["resource"]["id"], revoke_others=True)["changed"]


def test_one_whose_value_got_lost_is_replaced(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    made(dc, 90)
    result = admin.ok(AccessToken, **OPTIONS, in_use="0")
    assert result["token"] and len(live(dc)) == 2


def test_one_that_has_ended_does_not_count(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    made(dc, 1).expires = datetime.now(UTC) - timedelta(days=2)
    assert [action["action"] for action in admin.ok(AccessToken, **OPTIONS)["actions"]] == ["create"]


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_a_lost_answer_makes_no_second_one(admin: DcRunner, dc: BitbucketDataCenter, kind: str) -> None:
    """PUT is not what it says: repeated, it makes another token."""
    admin.common["max_retries"] = 4
    admin.server.faults.add(kind, match="bitbucket-dc PUT ")
    result = admin.ok(AccessToken, **OPTIONS)
    assert [token.secret for token in live(dc)] == [result["token"]]
    assert len(admin.writes()) == (3 if kind == "apply_then_drop" else 2)


def test_never_ending(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    result = admin.ok(AccessToken, **OPTIONS, expiry_days=0)
    (token,) = live(dc)
    assert token.expires is None and result["resource"]["expires_at"] is None
    assert not admin.ok(AccessToken, **OPTIONS, expiry_days=0)["changed"]


def test_one_that_is_there_is_used(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    options = {**OPTIONS, "permissions": None, "create": False}
    assert "create is false" in admin.fails(AccessToken, **options)
    made(dc, 90)
    assert not admin.ok(AccessToken, **options)["changed"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"permissions": None}, "permissions must be given"),
        ({"permissions": ["PROJECT_ADMIN", "REPO_READ"]}, "can't be lower"),
        ({"user": None, "workspace": "ACME", "repository": "shop"}, "no permission on projects"),
        ({"expiry_days": 30}, "renew_before_days must be less"),
        ({"expiry_days": -1}, "expiry_days must be"),
    ],
)
def test_what_can_not_be_is_refused_before_any_call(admin: DcRunner, change: dict[str, Any], words: str) -> None:
    assert words in admin.fails(AccessToken, **{**OPTIONS, **change}) and not admin.calls


def test_a_token_makes_no_token(dc_run: DcRunner) -> None:
    result = dc_run(AccessToken, **OPTIONS)
    assert result["error"]["kind"] == "forbidden" and "takes username and password" in result["msg"]


def test_nobody_makes_one_for_another(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    dc.create_user("bob")
    assert admin(AccessToken, **{**OPTIONS, "user": "bob"})["error"]["kind"] == "forbidden"


def test_the_password_goes_before_the_token_here_and_nowhere_else(admin: DcRunner, dc: BitbucketDataCenter) -> None:
    token = made(dc, 90)
    admin.common["access_token"] = token.secret
    assert not admin.ok(AccessToken, **OPTIONS)["changed"]
    sent = admin.server.calls.all()[-1].headers["Authorization"]
    assert sent.startswith("Basic ")


def test_cloud_has_none(run: SandboxRunner) -> None:
    options = {"workspace": "acme", "name": "x", "permissions": ["REPO_READ"], "username": "a@b", "api_token": "t"}
    message = run.fails(AccessToken, **options)
    assert "Bitbucket Cloud has no API for access tokens" in message and "Repository settings" in message
    assert not run.calls


def test_the_date_is_that_of_the_service() -> None:
    assert today() == datetime.now(UTC).date()
