# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is let in, by which generation's rules."""

from __future__ import annotations

import pytest
import requests

from tests.sandbox.cds import SHARED_INFRA
from tests.sandbox.cds.engine import commands
from tests.sandbox.cds.world import World

CONSUMER = "/user/me/auth/consumer"


def signin(world: World, **body: object) -> requests.Response:
    return world.post("/auth/consumer/builtin/signin", json=body, by=None)


def test_the_version_is_told_to_anybody(new: World) -> None:
    assert new.get("/mon/version", by=None).json()["version"] == "0.57.0"


def test_what_is_wrong_is_told_to_maintainers_only(new: World) -> None:
    lines = new.get("/mon/status", by=None).json()["lines"]
    assert [line["component"] for line in lines] == ["Global/Maintenance"]
    assert "cds-vcs/Version" in {line["component"] for line in new.get("/mon/status").json()["lines"]}


def test_era_a_tells_everybody_how_the_services_are(old: World) -> None:
    assert "cds-vcs/Version" in {line["component"] for line in old.get("/mon/status", by=None).json()["lines"]}


# -- era A --------------------------------------------------------------------------------------------------------


def test_era_a_is_signed_in_to_with_a_password(old: World) -> None:
    answer = old.post("/login", json={"username": "root", "password": "correct horse"}, by=None)
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "root"
    assert answer.json()["token"] == answer.headers["Session-Token"]


def test_era_a_refuses_a_wrong_password_with_a_400(old: World) -> None:
    answer = old.post("/login", json={"username": "root", "password": "no"}, by=None)
    assert (answer.status_code, answer.json()["id"]) == (400, 25)
    assert set(answer.json()) == {"id", "message", "data", "uuid"}


@pytest.mark.parametrize("headers", [{"Session-Token": ""}, {"Authorization": ""}])
def test_era_a_wants_the_session_twice(old: World, headers: dict[str, str]) -> None:
    """Basic user and token, and the token again in its own header."""
    token = old.session.token
    sent = {"Session-Token": token, "Authorization": requests.auth._basic_auth_str("root", token)} | headers
    assert old.get("/project/DEMO", by=None, headers=sent).status_code == 401


def test_era_a_has_no_consumers_and_the_others_no_login(old: World, new: World) -> None:
    assert old.get("/auth/driver", by=None).status_code == 404
    assert signin(old, token="x").status_code == 404
    assert new.post("/login", json={}, by=None).status_code == 404
    assert new.get(f"/group/{SHARED_INFRA}/token").status_code == 404


def test_a_group_token_is_one_more_each_time(old: World) -> None:
    path = f"/group/{SHARED_INFRA}/token"
    before = len(old.get(path).json())
    body = {"expiration": "persistent", "description": "vcs"}
    first, second = (old.post(path, json=body).json() for _ in range(2))
    assert (first["group_name"], first["description"], len(first["token"])) == (SHARED_INFRA, "vcs", 128)
    assert first["token"] != second["token"]
    assert len(old.get(path).json()) == before + 2
    assert old.call("DELETE", f"{path}/{first['id']}").status_code == 200
    assert first["id"] not in {token["id"] for token in old.get(path).json()}


def test_only_tokens_of_shared_infra_register_services(old: World) -> None:
    group = old.cds.create_group("builders", old.admin)
    token = old.cds.accounts.add_group_token(group, "persistent", "", "root").token
    answer = old.post("/services/register", json={"token": token, "name": "x", "type": "vcs"}, by=None)
    assert (answer.status_code, answer.json()["id"]) == (401, 10)


# -- since there are consumers ------------------------------------------------------------------------------------


def test_the_drivers_tell_whether_somebody_was_here_before(build: object) -> None:
    world: World = build("0.57.0")  # type: ignore[operator]
    manifest = {"type": "local", "signup_disabled": False, "support_mfa": False}
    assert world.get("/auth/driver", by=None).json() == {"is_first_connection": False, "manifests": [manifest]}


def test_a_signin_token_opens_a_session(new: World) -> None:
    token = new.cds.create_consumer(new.admin, "ansible", scopes=("Project",)).token
    answer = signin(new, token=token).json()
    assert answer["api_url"] == new.cds.url
    assert answer["user"]["ring"] == "ADMIN"
    headers = {"Authorization": f"Bearer {answer['token']}"}
    assert new.get("/project/DEMO", by=None, headers=headers).status_code == 200


