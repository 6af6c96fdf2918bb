# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of what exists is managed, and what is known not to be."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.pending import is_pending

from .findings import Finding

Values = dict[str, t.Any]


@dataclass
class Coverage:
    """What a run has looked at. Fed with the settings and the results of the targets' tasks."""

    managed: int = 0
    ignored: list[Values] = field(default_factory=list)
    # By target and host: the rules for what is ignored, the foundation it shares with others.
    _rules: dict[tuple[str, str], list[Values]] = field(default_factory=dict)
    _foundations: dict[tuple[str, str], str] = field(default_factory=dict)
    # Hosts for which a task was run, by target and name of the task.
    _run_for: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def take(self, host: str, target: str, task: str, result: Values) -> None:
        """One result of a task of a target's role."""
        self._run_for.setdefault((target, task), set()).add(host)
        if "ignore_unmanaged" in result:
            self._rules[target, host] = result["ignore_unmanaged"]
            self._foundations[target, host] = str(result.get("foundation") or "")
        if "actions" in result:
            self.managed += existing(result.get("resource"))

    def of_all_hosts(self, findings: list[Finding]) -> list[Finding]:
        """With what is unmanaged in a foundation also for the other hosts that share it, whose variables must be the same."""
        more = []
        for one in findings:
            foundation = self._foundations.get((one.target, one.host))
            if one.status != "unmanaged" or not foundation:
                continue
            run_for = self._run_for.get((one.target, one.task), set())
            more += [
                replace(one, host=host)
                for (target, host), shared in self._foundations.items()
                if (target, shared) == (one.target, foundation) and host not in run_for
            ]
        return [*findings, *more]

    def without_ignored(self, findings: list[Finding], today: date | None = None) -> list[Finding]:
        """Without what a rule ignores. A rule whose last day has passed ignores nothing, and says so."""
        now = (today or datetime.now(UTC).date()).isoformat()
        out = []
        for one in findings:
            fitting = [rule for rule in self._rules.get((one.target, one.host), ()) if _fits(rule, one)]
            if one.status != "unmanaged" or not fitting:
                out.append(one)
                continue
            rule = max(fitting, key=lambda rule: str(rule["until"]))
            if rule["until"] >= now:
                self.ignored.append({**one.as_dict(), "ignored": {name: rule[name] for name in ("reason", "until")}})
            else:
                ended = f"it was ignored until {rule['until']} ({rule['reason']})"
                out.append(replace(one, message=f"{one.message}; {ended}"))
        return out

    def counts(self, findings: list[Finding]) -> Values:
        """The numbers of resources, each object once, and the share of those that are managed."""
        unmanaged = len({(one.target, one.kind, one.where) for one in findings if one.status == "unmanaged"})
        ignored = len({(one["target"], one["kind"], one["where"]) for one in self.ignored})
        there = self.managed + unmanaged
        share = round(self.managed / there, 3) if there else 1.0
        return {"managed": self.managed, "unmanaged": unmanaged, "ignored": ignored, "share": share}


def _fits(rule: Values, finding: Finding) -> bool:
    return fnmatchcase(finding.kind, rule["kind"]) and fnmatchcase(finding.name, rule["name"])


def existing(resource: t.Any) -> int:
    """How many objects of a result exist: the resource, or the parts of a link."""
    if not isinstance(resource, dict):
        return 0
    if "id" in resource:
        return 0 if is_pending(resource["id"]) else 1
    return sum(existing(part) for part in resource.values())
