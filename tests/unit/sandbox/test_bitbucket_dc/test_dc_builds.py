# SPDX-License-Identifier: GPL-3.0-or-later
"""Build statuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.bitbucket_dc.world import World

BODY = {"key": "ci", "state": "INPROGRESS", "url": "https://ci.example.com/1"}


@pytest.fixture
def path(world: World) -> str:
    return f"projects/ACME/repos/app/commits/{world.dc.refs('ACME', 'app')['refs/heads/main']}/builds"


def test_post_creates_and_replaces_and_answers_nothing(world: World, path: str) -> None:
    for body in ({**BODY, "name": "one", "ref": "refs/heads/main"}, {**BODY, "state": "SUCCESSFUL"}):
        answer = world.call("POST", path, json=body)
        assert (answer.status_code, answer.content) == (204, b"")
    build = world.get(f"{path}?key=ci").json()
    assert build["state"] == "SUCCESSFUL" and "name" not in build and "ref" not in build
    assert build["updatedDate"] > build["createdDate"]


@pytest.mark.parametrize(
    "change",
    [
        {"key": ""},
        {"key": "k" * 256},
        {"url": None},
        {"url": "https://" + "u" * 443},
        {"url": "nowhere"},
        {"state": "STOPPED"},  # Cloud's name
        {"state": None},
        {"ref": "main"},
        {"name": "n" * 256},
    ],
)
def test_what_is_refused(world: World, path: str, change: dict[str, Any]) -> None:
    answer = world.call("POST", path, json={**BODY, **change})
    assert answer.status_code == 400
    assert [one["context"] for one in answer.json()["errors"]] == list(change)


def test_longest_key_and_url_are_taken(world: World, path: str) -> None:
    body = {**BODY, "key": "k" * 255, "url": "https://" + "u" * 442}
    assert world.call("POST", path, json=body).status_code == 204


def test_reading_is_enough_to_report_but_not_to_delete(world: World, path: str) -> None:
    reader = world.dc.create_token(world.app, ["REPO_READ"])
    assert world.call("POST", path, reader, json=BODY).status_code == 204
    assert world.call("DELETE", f"{path}?key=ci", reader).status_code == 401
    assert world.call("DELETE", f"{path}?key=ci").status_code == 204
    assert world.get(f"{path}?key=ci", reader).status_code == 404
    assert world.call("POST", path, None, json=BODY).status_code == 401


def test_there_is_no_list_but_the_old_one(world: World, path: str) -> None:
    world.call("POST", path, json=BODY)
    world.call("POST", path, json={**BODY, "key": "other", "state": "CANCELLED"})
    assert world.get(path).status_code == 400
    sha = path.split("/")[-2]
    old = f"/rest/build-status/latest/commits/{sha}"
    assert [one["key"] for one in world.get(old).json()["values"]] == ["other", "ci"]
    assert world.call("POST", old, json={**BODY, "state": "CANCELLED"}).status_code == 400
    assert world.call("POST", old, json={**BODY, "key": "old"}).status_code == 204
    assert world.get(f"{path}?key=old").json()["key"] == "old"


def test_commits_have_to_be_there_in_full(world: World, path: str) -> None:
    absent = path.replace(path.split("/")[-2], "0" * 40)
    assert world.call("POST", absent, json=BODY).status_code == 404
    assert world.call("POST", path.replace(path.split("/")[-2], "main"), json=BODY).status_code == 400