def test_a_signin_token_is_no_session(new: World) -> None:
    token = new.cds.create_consumer(new.admin, "ansible", scopes=("Project",)).token
    assert new.get("/project/DEMO", by=None, headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize("body", [{"token": "no"}, {}, {"token": 3}])
def test_a_bad_signin_token_is_a_403(new: World, body: dict[str, object]) -> None:
    answer = signin(new, **body)
    assert (answer.status_code, answer.json()["id"]) == (403, 11)
    assert answer.json()["request_id"]


def test_a_service_s_consumer_lets_in_nobody_but_the_service(new: World) -> None:
    """Its token is no use for the REST API, and none for a service of another name."""
    token = new.cds.service_token("vcs", "cds-vcs")
    refused = signin(new, token=token)
    assert (refused.status_code, refused.json()["id"]) == (403, 11)
    assert "missing service payload" in refused.json()["from"]
    other = signin(new, token=token, service={"name": "cds-vcs-2", "type": "vcs"})
    assert other.status_code == 403
    assert 'service name "cds-vcs-2" doesn\'t match with consumer "cds-vcs"' in other.json()["from"]


def test_scopes_are_kept_apart(new: World) -> None:
    """A consumer for projects cannot make consumers; CDS calls that 401."""
    token = new.cds.create_consumer(new.admin, "narrow", scopes=("Project",)).token
    headers = {"Authorization": f"Bearer {signin(new, token=token).json()['token']}"}
    answer = new.get(CONSUMER, by=None, headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (401, 10)


def test_a_consumer_has_scopes(new: World) -> None:
    with pytest.raises(ValueError, match="at least one"):
        new.cds.create_consumer(new.admin, "any")
    answer = new.post(CONSUMER, json={"name": "any", "auth_consumer_user": {"scope_details": []}})
    assert (answer.status_code, answer.json()["id"]) == (400, 74)


def test_before_0_57_a_consumer_of_any_scope_may_use_v2(build: object) -> None:
    for version, status in (("v0.56.0", 200), ("0.57.0", 401)):
        world: World = build(version)  # type: ignore[operator]
        consumer = world.cds.create_consumer(world.admin, "narrow", scopes=("Group",))
        session = world.cds.accounts.open_session(world.admin, consumer)
        assert world.get("/v2/project/DEMO/vcs", by=session).status_code == status


def test_a_consumer_expires(new: World) -> None:
    token = new.cds.create_consumer(new.admin, "short", scopes=("Project",), duration=3600 * 10**9).token
    assert signin(new, token=token).status_code == 200
    new.cds.clock.advance(3700)
    assert signin(new, token=token).status_code == 403


def test_the_cookie_alone_is_not_enough(new: World) -> None:
    cookie = {"Cookie": f"jwt_token={new.session.token}"}
    assert new.get("/project/DEMO", by=None, headers=cookie).status_code == 401
    assert new.get("/project/DEMO", by=None, headers=cookie | {"X-XSRF-TOKEN": "x"}).status_code == 200


def test_a_password_signs_in_as_well(new: World) -> None:
    path = "/auth/consumer/local/signin"
    good = new.post(path, json={"username": "root", "password": "correct horse"}, by=None)
    assert good.json()["user"]["username"] == "root"
    bad = new.post(path, json={"username": "root", "password": "x"}, by=None)
    assert (bad.status_code, bad.json()["id"]) == (401, 10)


def test_signing_out_ends_the_session(new: World) -> None:
    assert new.post("/auth/consumer/signout").status_code == 200
    assert new.get("/auth/me").status_code == 401


def consumer_body(**more: object) -> dict[str, object]:
    about = {"group_ids": [], "scope_details": [{"scope": "Project"}], "service_name": None, "service_type": None}
    periods = [{"issued_at": "2026-11-21T00:00:00Z", "duration": 365 * 24 * 3600 * 10**9}]
    return {
        "name": "ansible",
        "description": "for us",
        "validity_periods": periods,
        "auth_consumer_user": about,
        **more,
    }


def test_a_consumer_s_token_is_told_once(new: World) -> None:
    made = new.post(CONSUMER, json=consumer_body())
    assert made.status_code == 201
    listed = [one for one in new.get(CONSUMER).json() if one["name"] == "ansible"]
    assert [one["id"] for one in listed] == [made.json()["consumer"]["id"]]
    assert made.json()["token"] not in new.get(CONSUMER).text
    assert listed[0]["auth_consumer_user"]["scope_details"] == [{"scope": "Project", "endpoints": None}]
    assert signin(new, token=made.json()["token"]).status_code == 200


def test_names_of_consumers_are_not_unique(new: World) -> None:
    for _ in range(2):
        assert new.post(CONSUMER, json=consumer_body()).status_code == 201
    assert sum(one["name"] == "ansible" for one in new.get(CONSUMER).json()) == 2


def test_a_renewed_token_makes_the_old_one_useless(new: World) -> None:
    made = new.post(CONSUMER, json=consumer_body()).json()
    renewed = new.post(f"{CONSUMER}/{made['consumer']['id']}/regen").json()["token"]
    assert signin(new, token=made["token"]).status_code == 403
    assert signin(new, token=renewed).status_code == 200


def test_the_password_s_consumer_cannot_be_deleted(new: World) -> None:
    local = next(one for one in new.get(CONSUMER).json() if one["type"] == "local")
    assert new.call("DELETE", f"{CONSUMER}/{local['id']}").status_code == 403


# -- the first administrator --------------------------------------------------------------------------------------


def test_the_init_token_makes_the_first_administrator_and_the_services_consumers(
    build: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only after that can the services of the same configuration sign in."""
    world: World = build("0.57.0", start=False)  # type: ignore[operator]
    world.cds.accounts.users.clear()
    world.cds.accounts.consumers.clear()
    commands.new(["api", "vcs", "hooks"], world.cds.version)
    text = capsys.readouterr().out
    init_token = text.strip().splitlines()[-1].removeprefix("# ")
    world.cds.adopt(text)
    with pytest.raises(ValueError, match="forbidden"):
        world.cds.start(text)
    person = {"username": "first", "fullname": "First", "email": "first@example.com", "password": "long enough"}
    assert world.get("/auth/driver", by=None).json()["is_first_connection"] is True
    assert world.post("/auth/consumer/local/signup", json=person, by=None).status_code == 201
    mailed = world.cds.accounts.mails[-1]["token"]
    body = {"token": mailed, "init_token": init_token}
    user = world.post("/auth/consumer/local/verify", json=body, by=None).json()["user"]
    assert (user["username"], user["ring"]) == ("first", "ADMIN")
    assert {running.kind for running in world.cds.start(text)} == {"vcs", "hooks"}


def test_tokens_that_were_written_without_the_api_are_useless(new: World, capsys: pytest.CaptureFixture[str]) -> None:
    commands.new(["api"], new.cds.version)
    new.cds.adopt(capsys.readouterr().out)
    commands.new(["vcs"], new.cds.version)
    with pytest.raises(ValueError, match="forbidden"):
        new.cds.start(capsys.readouterr().out, "vcs")
