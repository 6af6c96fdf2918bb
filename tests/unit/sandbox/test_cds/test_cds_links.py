# SPDX-License-Identifier: GPL-3.0-or-later
"""Era A and B: links with a server of the configuration, by OAuth and somebody's consent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.cds.world import World

PLACE = "/project/DEMO/repositories_manager"


@pytest.fixture(params=["0.41.0", "0.53.0"])
def world(request: pytest.FixtureRequest, build: Callable[..., World]) -> World:
    return build(request.param)


def begin(world: World) -> dict[str, str]:
    answer = world.post(f"{PLACE}/bitbucketcloud/authorize")
    assert answer.status_code == 200, answer.text
    return answer.json()


def consent(world: World, url: str, action: str = "grant") -> str:
    with world.bitbucket.bitbucket.browser(world.bitbucket.owner) as browser:
        return browser.answer(url, action)


def test_the_servers_are_those_of_the_running_configuration(world: World) -> None:
    assert world.get("/repositories_manager").json() == ["bitbucketcloud"]
    assert world.get("/config/vcs").json() == {"bitbucketcloud": {"type": "", "url": ""}}
    world.start(server="Other")
    assert world.get("/repositories_manager").json() == ["other"]  # viper knows no capitals


def test_without_the_vcs_service_nobody_says_what_is_wrong(world: World) -> None:
    world.cds.services.remove("cds-vcs")
    answer = world.get("/repositories_manager")
    assert (answer.status_code, answer.json()["id"], answer.json()["message"]) == (500, 1, "internal server error")


def links(world: World) -> list[dict[str, Any]]:
    """The list of links; none at all is null before 0.51.0."""
    value = world.get(PLACE).json()
    assert value or value == ([] if world.cds.version.has_project_vcs else None)
    return value or []


def test_a_project_without_links_has_null_or_an_empty_list(world: World) -> None:
    assert links(world) == []


def test_since_0_51_a_link_shows_its_user_as_its_maker(middle: World) -> None:
    middle.link()
    assert (links(middle)[0]["created_by"], "username" in links(middle)[0]) == ("root", False)


def test_the_browser_ends_on_cds_s_page_and_the_link_is_there(world: World) -> None:
    begun = begin(world)
    query = parse_qs(urlsplit(begun["url"]).query)
    assert query["client_id"] == [world.oauth.key]
    assert query["state"] == [begun["request_token"]]
    assert begun["auth_type"] == "oauth"
    assert ("consumer_id" in begun) is world.cds.version.has_consumers
    with world.bitbucket.bitbucket.browser(world.bitbucket.owner) as browser:
        page = browser.grant(begun["url"])
    assert page.url == f"{world.cds.ui_url}/project/DEMO?tab=advanced"
    (made,) = links(world)
    assert (made["name"], made.get("username") or made["created_by"]) == ("bitbucketcloud", "root")


def test_the_same_with_a_code_that_somebody_brings(world: World) -> None:
    begun = begin(world)
    code = parse_qs(urlsplit(consent(world, begun["url"])).query)["code"][0]
    body = {"request_token": begun["request_token"], "verifier": code}
    answer = world.post(f"{PLACE}/bitbucketcloud/authorize/callback", json=body)
    assert answer.json()["key"] == "DEMO"
    assert [one["name"] for one in world.get(PLACE).json()] == ["bitbucketcloud"]
    again = world.post(f"{PLACE}/bitbucketcloud/authorize/callback", json=body)
    assert (again.status_code, again.json()["id"]) == (403, 44)


def test_the_state_is_good_for_five_minutes(world: World) -> None:
    begun = begin(world)
    back = consent(world, begun["url"])
    world.cds.clock.advance(300)
    place = back.removeprefix(world.cds.ui_url + "/cdsapi")
    answer = world.get(place, by=None)
    assert (answer.status_code, answer.json()["id"]) == (403, 11)
    assert links(world) == []


def test_an_unknown_state_is_a_403_and_a_refusal_a_500(world: World) -> None:
    path = "/repositories_manager/oauth2/callback"
    assert world.get(path, by=None, params={"code": "x", "state": "y"}).status_code == 403
    back = consent(world, begin(world)["url"], "deny")
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    assert world.get(back.removeprefix(world.cds.ui_url + "/cdsapi"), by=None).status_code == 500


def test_a_wrong_client_secret_is_only_seen_when_the_code_is_exchanged(world: World) -> None:
    """The consent page works, and what CDS says is that the link is not good."""
    world.oauth.secret = "changed"
    begun = begin(world)
    answer = world.get(consent(world, begun["url"]).removeprefix(world.cds.ui_url + "/cdsapi"), by=None)
    assert (answer.status_code, answer.json()["id"]) == (403, 44)


def test_an_unknown_server_is_a_401(world: World) -> None:
    answer = world.post(f"{PLACE}/github/authorize")
    assert (answer.status_code, answer.json()["id"]) == (401, 43)


def test_era_a_answers_nothing_for_a_project_that_is_linked_already(old: World) -> None:
    old.link()
    answer = old.post(f"{PLACE}/bitbucketcloud/authorize")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_link_in_use_is_unlinked_by_force_only(world: World) -> None:
    world.link()
    world.attach()
    answer = world.call("DELETE", f"{PLACE}/bitbucketcloud")
    assert (answer.status_code, answer.json()["id"]) == (400, 168)
    assert world.call("DELETE", f"{PLACE}/bitbucketcloud", params={"force": "true"}).json()["key"] == "DEMO"
    assert links(world) == []
    assert world.call("DELETE", f"{PLACE}/bitbucketcloud").json()["id"] == 45


def test_a_token_is_renewed_after_two_hours(world: World) -> None:
    """With the first refresh token, again and again."""
    world.link()
    first = world.project.links["bitbucketcloud"].token
    for _ in range(2):
        world.cds.clock.advance(2 * 3600 + 60)
        assert world.get(f"{PLACE}/bitbucketcloud/repo", params={"repo": "acme/app"}).status_code == 200
    assert world.project.links["bitbucketcloud"].token != first


def test_the_link_may_what_the_person_may_who_agreed(world: World) -> None:
    """Not what the consumer's owner may."""
    guest = world.bitbucket.bitbucket.create_user("guest")
    world.bitbucket.bitbucket.grant(guest, "read", "acme", "app")
    with world.bitbucket.bitbucket.browser(guest) as browser:
        browser.grant(begin(world)["url"])
    assert world.get(f"{PLACE}/bitbucketcloud/repo", params={"repo": "acme/app"}).status_code == 200
    world.attach()
    world.post("/project/DEMO/pipeline", json={"name": "build"})
    nodes = {"build": {"pipeline": "build", "application": "app"}}
    hooks = {"build": [{"type": "RepositoryWebHook"}]}
    body = {"name": "wf", "version": "v2.0", "workflow": nodes, "hooks": hooks}
    answer = world.post("/project/DEMO/import/workflows", json=body)
    assert answer.status_code == 500
    assert world.get("/project/DEMO/workflows/wf").status_code == 404


