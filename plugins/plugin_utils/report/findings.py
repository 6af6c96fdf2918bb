# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of tasks -> findings: what differs between the inventory and the services, by repository, target and resource."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass, field, replace

Values = dict[str, t.Any]

# The status of a finding, the most serious first: that of a target for a host is the first that any of its findings has.
STATUSES = ("error", "forbidden", "missing", "drift", "unmanaged", "changed", "left out", "ok")
_FORBIDDEN = ("forbidden",)


@dataclass(frozen=True)
class Finding:
    """One resource that is not as the inventory says, or could not be looked at."""

    host: str
    target: str
    status: str
    # The task that found it, and its module.
    task: str
    module: str
    # What a run would do: create, update, delete …
    action: str = ""
    # The resource.
    kind: str = ""
    name: str = ""
    # The fields that differ: path, actual, expected. Secrets are hidden on both sides.
    drift: list[Values] = field(default_factory=list)
    message: str = ""
    # Of what is unmanaged: where it is (an URL or an id), and the variable of the inventory with the value that adopts it.
    where: str = ""
    variable: str = ""
    value: t.Any = None

    def as_dict(self) -> Values:
        return asdict(self)


def findings_of(host: str, target: str, task: str, action: str, status: str, result: Values) -> list[Finding]:
    """The findings of one result; none if nothing differs. ``status`` is that of the task: ok, skipped, failed or left out."""
    module = action.rpartition(".")[2]
    if status == "failed":
        kind = (result.get("error") or {}).get("kind")
        found = "forbidden" if kind in _FORBIDDEN else "error"
        return [Finding(host, target, found, task, module, message=str(result.get("msg")))]
    if status == "left out":
        return [Finding(host, target, "left out", task, module, message=str(result.get("msg")))]
    return [
        Finding(
            host,
            target,
            "missing" if one["action"] == "create" else "drift",
            task,
            module,
            one["action"],
            one["kind"],
            str(one["name"]),
            _drift_of(one, result),
        )
        for one in result.get("actions") or []
    ] + _unmanaged(Finding(host, target, "unmanaged", task, module), result)


def _unmanaged(of: Finding, result: Values) -> list[Finding]:
    """What does a managed job and is not managed, and what is kept because it was adopted."""
    found = [
        replace(
            of,
            message=one["reason"],
            **{name: one[name] for name in ("kind", "name", "where", "variable", "value")},
        )
        for one in result.get("unmanaged") or []
    ]
    kept = [
        replace(
            of,
            status="left out",
            message=f"kept: {one['reason']}",
            **{name: one[name] for name in ("kind", "name", "where")},
        )
        for one in result.get("kept") or []
    ]
    return [*found, *kept]


def _drift_of(action: Values, result: Values) -> list[Values]:
    """Of what is created or deleted as a whole, no field is named."""
    if action["action"] in ("create", "delete"):
        return []
    return list(action.get("drift") or result.get("drift") or [])


def worst(statuses: t.Iterable[str]) -> str:
    """The most serious of several."""
    return min(statuses, key=STATUSES.index, default="ok")
