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

FIELD = {"path": "description", "actual": "old", "expected": "new"}
OTHER = {"path": "webhook.url", "actual": "", "expected": "x"}


def found(status: str = "ok", **result: Any) -> list[Finding]:
    return findings_of("shop", "deploys", "Project", "repobridge.bitbucket.gitlab_project", status, result)


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
