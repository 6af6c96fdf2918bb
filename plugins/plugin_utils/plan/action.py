# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin ``plan``: the roles' task lists in check mode, for all hosts of the play, in one task."""

from __future__ import annotations

import os
import typing as t
from collections import Counter

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.action import environment_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import overlaid, plain
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.findings import (
    STATUSES,
    Finding,
    findings_of,
    worst,
)
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.unmanaged import Coverage

from .actions import actions
from .executor import THREADS, Executor, TaskResult
from .lists import Values
from .world import World

display = Display()
PLAYBOOKS = ("site", "teardown")
ARGUMENTS = ("playbook", "threads")


class PlanAction(ActionBase):
    """Reads from the services what the inventory speaks of, and changes nothing."""

    _supports_check_mode = True
    _supports_diff = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: Values | None = None) -> Values:
        result: Values = super().run(tmp, task_vars)
        args = plain(self._task.args)
        wrong = sorted(set(args) - set(ARGUMENTS))
        playbook, threads = args.get("playbook") or PLAYBOOKS[0], int(args.get("threads") or THREADS)
        if wrong or playbook not in PLAYBOOKS or threads < 1:
            known = f"playbook ({' or '.join(PLAYBOOKS)}) and threads (at least 1)"
            return {**result, "failed": True, "changed": False, "msg": f"Options are {known}"}
        environment = environment_of(self._task, self._templar)
        with overlaid(environment):
            return {**result, "changed": False, **Plan(playbook, threads).of(task_vars or {}, dict(os.environ))}


class Plan:
    """What a run of a playbook would change, found for all hosts at once."""

    def __init__(self, playbook: str, threads: int) -> None:
        self.playbook, self.threads = playbook, threads
        self.findings: list[Finding] = []
        self.coverage = Coverage()
        self.looked: dict[str, set[str]] = {name: set() for name in TARGETS}

    def of(self, variables: Values, environment: dict[str, str]) -> Values:
        """The result of the task. ``variables`` are a task's: groups, hostvars, the hosts of the play, tags."""
        executor = Executor(world_of(variables, environment), actions(display.warning), self._take, self.threads)
        executor.run(self.playbook)
        self.findings = self.coverage.without_ignored(self.coverage.of_all_hosts(self.findings))
        statuses: dict[tuple[str, str], list[str]] = {}
        for finding in self.findings:
            statuses.setdefault((finding.target, finding.host), []).append(finding.status)
        targets = {
            name: {host: worst(statuses.get((name, host), ())) for host in sorted(hosts)}
            for name, hosts in self.looked.items()
            if hosts
        }
        for name, hosts in targets.items():
            display.display(f"  {summary(TARGETS[name].title, hosts.values())}")
        return {
            "findings": [finding.as_dict() for finding in self.findings],
            "managed": self.coverage.counts(self.findings),
            "ignored": self.coverage.ignored,
            "targets": targets,
            "differs": {name: _not_ok(hosts) for name, hosts in targets.items()},
            "to_run": {name: self._to_run(name, targets.get(name, {})) for name in TARGETS},
        }

    @staticmethod
    def _to_run(target: str, hosts: dict[str, str]) -> list[str]:
        """What is unmanaged is nothing that a run would change."""
        to_look_at = [host for host, status in hosts.items() if status not in ("ok", "unmanaged")]
        differs = any(hosts[host] != "left out" for host in to_look_at)
        return list(hosts) if differs and TARGETS[target].plays.together else to_look_at

    def _take(self, one: TaskResult) -> None:
        target = one.task.role
        if target not in self.looked:
            return
        if one.status != "skipped":
            self.looked[target].add(one.host)
            self.coverage.take(one.host, target, one.task.name, one.result)
        if one.result.get("runs_always"):
            self.findings.append(
                Finding(one.host, target, "left out", one.task.name, "settings", message=one.result["runs_always"])
            )
        self.findings += findings_of(one.host, target, one.task.name, one.task.action, one.status, one.result)


def summary(title: str, statuses: t.Iterable[str]) -> str:
    """One line for people: how many hosts of a target have each status."""
    counts = Counter(statuses)
    said = ", ".join(f"{counts[status]} {status}" for status in reversed(STATUSES) if counts[status])
    return f"{title}: {said}"


def _not_ok(hosts: dict[str, str]) -> list[str]:
    return [host for host, status in hosts.items() if status != "ok"]


def world_of(variables: Values, environment: dict[str, str]) -> World:
    """The world of a task: its play's hosts, so that ``--limit`` and slices mean what they mean everywhere."""
    hosts, groups = list(variables["ansible_play_hosts_all"]), dict(variables["groups"])

    def matching(pattern: str) -> list[str]:
        """Patterns of the collection's own playbooks: groups, with colons between them."""
        named = {host for group in pattern.split(":") if group[:1] != "!" for host in groups.get(group, [])}
        without = {host for group in pattern.split(":") if group[:1] == "!" for host in groups.get(group[1:], [])}
        return [host for host in hosts if host in named - without]

    def tags(name: str) -> frozenset[str]:
        return frozenset(variables.get(name) or ()) - {"all"}

    return World(
        groups=groups,
        variables=lambda host: variables["hostvars"][host],
        matching=matching,
        environment=environment,
        check_mode=True,
        run_tags=tags("ansible_run_tags"),
        skip_tags=tags("ansible_skip_tags"),
        is_plan=True,
    )
