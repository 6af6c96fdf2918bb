# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result comes to as findings."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.findings import (
    STATUSES,
    Finding,
    findings_of,
    worst,
)

FIELD = {"path": "description", "actual": "old", "expected": "new", "variable": "of description"}
OTHER = {"path": "webhook.url", "actual": "", "expected": "x", "variable": "of webhook.url"}


def found(status: str = "ok", *, applied: bool = False, **result: Any) -> list[Finding]:
    action = "repobridge.bitbucket.gitlab_project"
    return findings_of("shop", "deploys", "Project", action, status, result, lambda path: f"of {path}", applied)


def action(name: str, **more: Any) -> dict[str, Any]:
    return {"action": name, "kind": "gitlab_project", "name": "acme/shop", **more}


def test_nothing_that_differs_is_no_finding() -> None:
    assert found(actions=[], drift=[]) == found() == found("skipped") == []


def test_what_is_to_be_created_is_missing_and_no_field_of_it_is_told() -> None:
    (one,) = found(actions=[action("create")], drift=[FIELD])
    assert (one.status, one.action, one.kind, one.name, one.drift) == (
        "missing",
        "create",
        "gitlab_project",
        "acme/shop",
        [],
    )
    assert (one.host, one.target, one.task, one.module) == ("shop", "deploys", "Project", "gitlab_project")


def test_what_is_to_be_updated_is_drift_with_its_fields() -> None:
    (one,) = found(actions=[action("update")], drift=[FIELD, OTHER])
    assert (one.status, one.drift) == ("drift", [FIELD, OTHER])


def test_parts_of_a_link_have_each_their_own_fields() -> None:
    one, other = found(actions=[action("update", drift=[FIELD]), action("update", drift=[OTHER])], drift=[FIELD, OTHER])
    assert (one.drift, other.drift) == ([FIELD], [OTHER])


def test_what_is_to_be_deleted_is_drift() -> None:
    (one,) = found(actions=[action("delete")], drift=[FIELD])
    assert (one.status, one.drift) == ("drift", [])


@pytest.mark.parametrize("name", ["create", "update", "delete"])
def test_what_a_run_has_done_is_changed(name: str) -> None:
    (one,) = found(applied=True, actions=[action(name)], drift=[FIELD])
    assert (one.status, one.action, one.drift) == ("changed", name, [FIELD] if name == "update" else [])


def test_a_failure_of_a_run_is_no_change() -> None:
    (one,) = found("failed", applied=True, failed=True, msg="why", actions=[action("create")])
    assert one.status == "error"


def test_the_texts_of_files_are_a_unified_diff_said_once() -> None:
    texts = {"before": "=== a\nold\nsame\n", "after": "=== a\nnew\nsame\n"}
    one, other = found(actions=[action("update"), action("update")], drift=[], diff=texts)
    assert one.diff.splitlines() == ["--- actual", "+++ expected", "@@ -1,3 +1,3 @@", " === a", "-old", "+new", " same"]
    assert other.diff == ""


@pytest.mark.parametrize("name", ["create", "delete"])
def test_what_is_created_or_deleted_as_a_whole_has_no_diff(name: str) -> None:
    (one,) = found(actions=[action(name)], drift=[], diff={"before": "", "after": "new\n"})
    assert one.diff == ""


def test_a_diff_of_fields_is_none_of_texts() -> None:
    (one,) = found(actions=[action("update")], drift=[FIELD], diff={"before": {"a": "1"}, "after": {"a": "2"}})
    assert one.diff == ""


def test_a_very_long_diff_is_cut_and_says_so() -> None:
    (one,) = found(actions=[action("update")], drift=[], diff={"before": "", "after": "line\n" * 10_000})
    assert len(one.diff) < 21_000 and one.diff.endswith("characters more")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("forbidden", "forbidden"), ("unauthorized", "error"), ("not_found", "error"), ("unavailable", "error")],
)
def test_a_refusal_is_told_from_other_failures(kind: str, expected: str) -> None:
    (one,) = found("failed", failed=True, msg="why", error={"kind": kind})
    assert (one.status, one.message) == (expected, "why")


def test_a_failure_without_a_kind_is_an_error() -> None:
    (one,) = found("failed", failed=True, msg="why")
    assert (one.status, one.message) == ("error", "why")


def test_what_was_left_out_says_why() -> None:
    (one,) = found("left out", msg="it is delegated to engine")
    assert (one.status, one.message) == ("left out", "it is delegated to engine")


@pytest.mark.parametrize("number", range(len(STATUSES)))
def test_the_most_serious_status_counts(number: int) -> None:
    assert worst(reversed(STATUSES[number:])) == STATUSES[number]


def test_nothing_found_is_ok() -> None:
    assert worst([]) == "ok"
