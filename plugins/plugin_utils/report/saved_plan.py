# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan that an audit has saved, and that binds the run after it: nothing is changed that it does not name.

It holds no secrets. Its digest detects that the file was changed or cut; it is no signature: who may write the file may also
compute the digest.
"""

from __future__ import annotations

import hashlib
import json
import typing as t
from pathlib import Path

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput

from .findings import Values
from .found import Cells

SCHEMA_VERSION = 1
_COMPARED = ("error", "forbidden", "missing", "drift")
# What two findings must have in common to be the same.
_SAME = ("host", "target", "module", "kind", "name", "action", "drift", "state")
_WHOLE = ("schema_version", "playbook", "created", "targets", "findings")
_MOST_SHOWN = 20


def plan_of(cells: Cells, findings: list[Values], playbook: str, created: str) -> Values:
    """The plan as a file holds it."""
    plan: Values = {
        "schema_version": SCHEMA_VERSION,
        "playbook": playbook,
        "created": created,
        "targets": cells,
        "findings": [_of_plan(one) for one in findings if one["status"] in _COMPARED],
    }
    return {**plan, "digest": _digest(plan)}


def load(path: str, playbook: str) -> Values:
    """:raises InvalidInput: it cannot be read, was changed, or is of another playbook."""
    remedy = "Run the playbook audit with repobridge_report_dir for a new plan."
    try:
        plan = json.loads(Path(path).read_text("utf-8"))
        complete = plan["digest"] == _digest({name: plan[name] for name in _WHOLE})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"The saved plan {path} cannot be read: {type(error).__name__}: {error}", remedy) from None
    if not complete:
        raise InvalidInput(f"The saved plan {path} was changed after it was written: its digest differs", remedy)
    if plan["schema_version"] != SCHEMA_VERSION or plan["playbook"] != playbook:
        raise InvalidInput(
            f"The saved plan {path} is of the playbook {plan['playbook']}, version {plan['schema_version']}", remedy
        )
    return t.cast("Values", plan)


def check(plan: Values, path: str, cells: Cells, findings: list[Values]) -> None:
    """Compare a saved plan with what the services hold now, for the hosts of this run.

    What only Ansible itself can look at is not compared.

    :raises InvalidInput: names each resource that differs from the plan.
    """
    left_out = {(one["target"], one["host"]) for one in findings if one["status"] == "left out"}
    looked = {(target, host) for target, hosts in cells.items() for host in hosts} - left_out
    saved = {(target, host) for target, hosts in plan["targets"].items() for host in hosts}
    wrong = [f"{host}, {target}: not in the plan" for target, host in sorted(looked - saved)]
    now, then = (_by_key(some, looked & saved) for some in (findings, plan["findings"]))
    wrong += [
        f"{_named(one)}: {_WHY[_named(one) in map(_named, then.values())]}"
        for key, one in now.items()
        if key not in then
    ]
    known = set(map(_named, now.values()))
    wrong += [f"{_named(one)}: {_GONE}" for key, one in then.items() if key not in now and _named(one) not in known]
    if not wrong:
        return
    more = [f"… and {len(wrong) - _MOST_SHOWN} more"] if len(wrong) > _MOST_SHOWN else []
    raise InvalidInput(
        "\n".join([f"The saved plan {path} no longer applies, and nothing was changed:", *wrong[:_MOST_SHOWN], *more]),
        "Run the playbook audit again, and review its plan.",
    )


_WHY = {False: "not in the plan", True: "it has changed since the plan"}
_GONE = "it no longer differs as the plan says"


def _by_key(findings: list[Values], cells: t.Container[tuple[str, str]]) -> dict[str, Values]:
    """The findings of some cells that a run would do something about."""
    out = {}
    for one in findings:
        if one["status"] in _COMPARED and (one["target"], one["host"]) in cells:
            out[json.dumps([one[name] for name in _SAME], sort_keys=True)] = one
    return out


def _of_plan(finding: Values) -> Values:
    return {name: finding[name] for name in ("status", *_SAME)}


def _named(finding: Values) -> str:
    what = " ".join(filter(None, (finding["action"], finding["kind"], finding["name"]))) or finding["module"]
    return f"{finding['host']}, {finding['target']}: {what}"


def _digest(plan: Values) -> str:
    return "sha256:" + hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()
