# SPDX-License-Identifier: GPL-3.0-or-later
"""cds_project: in every generation, and what CDS refuses about projects."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.project import Project

from .conftest import NEW, OLD, Runner, every_generation

SHOP: dict[str, Any] = {"project": "SHOP", "name": "Shop", "description": "Builds of the shop"}


@every_generation
def test_a_life(run: Runner) -> None:
    foretold = run.ok(Project, check_mode=True, **SHOP)
    assert foretold["resource"]["id"] == "pending:cds_project:SHOP" and not run.writes()
    made = run.ok(Project, **SHOP)
    assert run.calls == ["GET /project/SHOP", "POST /project"]
    assert made["resource"]["id"] == "SHOP"
    assert run.cds.projects["SHOP"].description == "Builds of the shop"

    assert not run.ok(Project, **SHOP)["changed"]
    assert run.calls == ["GET /project/SHOP"]

    changed = run.ok(Project, project="SHOP", description="Ours")
    assert [drift["path"] for drift in changed["drift"]] == ["description"]
    assert (run.cds.projects["SHOP"].name, run.cds.projects["SHOP"].description) == ("Shop", "Ours")

    assert run.ok(Project, project="SHOP", state="absent")["changed"]
    assert "SHOP" not in run.cds.projects
    assert not run.ok(Project, project="SHOP", state="absent")["changed"]


def test_what_is_not_set_is_not_compared(run: Runner) -> None:
    run.cds.projects["DEMO"].description = "by hand"
    assert not run.ok(Project)["changed"]


@every_generation
def test_a_description_that_is_to_be_empty_is_one_that_is_left_out(run: Runner) -> None:
    run.ok(Project, project="SHOP", description="")
    assert not run.ok(Project, project="SHOP", description="")["changed"]
    run.ok(Project, project="SHOP", description="Ours")
    assert run.ok(Project, project="SHOP", description="")["changed"]
    assert not run.ok(Project, project="SHOP", description="")["changed"]


@pytest.mark.parametrize("kind", ["drop", "apply_then_drop"])
@pytest.mark.parametrize("run", [OLD, NEW], indirect=True)
def test_a_lost_answer_makes_no_second_one(run: Runner, kind: str) -> None:
    """An existing project is a 403 for CDS: what the call did is read, not tried again."""
    run.server.faults.add(kind, match="cds POST .*/project$", times=1)
    result = run.ok(Project, **SHOP)
    assert result["changed"] and len(result["actions"]) == 1


def test_groups_are_those_of_the_beginning(run: Runner) -> None:
    team = run.cds.create_group("team", run.world.admin)
    run.ok(Project, **SHOP, groups=[{"name": "team"}])
    assert list(run.cds.projects["SHOP"].groups) == [team.id]
    assert not run.ok(Project, **SHOP, groups=[{"name": "other"}])["changed"]


@every_generation
def test_the_group_that_an_earlier_project_left_is_taken(run: Runner) -> None:
    run.login(run.cds.create_user("una"), scopes=("Project",))
    run.ok(Project, **SHOP)
    run.ok(Project, project="SHOP", state="absent")
    run.ok(Project, **SHOP)
    if run.cds.version.has_consumers:
        assert run.calls == ["GET /project/SHOP", "POST /project", "POST /project"], "the list would need another scope"
    (group,) = (run.cds.accounts.group_by_id(number) for number in run.cds.projects["SHOP"].groups)
    assert group and "una" in group.members
    assert not run.ok(Project, **SHOP)["changed"]


@every_generation
def test_a_group_of_its_name_that_others_have_is_in_the_way(run: Runner) -> None:
    run.cds.create_group("Shop" if run.cds.version.era == "A" else "shop", run.world.admin)
    run.login(run.cds.create_user("eve"), scopes=("Project",))
    said = run.fails(Project, **SHOP)
    assert "in groups" in said
    assert "SHOP" not in run.cds.projects
    if run.cds.version.has_consumers:
        assert "a group shop, which exists already and does not contain the user" in said and "151" in said


def test_groups_of_others_are_refused(run: Runner) -> None:
    run.cds.create_group("others", run.world.admin)
    run.login(run.cds.create_user("eve"))
    assert "must be a member" in run.fails(Project, **SHOP, groups=[{"name": "others"}])


def test_one_that_others_have_is_not_taken_for_missing(run: Runner) -> None:
    run.login(run.cds.create_user("eve"))
    assert "has no access to it" in run.fails(Project, project="DEMO")


def test_a_project_in_use_stays(run: Runner) -> None:
    run.cds.create_application(run.cds.projects["DEMO"], "app")
    assert "project contains an application" in run.fails(Project, state="absent")


@pytest.mark.parametrize(
    ("params", "words"),
    [({"project": "demo"}, "capital letters"), ({"name": ""}, "empty name"), ({"project": "A-B"}, "not a valid key")],
)
def test_bad_input(run: Runner, params: Any, words: str) -> None:
    assert words in run.fails(Project, **params)
    assert not run.calls
