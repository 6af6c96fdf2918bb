# SPDX-License-Identifier: GPL-3.0-or-later
"""cds_consumer: tokens that are told once, of consumers and, before there were any, of groups."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.consumer import Consumer
from tests.sandbox.calls import Call

from .conftest import MIDDLE, NEW, OLD, Runner

LIST = "GET /user/me/auth/consumer"
VCS: dict[str, Any] = {
    "name": "cds-vcs",
    "scopes": ["Service"],
    "service_name": "cds-vcs",
    "service_type": "vcs",
    "valid_days": 30,
}


def consumers(run: Runner, name: str = "cds-vcs") -> list[Any]:
    return [one for one in run.cds.accounts.consumers.values() if one.name == name]


@pytest.fixture
def run(run: Runner) -> Runner:
    """Without the world's services, whose consumers have the same names."""
    for one in consumers(run) + consumers(run, "cds-hooks"):
        run.cds.accounts.remove_consumer(one)
    return run


@pytest.mark.parametrize("run", ["0.44.0", "0.50.0", MIDDLE, NEW], indirect=True)
def test_a_life(run: Runner) -> None:
    foretold = run.ok(Consumer, check_mode=True, **VCS)
    assert foretold["token"] == foretold["resource"]["id"] == "pending:cds_consumer:cds-vcs"
    made = run.ok(Consumer, **VCS)
    assert run.calls == [LIST, "POST /user/me/auth/consumer", LIST]  # whether another run has created one as well
    (one,) = consumers(run)
    assert made["token"] == one.token and one.token not in json.dumps({**made, "token": None})
    assert (list(one.scopes), one.service_name) == (["Service"], "cds-vcs")

    again = run.ok(Consumer, **VCS)
    assert (again["changed"], again["token"], run.calls) == (False, None, [LIST])

    old = one.token
    renewed = run.ok(Consumer, **VCS, renew=True)
    assert renewed["token"] == consumers(run)[0].token != old
    assert [action["action"] for action in renewed["actions"]] == ["renew"]

    assert run.ok(Consumer, name="cds-vcs", state="absent")["changed"]
    assert not consumers(run)
    assert not run.ok(Consumer, name="cds-vcs", state="absent")["changed"]


@pytest.mark.parametrize("run", [OLD], indirect=True)
def test_before_044_it_is_a_token_of_a_group(run: Runner) -> None:
    group = run.cds.accounts.groups["shared.infra"]
    group.members["root"] = True
    wanted: dict[str, Any] = {"name": "ansible", "groups": ["shared.infra"]}
    made = run.ok(Consumer, **wanted)
    here = "/group/shared.infra/token"
    assert run.calls == [f"GET {here}", f"POST {here}", f"GET {here}"]
    tokens = {one.token: one for one in group.tokens.values()}
    assert tokens[made["token"]].description == "ansible"
    assert not run.ok(Consumer, **wanted)["changed"]
    renewed = run.ok(Consumer, **wanted, renew=True)
    assert made["token"] not in {one.token for one in group.tokens.values()} and renewed["token"]
    run.ok(Consumer, **wanted, state="absent")
    assert not [one for one in group.tokens.values() if one.description == "ansible"]
    assert "groups must contain one group" in run.fails(Consumer, name="ansible")


@pytest.mark.parametrize("run", [OLD], indirect=True)
def test_the_values_in_the_lists_of_old_versions_are_not_shown(run: Runner) -> None:
    group = run.cds.accounts.groups["shared.infra"]
    group.members["root"] = True
    run.ok(Consumer, name="ansible", groups=["shared.infra"])
    shown = json.dumps(run.ok(Consumer, name="ansible", groups=["shared.infra"]))
    assert not any(one.token in shown for one in group.tokens.values())


def test_a_value_that_was_lost_is_of_no_use(run: Runner) -> None:
    """The consumer of the lost answer goes, and there is one in the end whose token is known."""
    run.server.faults.add("apply_then_drop", match="cds POST .*/auth/consumer$", times=1)
    made = run.ok(Consumer, **VCS)
    (one,) = consumers(run)
    assert made["token"] == one.token


def test_of_two_runs_the_later_one_deletes_its_own(run: Runner) -> None:
    """The other run has the token of the one that remains, as it would have of one that existed before."""
    theirs: list[Any] = []

    def other_run(call: Call) -> None:
        if call.method == "POST" and not theirs:
            theirs.append(run.cds.create_consumer(run.world.admin, "cds-vcs", scopes=("Service",)))

    run.server.calls.watchers.append(other_run)
    result = run.ok(Consumer, **VCS)
    assert consumers(run) == theirs
    assert (result["changed"], result["token"], result["resource"]["id"]) == (False, None, theirs[0].id)


def test_groups_by_their_names(run: Runner) -> None:
    team = run.cds.create_group("team", run.world.admin)
    run.ok(Consumer, name="builder", scopes=["Project", "Run"], groups=["team"])
    assert list(consumers(run, "builder")[0].group_ids) == [team.id]
    assert "The group none does not exist" in run.fails(Consumer, name="other", groups=["none"])


def test_other_scopes_are_an_error(run: Runner) -> None:
    run.ok(Consumer, **VCS)
    for check_mode in (True, False):
        assert "scopes cannot be changed" in run.fails(Consumer, check_mode, name="cds-vcs", scopes=["Project"])


def test_two_of_a_name_are_told(run: Runner) -> None:
    for _ in range(2):
        run.cds.create_consumer(run.world.admin, "cds-vcs", scopes=("Service",))
    assert "2 match" in run.fails(Consumer, name="cds-vcs")


def test_a_token_without_the_scope_can_not(run: Runner) -> None:
    run.login(run.world.admin, scopes=("Project",))
    assert "401" in run.fails(Consumer, **VCS)


def test_bad_input(run: Runner) -> None:
    assert "at least 1" in run.fails(Consumer, name="x", valid_days=0)
