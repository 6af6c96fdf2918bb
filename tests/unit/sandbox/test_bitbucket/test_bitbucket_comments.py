# SPDX-License-Identifier: GPL-3.0-or-later
"""Comments on pull requests."""

from __future__ import annotations

import pytest

from tests.sandbox.bitbucket.world import World

PULLS = "repositories/acme/app/pullrequests"
PLACE = f"{PULLS}/1/comments"


@pytest.fixture
def opened(world: World) -> World:
    token = world.bitbucket.create_api_token(world.owner, ("read:pullrequest:bitbucket", "write:pullrequest:bitbucket"))
    body = {"title": "Log in", "source": {"branch": {"name": "feature/login"}}}
    assert world.call("POST", PULLS, token, json=body).status_code == 201
    return world


def test_who_may_read_a_pull_request_may_comment(opened: World) -> None:
    reader = opened.bitbucket.create_user("reader")
    opened.bitbucket.grant(reader, "read", "acme", "app")
    token = opened.bitbucket.create_api_token(reader, ("read:pullrequest:bitbucket",))
    made = opened.call("POST", PLACE, token, json={"content": {"raw": "Fine."}})
    assert made.status_code == 201
    assert made.headers["Location"] == made.json()["links"]["self"]["href"]
    listed = opened.get(PLACE).json()["values"]
    assert [(one["content"]["raw"], one["user"]["uuid"]) for one in listed] == [("Fine.", reader.uuid)]


def test_without_the_scope_nobody_may(opened: World) -> None:
    token = opened.bitbucket.create_api_token(opened.owner, ("read:repository:bitbucket",))
    assert opened.call("POST", PLACE, token, json={"content": {"raw": "x"}}).status_code == 403


@pytest.mark.parametrize("body", [{}, {"content": "x"}, {"content": {"raw": ""}}])
def test_a_comment_says_something(opened: World, body: dict[str, object]) -> None:
    answer = opened.call("POST", PLACE, json=body)
    assert (answer.status_code, "content.raw" in answer.text) == (400, True)


def test_there_must_be_such_a_pull_request(opened: World) -> None:
    assert opened.get(f"{PULLS}/2/comments").status_code == 404
