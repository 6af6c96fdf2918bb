# SPDX-License-Identifier: GPL-3.0-or-later
"""Who wrote a commit and when, as Data Center says it, and the form of times from release to release."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.sandbox import git
from tests.sandbox.bitbucket_dc.world import World

APP = "projects/ACME/repos/app"
MILLIS = r"\d{13}"
SECONDS = r"[\d-]{10}T[\d:]{8}\+0000"
FRACTION = r"[\d-]{10}T[\d:]{8}\.000Z"


def write(world: World, mail: str) -> dict[str, Any]:
    """The commit that somebody with this mail address writes, as the API answers it."""
    tree = git.run(world.app.path, "rev-parse", "main^{tree}").decode().strip()
    who = f"Olivia W. <{mail}> 1700000000 +0000"
    text = f"tree {tree}\nauthor {who}\ncommitter {who}\n\nBy hand\n".encode()
    sha = git.run(world.app.path, "hash-object", "-t", "commit", "-w", "--stdin", stdin=text).decode().strip()
    answer: dict[str, Any] = world.get(f"{APP}/commits/{sha}").json()
    return answer


def test_an_author_is_a_user_only_by_a_mail_address_that_is_known(world: World) -> None:
    known, unknown = write(world, "Olivia@Example.com"), write(world, "olivia@home.example.net")
    for role in ("author", "committer"):
        assert known[role] == world.get("users/olivia").json() and known[role]["slug"] == "olivia"
        assert unknown[role] == {"name": "Olivia W.", "emailAddress": "olivia@home.example.net"}


@pytest.mark.parametrize(
    ("version", "build", "pull", "pushed"),
    [("9.2.0", "9002000", MILLIS, MILLIS), ("10.1.4", "10001004", SECONDS, FRACTION)],
)
def test_the_form_of_times_by_release(
    world: World, receiver: Any, version: str, build: str, pull: str, pushed: str
) -> None:
    world.dc.version = version
    about = world.get("application-properties").json()
    assert (about["version"], about["buildNumber"]) == (version, build)
    hook = {"name": "CI", "url": receiver.url, "events": ["repo:refs_changed", "pr:opened", "pr:declined"]}
    webhook = world.call("POST", f"{APP}/webhooks", json=hook).json()
    world.dc.commit("ACME", "app", "feature/login", {"a": "b"}, "More")
    world.dc.open_pull_request("ACME", "app", "feature/login")
    world.dc.decline_pull_request("ACME", "app", 1)

    shown = world.get(f"{APP}/pull-requests/1").json()
    sent = {delivery.event: delivery.payload for delivery in world.dc.wait_for_deliveries()}
    for one in (shown, sent["pr:declined"]["pullRequest"]):
        for name in ("createdDate", "updatedDate", "closedDate"):
            assert re.fullmatch(pull, str(one[name])), name
    push = sent["repo:refs_changed"]
    for commit in (*push["commits"], push["toCommit"]):
        assert re.fullmatch(pushed, str(commit["authorTimestamp"]))
        assert re.fullmatch(pushed, str(commit["committerTimestamp"]))
    assert re.fullmatch(SECONDS, push["date"])
    # The rest is what it was.
    listed = world.get(f"{APP}/commits").json()["values"][0]
    for moment in (webhook["createdDate"], listed["authorTimestamp"]):
        assert re.fullmatch(MILLIS, str(moment))
