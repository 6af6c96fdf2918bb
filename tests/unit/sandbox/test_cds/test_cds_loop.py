# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole loop in every era: a push, a run, statuses on the commit; a deleted branch, and its runs are gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sandbox.cds.loop import connect, make_workflow, push, runs, statuses
from tests.sandbox.cds.world import World

VERSIONS = ("0.41.0", "0.53.0", "0.57.0")
KEEP_WHILE_BRANCH = 'return git_branch_exist == "true"'
DAY = 24 * 3600.0


@pytest.mark.parametrize("version", VERSIONS)
def test_a_push_makes_a_run_whose_states_are_told_to_the_commit(build: Callable[..., World], version: str) -> None:
    world = build(version)
    connect(world)
    make_workflow(world)
    commit = push(world)
    world.settle()
    key = "DEMO-wf-build" if version == "0.57.0" else "CDS/DEMO-wf-build"
    assert statuses(world)[key][:2] == (commit, "INPROGRESS")
    world.settle(60)
    assert statuses(world)[key][:2] == (commit, "SUCCESSFUL")
    assert [(run["num"], run["status"]) for run in runs(world)] == [(1, "Success")]
    assert {"tag": "git.branch", "value": "main"} in runs(world)[0]["tags"]  # type: ignore[operator]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_run_that_fails_is_told_as_failed(build: Callable[..., World], version: str) -> None:
    world = build(version)
    connect(world)
    make_workflow(world)
    world.cds.runs.results.append("Fail")
    push(world)
    world.settle(60)
    world.settle(60)
    assert [state for _, state, _ in statuses(world).values()] == ["FAILED"]


def test_the_webhook_in_bitbucket_is_made_with_the_credentials_cds_holds(new: World) -> None:
    """Description, event and address as CDS sends them: the name it means to put there is always empty."""
    connect(new)
    make_workflow(new)
    hook = new.bitbucket.bitbucket.hooks("acme", "app")[0]
    assert (hook.description, hook.events) == ("CDS webhook - ", ["repo:push"])
    assert hook.url.startswith(f"{new.cds.hooks_url}/webhook/")
    config = new.get("/project/DEMO/workflows/wf").json()["workflow_data"]["node"]["hooks"][0]["config"]
    assert config["webHookID"]["value"] == hook.uuid
    assert config["webHookURL"]["value"] == hook.url
    assert config["vcsServer"]["value"] == "bb"
    assert config["repoFullName"]["value"] == "acme/app"


def test_era_a_removes_the_runs_of_a_deleted_branch_a_day_later(old: World) -> None:
    connect(old)
    make_workflow(old)
    push(old)
    push(old, "feature/login")
    old.settle(60)
    old.settle(60)
    assert len(runs(old)) == 2
    old.bitbucket.bitbucket.delete_branch("acme", "app", "feature/login")
    old.settle()
    old.settle(DAY - 600)
    assert len(runs(old)) == 2
    old.settle(700)
    assert [run["num"] for run in runs(old)] == [1]


@pytest.mark.parametrize("version", ["0.53.0", "0.57.0"])
def test_later_eras_remove_them_by_a_retention_policy_that_looks_at_branches(
    build: Callable[..., World], version: str
) -> None:
    world = build(version)
    connect(world)
    make_workflow(world, retention_policy=KEEP_WHILE_BRANCH)
    push(world)
    push(world, "feature/login")
    world.settle(60)
    world.settle(1000)
    assert len(runs(world)) == 2
    world.bitbucket.bitbucket.delete_branch("acme", "app", "feature/login")
    world.settle(1000)
    assert [run["num"] for run in runs(world)] == [1]


def test_later_eras_keep_them_without_such_a_policy(new: World) -> None:
    """A closed branch in a push is passed over."""
    connect(new)
    make_workflow(new)
    push(new, "feature/login")
    new.settle(60)
    new.settle(60)
    new.bitbucket.bitbucket.delete_branch("acme", "app", "feature/login")
    new.settle(2 * DAY)
    new.settle(1000)
    assert len(runs(new)) == 1


def test_runs_need_no_hook_of_another_event(middle: World) -> None:
    """A workflow that listens to something else than pushes does not run on a push."""
    connect(middle)
    make_workflow(middle, hooks={"build": [{"type": "RepositoryWebHook", "config": {"eventFilter": "repo:fork"}}]})
    assert middle.bitbucket.bitbucket.hooks("acme", "app")[0].events == ["repo:fork"]
    push(middle)
    middle.settle(60)
    assert runs(middle) == []


def test_era_a_subscribes_to_pushes_whatever_is_asked_for(old: World) -> None:
    connect(old)
    make_workflow(old, hooks={"build": [{"type": "RepositoryWebHook", "config": {"eventFilter": "repo:fork"}}]})
    assert old.bitbucket.bitbucket.hooks("acme", "app")[0].events == ["repo:push"]
