# SPDX-License-Identifier: GPL-3.0-or-later
"""The document of a report: what it takes from the plan and from the run, what it counts, and when the run is to fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.executor import TaskResult
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.lists import Task
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.document import (
    document,
    reasons_to_fail,
    summary,
)
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.found import Found, merged, patterns

# The first task of a role is the first that can't be looked at.
SETTINGS = Task("Settings", "repobridge.bitbucket.settings", {}, role="gitlab_ci")
CREATE = {"action": "create", "kind": "gitlab_project", "name": "acme/shop"}
UPDATE = {"action": "update", "kind": "gitlab_project", "name": "acme/shop"}


def result(host: str, target: str = "gitlab_ci", status: str = "ok", **values: Any) -> TaskResult:
    task = Task("Project", "repobridge.bitbucket.gitlab_project", {}, role=target)
    return TaskResult(host, task, status, {"changed": bool(values.get("actions")), "drift": [], **values})


def found(*results: TaskResult, applied: bool = False) -> Found:
    out = Found(applied)
    for one in results:
        out.take(one)
    return out


def report(recorded: Found, planned: dict[str, Any] | None = None) -> dict[str, Any]:
    cells, findings = merged(planned or {}, recorded)
    times = {"started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:01:00Z"}
    return document(cells, findings, recorded.repositories, playbook="site", check_mode=False, **times)


def plan(*results: TaskResult) -> dict[str, Any]:
    seen = found(*results)
    return {"targets": seen.cells(), "findings": [one.as_dict() for one in seen.findings]}


def statuses(of: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(one["name"], host): status for one in of["targets"] for host, status in one["hosts"].items()}


def test_who_was_only_skipped_was_not_looked_at() -> None:
    assert found(result("shop", status="skipped")).cells() == {}
    assert found(result("shop")).cells() == {"gitlab_ci": {"shop": "ok"}}


def test_the_most_serious_finding_is_the_cells() -> None:
    seen = found(result("shop", actions=[UPDATE]), result("shop", actions=[CREATE]), result("barn"))
    assert seen.cells() == {"gitlab_ci": {"barn": "ok", "shop": "missing"}}


def test_of_hosts_that_took_part_the_run_counts_and_of_the_others_the_plan() -> None:
    planned = plan(result("shop", actions=[CREATE]), result("barn"), result("shop", "upsun", actions=[UPDATE]))
    ran = found(result("shop", actions=[CREATE]), applied=True)
    whole = report(ran, planned)
    assert statuses(whole) == {
        ("gitlab_ci", "shop"): "changed",
        ("gitlab_ci", "barn"): "ok",
        ("upsun", "shop"): "drift",
    }
    assert sorted((one["target"], one["status"]) for one in whole["findings"]) == [
        ("gitlab_ci", "changed"),
        ("upsun", "drift"),
    ]
    assert whole["counts"] == {"changed": 1, "ok": 1, "drift": 1}


def test_a_run_that_stopped_shows_what_it_did_and_why_it_stopped() -> None:
    planned = plan(result("shop", actions=[CREATE]))
    ran = found(result("shop", actions=[CREATE]), result("shop", status="failed", failed=True, msg="no"), applied=True)
    whole = report(ran, planned)
    assert statuses(whole) == {("gitlab_ci", "shop"): "error"}
    assert [one["status"] for one in whole["findings"]] == ["changed", "error"]


def test_without_a_plan_the_run_is_all_there_is() -> None:
    assert statuses(report(found(result("shop")))) == {("gitlab_ci", "shop"): "ok"}


def test_a_host_has_the_repository_of_its_settings() -> None:
    settings = result("shop", workspace="acme", repository="store")
    assert report(found(settings))["hosts"] == [{"name": "shop", "repository": "acme/store", "url": ""}]
    known = result("shop", repository={"full_name": "acme/Store", "url": "https://bitbucket.org/acme/store"})
    (host,) = report(found(settings, known, settings))["hosts"]
    assert host == {"name": "shop", "repository": "acme/Store", "url": "https://bitbucket.org/acme/store"}


def test_the_summary_names_who_is_not_as_it_should_be() -> None:
    seen = found(
        result("shop", actions=[CREATE]), result("barn"), result("barn", "upsun", status="left out", msg="why")
    )
    assert summary(report(seen)) == {
        "playbook": "site",
        "check_mode": False,
        "counts": {"missing": 1, "ok": 1, "left out": 1},
        "differs": 1,
        "hosts": ["shop"],
    }


FAILED = result("shop", status="failed", failed=True, msg="no", error={"kind": "forbidden"})


@pytest.mark.parametrize(
    ("fail_on", "failed", "why"),
    [
        (["forbidden"], [], "GitLab CI/CD: 1 forbidden"),
        (["missing", "forbidden"], [], "GitLab CI/CD: 2 missing, 1 forbidden; Upsun: 1 drift".rpartition(";")[0]),
        (["missing", "drift"], [], "GitLab CI/CD: 2 missing; Upsun: 1 drift"),
        (["error"], [], ""),
        ([], [], ""),
        # A host that has failed already makes the run fail by itself.
        (["missing", "forbidden"], ["shop"], "GitLab CI/CD: 1 missing"),
    ],
)
def test_a_run_fails_on_what_it_was_told_to(fail_on: list[str], failed: list[str], why: str) -> None:
    seen = found(
        result("barn", actions=[CREATE, CREATE]),
        result("shop", actions=[CREATE]),
        FAILED,
        result("barn", "upsun", actions=[UPDATE]),
    )
    cells = report(seen)
    # Targets are in the order of the table.
    parts = reasons_to_fail(cells, fail_on, failed).split("; ")
    assert sorted(parts) == sorted(why.split("; "))


def test_plays_get_names_of_hosts_only_where_not_all_take_part() -> None:
    groups = {
        "cds": ["shop", "barn"],
        "cds_engine": ["engine"],
        "upsun": ["shop", "barn"],
        "gitlab_ci": ["shop", "far"],
    }
    cells = {
        "cds": dict.fromkeys(("shop", "barn", "engine"), "drift"),
        "upsun": dict.fromkeys(("shop", "barn"), "drift"),
        # "far" is not in the run.
        "gitlab_ci": {"shop": "drift"},
    }
    to_run = {"cds": ["shop", "engine"], "upsun": [], "gitlab_ci": ["shop"], "gemnasium": []}
    assert patterns(to_run, groups, cells) == {
        "cds": ["shop"],
        "cds_engine": ["cds_engine"],
        "upsun": ["all:!all"],
        "gitlab_ci": ["gitlab_ci"],
        "gemnasium": ["all:!all"],
    }


@pytest.mark.parametrize("check_mode", [False, True])
def test_in_check_mode_only_what_the_plan_could_not_look_at_is_run(check_mode: bool) -> None:
    seen = found(
        result("barn", actions=[UPDATE]),
        replace(result("far", status="left out", msg="its connection is ssh"), task=SETTINGS),
        result("shop"),
        result("probe", runs_always="a probe was asked for"),
    )
    assert seen.to_run("gitlab_ci", check_mode) == (["far"] if check_mode else ["barn", "far", "probe"])


def test_hosts_that_decide_together_are_run_together() -> None:
    assert found(result("a", "cds"), result("b", "cds", actions=[UPDATE])).to_run("cds", False) == ["a", "b"]
    assert found(result("a", "cds"), result("b", "cds", status="left out", msg="")).to_run("cds", False) == ["b"]
    assert found(result("a", "cds"), result("b", "cds")).to_run("cds", False) == []
