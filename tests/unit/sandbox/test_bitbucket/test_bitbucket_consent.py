# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth with a user's consent, and the listing that went with CHANGE-2770."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.sandbox.bitbucket.credentials import OAuthConsumer
from tests.sandbox.bitbucket.world import World

BACK = "https://ci.example.com/callback"


@pytest.fixture
def consumer(world: World) -> OAuthConsumer:
    return world.bitbucket.create_oauth_consumer("acme", ("account", "repository"), callback_url=BACK)


def page(world: World, consumer: OAuthConsumer, **more: str) -> str:
    query = "&".join(f"{k}={v}" for k, v in {"client_id": consumer.key, "response_type": "code", **more}.items())
    return f"{world.bitbucket.url}/site/oauth2/authorize?{query}"


def exchange(world: World, consumer: OAuthConsumer, **form: str) -> requests.Response:
    url = f"{world.bitbucket.url}/site/oauth2/access_token"
    return world.call("POST", url, by=None, data=form, auth=(consumer.key, consumer.secret))


def consent(world: World, consumer: OAuthConsumer, action: str = "grant") -> dict[str, list[str]]:
    with world.bitbucket.browser(world.owner) as browser:
        place = browser.answer(page(world, consumer, state="s"), action)
    assert place.startswith(f"{BACK}?")
    return parse_qs(urlsplit(place).query)


def test_a_code_buys_one_token_that_may_what_the_user_may(world: World, consumer: OAuthConsumer) -> None:
    told = consent(world, consumer)
    assert told["state"] == ["s"]
    form = {"grant_type": "authorization_code", "code": told["code"][0]}
    token = exchange(world, consumer, **form).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert world.get("user", by=None, headers=headers).json()["uuid"] == world.owner.uuid
    again = exchange(world, consumer, **form)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_granted_token_is_nobody_else_s_after_a_refresh(world: World) -> None:
    """Neither does it get the rights of the consumer's owner."""
    guest = world.bitbucket.create_user("guest")
    consumer = world.bitbucket.create_oauth_consumer("acme", ("account", "repository"), callback_url=BACK)
    with world.bitbucket.browser(guest) as browser:
        told = parse_qs(urlsplit(browser.answer(page(world, consumer))).query)
    token = exchange(world, consumer, grant_type="authorization_code", code=told["code"][0]).json()
    new = exchange(world, consumer, grant_type="refresh_token", refresh_token=token["refresh_token"]).json()
    assert new["refresh_token"] == token["refresh_token"]
    headers = {"Authorization": f"Bearer {new['access_token']}"}
    assert world.get("user", by=None, headers=headers).json()["uuid"] == guest.uuid
    assert world.get("repositories/acme/app", by=None, headers=headers).status_code == 404


def test_a_code_is_good_for_its_consumer_and_not_for_long(world: World, consumer: OAuthConsumer) -> None:
    other = world.bitbucket.create_oauth_consumer("acme", callback_url=BACK)
    code = consent(world, consumer)["code"][0]
    assert exchange(world, other, grant_type="authorization_code", code=code).status_code == 400
    code = consent(world, consumer)["code"][0]
    world.bitbucket.clock.advance(700)
    assert exchange(world, consumer, grant_type="authorization_code", code=code).status_code == 400


def test_a_refusal_is_told_to_the_consumer(world: World, consumer: OAuthConsumer) -> None:
    assert consent(world, consumer, "deny")["error"] == ["access_denied"]


def test_who_is_not_logged_in_is_asked_to(world: World, consumer: OAuthConsumer) -> None:
    answer = world.call("GET", page(world, consumer), by=None, allow_redirects=False)
    assert answer.status_code == 302
    assert "/account/signin/?next=" in answer.headers["Location"]


def test_a_person_can_log_in_and_press_the_button(world: World, consumer: OAuthConsumer) -> None:
    """As with a real browser, for those who play with the sandbox."""
    with requests.Session() as session:
        session.trust_env = False
        asked = session.get(page(world, consumer, state="s"), timeout=30)
        assert "Log in to continue" in asked.text
        shown = session.post(asked.url, data={"username": "olivia"}, timeout=30)
        assert "Grant access" in shown.text
        form = {"action": "grant", "csrf_token": shown.text.split('csrf_token" value="')[1].split('"')[0]}
        sent = session.post(shown.url, data=form, timeout=30, allow_redirects=False)
    assert sent.headers["Location"].startswith(f"{BACK}?code=")


def test_nobody_is_sent_to_another_site_after_logging_in(world: World) -> None:
    place = f"{world.bitbucket.url}/account/signin/?next=https://evil.example.com/"
    assert world.call("POST", place, by=None, data={"username": "olivia"}).status_code == 400


@pytest.mark.parametrize(
    "more", [{"client_id": "none"}, {"response_type": "token"}, {"redirect_uri": "https://evil.example.com/"}]
)
def test_what_is_wrong_is_not_sent_to_anybody(world: World, consumer: OAuthConsumer, more: dict[str, str]) -> None:
    with world.bitbucket.browser(world.owner) as browser, pytest.raises(ValueError, match=r"^400"):
        browser.answer(page(world, consumer, **more))


def test_a_consumer_without_callback_cannot_ask(world: World) -> None:
    consumer = world.bitbucket.create_oauth_consumer("acme")
    with world.bitbucket.browser(world.owner) as browser, pytest.raises(ValueError, match="Invalid redirect_uri"):
        browser.answer(page(world, consumer))


def test_the_listing_of_workspaces_is_gone_unless_it_is_switched_on(world: World) -> None:
    assert world.get("workspaces?role=member").status_code == 410
    world.bitbucket.cross_workspace_listings = True
    assert [one["slug"] for one in world.get("workspaces?role=member").json()["values"]] == ["acme"]
    assert world.get("repositories").status_code == 410
    assert world.get("workspaces", by=None).status_code == 401
