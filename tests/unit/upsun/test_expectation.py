# SPDX-License-Identifier: GPL-3.0-or-later
"""The expected environments for branches and pull requests, and the environments that an integration would delete."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.environment import at_risk, shown
from ansible_collections.repobridge.bitbucket.plugins.module_utils.upsun.expectation import Expectation

MAIN, CART = "1" * 40, "2" * 40
REFS = {"refs/heads/main": MAIN, "refs/heads/feature/cart": CART, "refs/tags/v1": MAIN}
REQUEST = {"id": 7, "source": "feature/cart", "destination": "main", "commit": CART[:12]}


def environment(name: str, **more: Any) -> dict[str, Any]:
    base = {"id": name, "name": name, "status": "inactive", "parent": "main", "head_commit": CART, "has_code": True}
    return {**shown({}), **base, **more}


def project(**changes: dict[str, Any]) -> list[dict[str, Any]]:
    """A project as it should be; by the first part of its name each environment can be changed, or left out with {}."""
    made = {
        "main": environment("main", status="active", parent=None, is_main=True, head_commit=MAIN),
        "feature": environment("feature/cart"),
        "pr": environment("pr-7", status="active", is_pr=True, url="https://pr-7.example.com/"),
    }
    for name, change in changes.items():
        made[name] = {**made.get(name, environment(name)), **change} if change else {}
    return [one for one in made.values() if one]


def differences(found: list[dict[str, Any]], refs: Any = REFS, requests: Any = (REQUEST,), **more: Any) -> list[str]:
    return Expectation(refs, None if requests is None else list(requests), **more).differences(found)


def test_a_project_that_is_what_the_repository_says_differs_in_nothing() -> None:
    assert differences(project()) == []
    assert differences(project(), refs=None, requests=None) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"feature": {}}, "the branch feature/cart has no environment"),
        ({"old": {"name": "old"}}, "the environment old has no branch"),
        ({"feature": {"head_commit": MAIN}}, "feature/cart is at commit 111111111111, the branch at 222222222222"),
        ({"feature": {"parent": "old"}}, "the parent of the environment feature/cart is old, and should be main"),
        ({"pr": {}}, "the pull request 7 has no environment"),
        ({"pr": {"parent": "feature/cart"}}, "pull request 7 goes to main"),
        ({"pr": {"status": "inactive"}}, "pr-7 of pull request 7 is inactive, and should be active"),
        ({"pr": {"head_commit": MAIN}}, "pr-7 is at commit 111111111111, pull request 7 at 222222222222"),
        ({"pr": {"last_deployment_successful": False}}, "the last deployment of the environment pr-7 failed"),
        ({"late": {"name": "pr-8", "is_pr": True}}, "pr-8 belongs to no open pull request"),
        ({"main": {"status": "inactive"}}, "the main environment main is inactive"),
        ({"main": {"is_main": False}}, "no main environment"),
    ],
)
def test_each_difference_is_told(changes: dict[str, Any], words: str) -> None:
    assert any(words in one for one in differences(project(**changes)))


def test_environments_on_their_way_out_and_others_where_they_may_be_are_fine() -> None:
    assert differences(project(old={"status": "deleting"})) == []
    assert differences(project(old={"name": "old"}), others=True) == []


def test_a_pull_request_must_show_the_address_of_its_environment() -> None:
    request = {**REQUEST, "urls": ["https://ci.example.com/1"]}
    assert any("does not show" in one for one in differences(project(), requests=[request]))
    request["urls"].append("https://pr-7.example.com")
    assert differences(project(), requests=[request]) == []
    # What has no address (nothing to deploy) can't show one.
    assert differences(project(pr={"url": None}), requests=[{**REQUEST, "urls": []}]) == []


BRANCHES = {"main": MAIN, "feature/cart": CART}


@pytest.mark.parametrize(
    ("changes", "branches", "options", "overwritten", "pruned"),
    [
        ({}, BRANCHES, {}, [], []),
        ({"main": {"head_commit": CART}}, BRANCHES, {}, ["main (222222222222)"], []),
        ({"old": {"name": "old"}}, BRANCHES, {}, [], ["old (222222222222)"]),
        ({"old": {"name": "old"}}, BRANCHES, {"prune": False}, [], []),
        (
            {"old": {"name": "old"}, "main": {"head_commit": CART}},
            BRANCHES,
            {"fetch": False},
            [],
            ["old (222222222222)"],
        ),
        ({}, None, {"prune": False}, ["main (111111111111)", "feature/cart (222222222222)"], []),
        ({}, None, {"fetch": False}, [], ["feature/cart (222222222222)"]),
        ({"feature": {}, "main": {"head_commit": None, "has_code": False}}, None, {}, [], []),
        # The main environment can't be deleted, and one without code loses nothing.
        ({"feature": {}}, {"master": CART}, {}, [], []),
        ({"feature": {"head_commit": None}}, BRANCHES, {}, [], []),
    ],
)
def test_what_would_be_lost(
    changes: Any, branches: Any, options: dict[str, bool], overwritten: list[str], pruned: list[str]
) -> None:
    risk = at_risk(project(**changes), branches, **{"fetch": True, "prune": True, **options})
    assert (risk.overwritten, risk.pruned) == (overwritten, pruned)
    assert bool(risk) is bool(overwritten or pruned)
