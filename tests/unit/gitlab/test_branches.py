# SPDX-License-Identifier: GPL-3.0-or-later
"""gitlab_protected_branch and gitlab_branch."""

from __future__ import annotations

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.branch import Branch
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.protected_branch import ProtectedBranch
from tests.sandbox.gitlab import GitLab, Project
from tests.sandbox.server import Server

from .conftest import Runner

MAIN = {"project": "acme/shop", "name": "main"}


def test_a_rule_is_made_before_its_branch_is_there(run: Runner, gitlab: GitLab, shop: Project) -> None:
    wanted = {**MAIN, "push_access_level": "maintainer", "allow_force_push": True}
    assert run.ok(ProtectedBranch, check_mode=True, **wanted)["changed"] and not shop.protections
    assert run.ok(ProtectedBranch, **wanted)["resource"]["push_access_level"] == "maintainer"
    gitlab.commit(shop, "main", {"a": "a"})
    assert shop.protections["main"].allow_force_push
    assert not run.ok(ProtectedBranch, **wanted)["changed"] and len(run.calls) == 1


def test_force_is_changed_in_place_and_levels_by_a_new_rule(run: Runner, gitlab: GitLab, shop: Project) -> None:
    gitlab.protect(shop, "main", push=40)
    run.ok(ProtectedBranch, allow_force_push=True, **MAIN)
    assert [call.split()[0] for call in run.writes()] == ["PATCH"] and shop.protections["main"].allow_force_push
    result = run.ok(ProtectedBranch, push_access_level="developer", **MAIN)
    assert [call.split()[0] for call in run.writes()] == ["DELETE", "POST"]
    assert [action["action"] for action in result["actions"]] == ["delete", "create"]
    rule = shop.protections["main"]
    assert (rule.push, rule.merge, rule.allow_force_push) == (30, 40, True)  # what is not set stays


def test_a_rule_of_a_pattern_is_removed(run: Runner, gitlab: GitLab, shop: Project) -> None:
    gitlab.protect(shop, "release/*")
    gone = {"project": "acme/shop", "name": "release/*", "state": "absent"}
    assert run.ok(ProtectedBranch, **gone)["changed"] and not shop.protections
    assert not run.ok(ProtectedBranch, **gone)["changed"]


def test_of_a_project_that_is_to_be_made_check_mode_reads_nothing(run: Runner) -> None:
    place = {"project": "pending:gitlab_project:acme/shop", "name": "main"}
    for operation, more in ((ProtectedBranch, {}), (Branch, {"start": "main"})):
        assert run.ok(operation, check_mode=True, **place, **more)["changed"] and not run.calls


def test_a_branch_is_made_and_removed(run: Runner, gitlab: GitLab, shop: Project) -> None:
    main = gitlab.commit(shop, "main", {"a": "a"})
    trial = {"project": "acme/shop", "name": "feature/trial"}
    assert run.ok(Branch, start="main", **trial)["resource"]["commit"] == main
    assert not run.ok(Branch, start="main", **trial)["changed"] and len(run.calls) == 1
    assert run.ok(Branch, state="absent", **trial)["changed"]
    assert not run.ok(Branch, state="absent", **trial)["changed"]
    assert list(gitlab.refs(shop)) == ["refs/heads/main"]


def test_a_protected_branch_is_not_removed(run: Runner, gitlab: GitLab, shop: Project) -> None:
    gitlab.commit(shop, "main", {"a": "a"})
    assert "protected" in run.fails(Branch, state="absent", **MAIN) and not run.writes()


def test_who_may_not_is_told_the_role(run: Runner, gitlab: GitLab, shop: Project) -> None:
    reporter = gitlab.create_user("rita")
    gitlab.grant(reporter, 20, shop)
    run.login(reporter)
    assert "Maintainer" in run.fails(ProtectedBranch, allow_force_push=True, **MAIN)


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
def test_an_answer_that_was_lost_makes_nothing_twice(run: Runner, server: Server, shop: Project, kind: str) -> None:
    server.faults.add(kind, match="^gitlab POST .*/protected_branches", times=1)
    run.ok(ProtectedBranch, allow_force_push=True, **MAIN)
    assert list(shop.protections) == ["main"] and shop.protections["main"].allow_force_push
