# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan binds the run after it: what it does not name, or what has changed since, is refused before the first write."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report import saved_plan
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.findings import findings_of

Values = dict[str, Any]
CELLS = {"gitlab_ci": {"barn": "ok", "shop": "drift"}, "upsun": {"shop": "missing"}}


def finding(host: str = "shop", target: str = "gitlab_ci", actual: str = "old", **more: Any) -> Values:
    action = {"action": "update", "kind": "gitlab_project", "name": "acme/shop", **more}
    result = {
        "actions": [action],
        "drift": [{"path": "description", "actual": actual, "expected": "new"}],
        "diff": {"before": {"description": actual}, "after": {"description": "new"}},
    }
    (one,) = findings_of(host, target, "Project", "repobridge.bitbucket.gitlab_project", "ok", result)
    return one.as_dict()


FINDINGS = [finding(), finding(target="upsun", action="create", kind="upsun_integration", name="abc")]


def saved(findings: list[Values] = FINDINGS, cells: dict[str, Any] = CELLS) -> Values:
    return saved_plan.plan_of(cells, findings, "site", "2026-01-01T00:00:00Z")


def written(folder: Path, plan: Values) -> str:
    path = folder / "plan.json"
    path.write_text(json.dumps(plan))
    return str(path)


def refused(plan: Values, cells: dict[str, Any], findings: list[Values]) -> str:
    with pytest.raises(InvalidInput) as caught:
        saved_plan.check(plan, "plan.json", cells, findings)
    return str(caught.value)


def test_a_plan_that_still_applies_is_taken(tmp_path: Path) -> None:
    plan = saved_plan.load(written(tmp_path, saved()), "site")
    saved_plan.check(plan, "plan.json", CELLS, copy.deepcopy(FINDINGS))


@pytest.mark.parametrize(
    ("cells", "findings", "words"),
    [
        # One field.
        (
            CELLS,
            [finding(actual="older"), FINDINGS[1]],
            "shop, gitlab_ci: update gitlab_project acme/shop: it has changed since",
        ),
        # One resource more.
        (CELLS, [*FINDINGS, finding("barn")], "barn, gitlab_ci: update gitlab_project acme/shop: not in the plan"),
        # One host, one target.
        ({**CELLS, "gitlab_ci": {**CELLS["gitlab_ci"], "new": "ok"}}, FINDINGS, "new, gitlab_ci: not in the plan"),
        ({**CELLS, "cds": {"shop": "ok"}}, FINDINGS, "shop, cds: not in the plan"),
        # What somebody has set right since.
        (CELLS, FINDINGS[1:], "shop, gitlab_ci: update gitlab_project acme/shop: it no longer differs"),
        # Another action.
        (CELLS, [finding(action="delete"), FINDINGS[1]], "delete gitlab_project acme/shop: not in the plan"),
    ],
)
def test_a_plan_that_is_stale_by_one_thing_names_it(cells: dict[str, Any], findings: list[Values], words: str) -> None:
    message = refused(saved(), cells, findings)
    assert words in message and "audit again" in message
    others = [line for line in message.splitlines()[1:] if words not in line and "delete" not in words]
    assert not others, message


def test_what_is_created_must_be_created_as_planned() -> None:
    """No field of it is named, so its state tells."""
    other = {**FINDINGS[1], "state": "0" * 64}
    assert "create upsun_integration abc: it has changed since" in refused(saved(), CELLS, [FINDINGS[0], other])


def test_hosts_that_are_not_in_the_run_are_not_compared() -> None:
    saved_plan.check(saved(), "plan.json", {"upsun": {"shop": "missing"}}, FINDINGS[1:])


def test_what_the_plan_leaves_to_ansible_is_not_compared() -> None:
    left = {**finding("engine", "cds"), "status": "left out"}
    cells = {**CELLS, "cds": {"engine": "left out"}}
    saved_plan.check(
        saved(cells={**CELLS, "cds": {"engine": "drift"}}, findings=[*FINDINGS, finding("engine", "cds")]),
        "p",
        cells,
        [*FINDINGS, left],
    )


def test_a_fingerprint_and_a_date_that_every_run_makes_anew_are_no_change() -> None:
    def of(mark: str, day: str) -> str:
        after = {"description": f"x [repobridge:{mark}]", "expires_at": day, "name": "a"}
        result = {"actions": [{"action": "create", "kind": "k", "name": "n"}], "diff": {"before": {}, "after": after}}
        (one,) = findings_of("shop", "upsun", "T", "repobridge.bitbucket.x", "ok", result)
        return one.state

    assert of("0a1b2c3d.0123456789abcdef", "2027-01-01") == of("11111111.2222222222222222", "2027-01-02")


def _cut(plan: Values) -> Any:
    return {name: value for name, value in plan.items() if name != "targets"}


def _changed(plan: Values) -> Any:
    plan["findings"][0]["name"] = "acme/other"
    return plan


def _of_another(plan: Values) -> Any:
    return saved_plan.plan_of(plan["targets"], plan["findings"], "teardown", plan["created"])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_cut, "cannot be read"),
        (_changed, "was changed after it was written"),
        (_of_another, "is of the playbook teardown"),
        (lambda _plan: [], "cannot be read"),
    ],
)
def test_a_file_that_is_no_plan_of_this_run_is_refused(
    tmp_path: Path, spoil: Callable[[Values], Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        saved_plan.load(written(tmp_path, spoil(saved([copy.deepcopy(FINDINGS[0])]))), "site")


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.json"):
        saved_plan.load(str(tmp_path / "nowhere.json"), "site")