def test_basicauth_takes_a_password_for_an_access_token(world: World) -> None:
    """It is meant for other servers: Bitbucket is asked with it as a Bearer token, and refuses."""
    answer = world.post(f"{PLACE}/bitbucketcloud/authorize/basicauth", json={"username": "jdoe", "secret": "x"})
    assert answer.status_code == 500
    assert links(world) == []


def test_a_repository_looks_as_bitbucket_s_first_and_second_clone_link_say(world: World) -> None:
    world.link()
    repository = world.get(f"{PLACE}/bitbucketcloud/repo", params={"repo": "acme/app"}).json()
    assert repository["fullname"] == "acme/app"
    assert repository["http_url"].startswith("http")
    assert repository["ssh_url"].startswith("git@")


def test_era_a_lists_the_repositories_of_a_workspace_named_as_the_user_is(old: World) -> None:
    """There is none, as for most people today, and so the list is a 404."""
    old.link()
    assert old.get(f"{PLACE}/bitbucketcloud/repos").status_code == 404
    mine = old.bitbucket.bitbucket.create_workspace("olivia")
    old.bitbucket.bitbucket.create_repository("olivia", "own", {"a": "b"})
    old.bitbucket.bitbucket.grant(old.bitbucket.owner, "owner", mine.slug)
    listed = old.get(f"{PLACE}/bitbucketcloud/repos", params={"synchronize": "true"}).json()
    assert [one["fullname"] for one in listed] == ["olivia/own"]


def test_all_of_this_is_gone_in_era_c(new: World) -> None:
    for method, path in (
        ("GET", "/repositories_manager"),
        ("GET", "/config/vcs"),
        ("GET", "/repositories_manager/oauth2/callback"),
        ("POST", f"{PLACE}/bitbucketcloud/authorize"),
        ("POST", f"{PLACE}/bitbucketcloud/authorize/callback"),
        ("DELETE", f"{PLACE}/bitbucketcloud"),
    ):
        assert new.call(method, path).status_code in (404, 405), path
