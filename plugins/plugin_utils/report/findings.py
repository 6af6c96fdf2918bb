# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of tasks -> findings: what differs between the inventory and the services, by repository, target and resource."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import typing as t
from dataclasses import asdict, dataclass, field, replace

from .statuses import KNOWN

Values = dict[str, t.Any]

# The status of a finding, the most serious first: that of a target for a host is the first that any of its findings has.
STATUSES = tuple(KNOWN)
# Those of hosts for which a run has something to do.
TO_RUN = ("error", "forbidden", "missing", "drift", "left out")
_FORBIDDEN = ("forbidden",)
# What every run makes anew: the salted fingerprint of a secret, and dates that count from today.
_MARK = re.compile(r"\[repobridge:[0-9a-f.]+\]")
_DATES = ("expires_at",)
# Of what is created or deleted as a whole, no field and no line is named.
_WHOLE = ("create", "delete")
# A unified diff of more characters is cut.
_LONGEST_DIFF = 20_000


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
    # The fields that differ: path, actual, expected, and the variable that governs the field, if it is known. Secrets are hidden
    # on both sides.
    drift: list[Values] = field(default_factory=list)
    # A unified diff of the texts of files.
    diff: str = ""
    message: str = ""
    # Of what is unmanaged: where it is (an URL or an id), and the variable of the inventory with the value that adopts it.
    where: str = ""
    variable: str = ""
    value: t.Any = None
    # A digest of what the action starts from and leads to. A saved plan binds a run by it.
    state: str = ""

    def as_dict(self) -> Values:
        return asdict(self)


# The variable that governs a field of the task's resource, or "".
Governing = t.Callable[[str], str]


def findings_of(
    host: str,
    target: str,
    task: str,
    action: str,
    status: str,
    result: Values,
    governing: Governing = lambda _path: "",
    applied: bool = False,
) -> list[Finding]:
    """The findings of one result; none if nothing differs.

    ``status`` is that of the task: ok, skipped, failed or left out. ``applied`` says that the task did what the result says.
    """
    module = action.rpartition(".")[2]
    if status == "failed":
        kind = (result.get("error") or {}).get("kind")
        found = "forbidden" if kind in _FORBIDDEN else "error"
        return [Finding(host, target, found, task, module, message=str(result.get("msg")))]
    if status == "left out":
        return [Finding(host, target, "left out", task, module, message=str(result.get("msg")))]
    beside = _beside(Finding(host, target, "unmanaged", task, module), result)
    actions = result.get("actions") or []
    if not actions:
        return beside
    diff, state = _diff_of(result), _state_of(result)
    return [
        Finding(
            host,
            target,
            "changed" if applied else "missing" if one["action"] == "create" else "drift",
            task,
            module,
            one["action"],
            one["kind"],
            str(one["name"]),
            [{**field, "variable": governing(field["path"])} for field in _drift_of(one, result)],
            diff if number == 0 and one["action"] not in _WHOLE else "",
            state=state,
        )
        for number, one in enumerate(actions)
    ] + beside


def _beside(of: Finding, result: Values) -> list[Finding]:
    """What does a managed job and is not managed, and what is kept because it was adopted."""
    found = [
        replace(of, message=one["reason"], **{key: one[key] for key in ("kind", "name", "where", "variable", "value")})
        for one in result.get("unmanaged") or []
    ]
    kept = [
        replace(
            of,
            status="left out",
            message=f"kept: {one['reason']}",
            **{key: one[key] for key in ("kind", "name", "where")},
        )
        for one in result.get("kept") or []
    ]
    return [*found, *kept]


def _drift_of(action: Values, result: Values) -> list[Values]:
    if action["action"] in _WHOLE:
        return []
    return list(action.get("drift", result.get("drift")) or [])


def _diff_of(result: Values) -> str:
    """The unified diff of a result whose diff is that of texts; "" if it is that of fields."""
    given = result.get("diff") or {}
    before, after = given.get("before"), given.get("after")
    if not (isinstance(before, str) and isinstance(after, str)) or before == after:
        return ""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "actual", "expected", lineterm="")
    text = "\n".join(lines)
    return (
        text
        if len(text) <= _LONGEST_DIFF
        else f"{text[:_LONGEST_DIFF]}\n… and {len(text) - _LONGEST_DIFF} characters more"
    )


def _state_of(result: Values) -> str:
    """Secrets are hidden in a diff, so a digest of it says nothing of them."""
    text = json.dumps(_lasting(result.get("diff")), sort_keys=True, default=str)
    return hashlib.sha256(_MARK.sub("", text).encode()).hexdigest()


def _lasting(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: _lasting(one) for key, one in value.items() if key not in _DATES}
    return [_lasting(one) for one in value] if isinstance(value, (list, tuple)) else value


def worst(statuses: t.Iterable[str]) -> str:
    """The most serious of several."""
    return min(statuses, key=STATUSES.index, default="ok")
