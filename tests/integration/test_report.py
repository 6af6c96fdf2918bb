# SPDX-License-Identifier: GPL-3.0-or-later
"""The report at the end of real runs: what was done, what failed, who was not reached, and when the run fails."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.sandbox import Sandbox

from .playbook import Run
from .test_plan import Fleet
from .test_suite import writes
from .test_targets_together import allow_both


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("report")
    sandbox = Sandbox(root=folder / "sandbox")
    fleet = Fleet(sandbox, folder)
    allow_both(fleet)
    with sandbox:
        fleet.run_here(fleet.site).ok()
        yield fleet


@pytest.fixture(autouse=True)
def converged(fleet: Fleet) -> Iterator[None]:
    """After each test everything is as it was."""
    fleet.environment["ANSIBLE_SHOW_CUSTOM_STATS"] = "1"
    yield
    for host in ("barn", "cellar", "shop"):
        fleet.set("gitlab_ci", host)
    fleet.sandbox.faults.clear()
    fleet.run_here(fleet.site).ok()


def reported(fleet: Fleet, playbook: str, *arguments: str, **extra: Any) -> tuple[Run, dict[str, Any]]:
    folder = fleet.folder / "reports" / "new"
    shutil.rmtree(folder, ignore_errors=True)
    run = fleet.run(playbook, *arguments, repobridge_report_dir=str(folder), **extra)
    return run, json.loads((folder / "report.json").read_text())


def cells(report: dict[str, Any], target: str) -> dict[str, str]:
    (found,) = (one["hosts"] for one in report["targets"] if one["name"] == target)
    return dict(found)


def change(fleet: Fleet, slug: str) -> None:
    project = fleet.sandbox.gitlab.find_project(f"acme/{slug}")
    assert project
    project.settings["description"] = "changed by hand"


def artifact(run: Run) -> dict[str, Any]:
    """What a later job of a workflow gets."""
    (line,) = (line for line in run.output.splitlines() if '"repobridge_report"' in line)
    found = json.loads(line[line.index("{") :])
    return dict(found["repobridge_report"])


def test_site_reports_what_it_changed_and_who_was_as_it_should_be(fleet: Fleet) -> None:
    change(fleet, "barn")
    run, report = reported(fleet, fleet.site)
    run.ok()
    assert cells(report, "gitlab_ci") == {"barn": "changed", "cellar": "ok", "shop": "ok"}
    assert cells(report, "oci_devops") == {"cellar": "ok", "shop": "ok"}
    (one,) = report["findings"]
    assert (one["host"], one["status"], one["action"], one["kind"]) == ("barn", "changed", "update", "gitlab_project")
    (field,) = one["drift"]
    assert (field["path"], field["actual"], field["variable"]) == (
        "description",
        "changed by hand",
        "gitlab_ci_project_description",
    )
    assert not report["check_mode"] and report["started"] <= report["finished"]
    assert {host["name"]: host["repository"] for host in report["hosts"]}["barn"] == "acme/barn"
    assert artifact(run) == {
        "playbook": "site",
        "check_mode": False,
        "counts": {"changed": 1, "ok": 4},
        "differs": 0,
        "hosts": [],
    }


@pytest.mark.parametrize("plan_first", [True, False])
def test_a_host_that_fails_is_in_the_report_with_what_it_missed(fleet: Fleet, plan_first: bool) -> None:
    change(fleet, "barn")
    change(fleet, "shop")
    project = fleet.sandbox.gitlab.find_project("acme/shop")
    assert project
    fleet.sandbox.faults.add("status", match=rf"^gitlab PUT \S+/projects/{project.id}$", status=403, times=None)
    run, report = reported(fleet, fleet.site, repobridge_plan_first=plan_first)
    assert run.returncode != 0
    # What was wrong is said by the host's own task; the report does not fail once more.
    assert [one["task"].rpartition(" : ")[2] for one in run.results if one["status"] == "failed"] == ["Project"]
    assert cells(report, "gitlab_ci") == {"barn": "changed", "cellar": "ok", "shop": "forbidden"}
    # Of the next target the plan has looked at it; without a plan nobody has.
    assert cells(report, "oci_devops") == {"cellar": "ok", "shop": "ok" if plan_first else "left out"}
    assert artifact(run)["hosts"] == ["shop"]


def test_the_audit_fails_once_after_everything_was_looked_at(fleet: Fleet) -> None:
    change(fleet, "barn")
    fleet.set("gitlab_ci", "cellar", gitlab_ci_repository="nowhere")
    (mirror,) = (one for one in fleet.sandbox.oci.all("repository") if one["name"] == "shop")
    mirror["mirrorRepositoryConfig"]["triggerSchedule"] = {"scheduleType": "NONE"}
    run, report = reported(fleet, fleet.audit, repobridge_fail_on="drift, error")
    assert cells(report, "gitlab_ci") == {"barn": "drift", "cellar": "error", "shop": "ok"}
    assert cells(report, "oci_devops") == {"cellar": "ok", "shop": "drift"}
    (failed,) = run.failures
    assert failed["msg"] == "OCI DevOps: 1 drift; GitLab CI/CD: 1 drift, 1 error"
    assert artifact(run)["counts"] == {"drift": 2, "error": 1, "ok": 2}
    # By default only what could not be looked at fails.
    fleet.set("gitlab_ci", "cellar")
    assert fleet.run(fleet.audit).ok().changed == 0


def test_a_status_that_nobody_knows_is_refused(fleet: Fleet) -> None:
    fleet.sandbox.calls.clear()
    run = fleet.run(fleet.audit, repobridge_fail_on="drfit")
    assert run.returncode != 0
    (failed,) = run.failures
    assert (
        failed["msg"].startswith("value of repobridge_fail_on must be one or more of: error, forbidden")
        and "drfit" in failed["msg"]
    )
    # Before anything was looked at.
    assert not fleet.sandbox.calls.all()


def test_blank_answers_are_not_set(fleet: Fleet) -> None:
    blank = dict.fromkeys(("repobridge_fail_on", "repobridge_report_dir", "repobridge_report_formats"), "")
    fleet.run(fleet.audit, **blank, repobridge_fail_on_drift="").ok()


def test_a_saved_plan_is_applied_and_nothing_else(fleet: Fleet) -> None:
    change(fleet, "barn")
    _run, _report = reported(fleet, fleet.audit)
    plan = str(fleet.folder / "reviewed.json")
    (fleet.folder / "reports" / "new" / "plan.json").rename(plan)
    # Somebody changes something else before it is applied.
    change(fleet, "shop")
    fleet.sandbox.calls.clear()
    refused = fleet.run(fleet.site, repobridge_plan=plan)
    (failed,) = refused.failures
    assert "shop, gitlab_ci: update gitlab_project acme/shop: not in the plan" in failed["msg"]
    assert "barn" not in failed["msg"]
    assert not writes(fleet), [call.line for call in writes(fleet)]
    # Of the hosts that are as the plan saw them it is still right.
    run, report = reported(fleet, fleet.site, "--limit", "barn,cellar", repobridge_plan=plan)
    run.ok()
    assert cells(report, "gitlab_ci") == {"barn": "changed", "cellar": "ok"}
    # Applied once more, there is nothing left that it speaks of.
    again = fleet.run(fleet.site, "--limit", "barn", repobridge_plan=plan)
    assert "barn, gitlab_ci: update gitlab_project acme/barn: it no longer differs" in again.failures[0]["msg"]


def test_two_plans_of_an_empty_account_are_the_same(tmp_path: Path) -> None:
    """What is created anew (ids, fingerprints, dates) is no difference."""
    sandbox = Sandbox(root=tmp_path / "sandbox")
    empty = Fleet(sandbox, tmp_path)
    allow_both(empty)
    with sandbox:
        reported(empty, empty.audit)
        plan = str(tmp_path / "reports" / "new" / "plan.json")
        empty.run(empty.site, repobridge_plan=plan).ok()
        empty.verify()


def test_a_run_that_needs_more_requests_than_an_hour_allows_is_refused_and_can_be_run_in_parts(fleet: Fleet) -> None:
    for slug in ("barn", "cellar", "shop"):
        fleet.sandbox.bitbucket.repository("acme", slug).hooks.clear()
    folder = fleet.folder / "parts"
    limited = {"bitbucket_hourly_budget": "11", "repobridge_report_dir": str(folder)}
    fleet.sandbox.calls.clear()
    refused = fleet.run(fleet.site, **limited)
    (failed,) = refused.failures
    assert (
        "webhooks: about" in failed["msg"] and "of 11 left" in failed["msg"] and "nothing was changed" in failed["msg"]
    )
    assert not writes(fleet), [call.line for call in writes(fleet)]
    # Looking only is not limited.
    fleet.run(fleet.audit, **limited).ok()
    parts = sorted(folder.glob("part-*.limit"))
    assert "barn" in parts[0].read_text() and sum(len(part.read_text().split()) for part in parts) == 3
    for part in parts:
        fleet.run(fleet.site, "--limit", f"@{part}", bitbucket_hourly_budget=0).ok()
    assert all(fleet.sandbox.bitbucket.hooks("acme", slug) for slug in ("barn", "cellar", "shop"))


def test_teardown_reports_what_it_deleted(fleet: Fleet, tmp_path: Path) -> None:
    run, report = reported(fleet, fleet.teardown, "--limit", "barn")
    run.ok()
    assert cells(report, "gitlab_ci") == {"barn": "changed"}
    assert {one["action"] for one in report["findings"]} <= {"delete", "update"}
    assert report["playbook"] == "teardown"
    again, report = reported(fleet, fleet.teardown, "--limit", "barn")
    again.ok()
    assert cells(report, "gitlab_ci") == {"barn": "ok"} and report["findings"] == []
