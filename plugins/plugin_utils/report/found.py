# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collects the results of tasks: what was found for each target and host."""

from __future__ import annotations

from functools import partial

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.executor import TaskResult

from .findings import TO_RUN, Finding, Values, findings_of, worst
from .governing import governing
from .unmanaged import Coverage

# Hosts of each target, with their statuses.
Cells = dict[str, dict[str, str]]


class Found:
    """What the results of tasks came to. ``applied`` says that tasks did what they report."""

    def __init__(self, applied: bool = False) -> None:
        self._applied = applied
        self.findings: list[Finding] = []
        # The repository of each host ("workspace/repository") and the address of its page, as far as known.
        self.repositories: dict[str, dict[str, str]] = {}
        self.coverage = Coverage()
        # What is run whether something differs or not, and cannot be foreseen.
        self._always: set[tuple[str, str]] = set()
        self._looked: dict[str, set[str]] = {name: set() for name in TARGETS}

    def take(self, one: TaskResult) -> None:
        """Add the result of one task for one host."""
        target = one.task.role
        if target not in self._looked:
            return
        if one.status != "skipped":
            self._looked[target].add(one.host)
            self.coverage.take(one.host, target, one.task.name, one.result)
        self._take_repository(one.host, one.result)
        if one.result.get("runs_always"):
            message = one.result["runs_always"]
            self._always.add((target, one.host))
            self.findings.append(Finding(one.host, target, "left out", one.task.name, "settings", message=message))
        self.findings += findings_of(
            one.host,
            target,
            one.task.name,
            one.task.action,
            one.status,
            one.result,
            partial(governing, one.task),
            self._applied and bool(one.result.get("changed")),
        )

    def _take_repository(self, host: str, result: Values) -> None:
        """From the settings, and then from what Bitbucket says of it."""
        repository = result.get("repository")
        if isinstance(repository, dict) and "full_name" in repository:
            self.repositories[host] = {"repository": repository["full_name"], "url": repository.get("url") or ""}
        elif isinstance(repository, str) and result.get("workspace"):
            name = f"{result['workspace']}/{repository}"
            self.repositories.setdefault(host, {"repository": name, "url": ""})

    def complete(self) -> None:
        """After the last result: what is unmanaged counts for all hosts that share it, unless it is ignored."""
        self.findings = self.coverage.without_ignored(self.coverage.of_all_hosts(self.findings))

    def cells(self) -> Cells:
        """The most serious status of each target and host that was looked at."""
        statuses: dict[tuple[str, str], list[str]] = {}
        for finding in self.findings:
            statuses.setdefault((finding.target, finding.host), []).append(finding.status)
        return {
            name: {host: worst(statuses.get((name, host), ())) for host in sorted(hosts)}
            for name, hosts in self._looked.items()
            if hosts
        }

    def to_run(self, target: str, check_mode: bool) -> list[str]:
        """The hosts of a target for which a run has something to do.

        In check mode these are the hosts with tasks that only Ansible itself can run.
        """
        cells = self.cells().get(target, {})
        if check_mode:
            missed = [one for one in self.findings if one.target == target and one.status == "left out"]
            left_out = {one.host for one in missed if not one.where}  # what is kept was looked at
            return sorted(host for host in left_out if (target, host) not in self._always)
        differing = [host for host, status in cells.items() if status in TO_RUN]
        seen_to_differ = [host for host in differing if cells[host] != "left out"]
        return list(cells) if seen_to_differ and TARGETS[target].plays.together else differing


def patterns(to_run: dict[str, list[str]], groups: dict[str, list[str]], cells: Cells) -> dict[str, list[str]]:
    """``to_run`` as patterns for the plays of each group: a group's name is faster than the names of all its hosts."""
    out = {}
    for target, hosts in to_run.items():
        for group in TARGETS[target].groups:
            members = set(groups.get(group, ()))
            some = [host for host in hosts if host in members]
            whole = len(some) == len(members & set(cells.get(target, {})))
            out[group] = [group] if some and whole else some or ["all:!all"]
    return out


def merged(planned: Values, recorded: Found) -> tuple[Cells, list[Values]]:
    """Cells and findings of a run: of hosts that took part in it what the tasks did, of the others what the plan found.

    ``planned`` is the result of ``plan``, or empty.
    """
    cells: Cells = {target: dict(hosts) for target, hosts in (planned.get("targets") or {}).items()}
    findings = list(planned.get("findings") or [])
    for target, hosts in recorded.cells().items():
        findings = [one for one in findings if one["target"] != target or one["host"] not in hosts]
        findings += [one.as_dict() for one in recorded.findings if one.target == target]
        cells.setdefault(target, {}).update(hosts)
    order = list(TARGETS)
    return {name: cells[name] for name in order if name in cells}, sorted(
        findings, key=lambda one: (order.index(one["target"]), one["host"])
    )
