# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin ``plan``: the roles' task lists in check mode, for all hosts of the play, in one task."""

from __future__ import annotations

import os
import typing as t
from collections import Counter
from datetime import UTC, datetime

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.action import environment_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import overlaid, plain
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report import saved_plan
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.findings import STATUSES
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.found import Found, patterns

from .actions import actions
from .executor import THREADS, Executor
from .lists import Values
from .world import World

display = Display()
PLAYBOOKS = ("site", "teardown")
ARGUMENTS = ("playbook", "threads", "saved_plan")


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
            known = f"playbook ({' or '.join(PLAYBOOKS)}), threads (at least 1) and saved_plan (a path)"
            return {**result, "failed": True, "changed": False, "msg": f"Options are {known}"}
        environment = environment_of(self._task, self._templar)
        with overlaid(environment):
            plan = Plan(playbook, threads, bool(self._task.check_mode))
            return {**result, "changed": False, **self._checked(plan, args.get("saved_plan"), task_vars or {})}

    @staticmethod
    def _checked(plan: Plan, path: str | None, variables: Values) -> Values:
        """The plan; with a saved one only if nothing has changed since."""
        try:
            saved = saved_plan.load(path, plan.playbook) if path else None
            found = plan.of(variables, dict(os.environ))
            if saved and path:
                saved_plan.check(saved, path, found["targets"], found["findings"])
        except InvalidInput as error:
            return {"failed": True, "msg": str(error)}
        return found


class Plan:
    """What a run of a playbook would change, found for all hosts at once."""

    def __init__(self, playbook: str, threads: int, check_mode: bool = False) -> None:
        self.playbook, self.threads, self.check_mode = playbook, threads, check_mode

    def of(self, variables: Values, environment: dict[str, str]) -> Values:
        """The result of the task. ``variables`` are a task's: groups, hostvars, the hosts of the play, tags."""
        started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found = Found()
        Executor(world_of(variables, environment), actions(display.warning), found.take, self.threads).run(
            self.playbook
        )
        found.complete()
        targets = found.cells()
        for name, hosts in targets.items():
            display.display(f"  {summary(TARGETS[name].title, hosts.values())}")
        to_run = {name: found.to_run(name, self.check_mode) for name in TARGETS}
        return {
            "findings": [finding.as_dict() for finding in found.findings],
            "managed": found.coverage.counts(found.findings),
            "ignored": found.coverage.ignored,
            "targets": targets,
            "repositories": found.repositories,
            "differs": {name: _not_ok(hosts) for name, hosts in targets.items()},
            "to_run": to_run,
            "hosts": patterns(to_run, variables["groups"], targets),
            "started": started,
        }


def summary(title: str, statuses: t.Iterable[str]) -> str:
    """One line for people: how many hosts of a target have each status."""
    counts = Counter(statuses)
    said = ", ".join(f"{counts[status]} {status}" for status in reversed(STATUSES) if counts[status])
    return f"{title}: {said}"


def _not_ok(hosts: dict[str, str]) -> list[str]:
    return [host for host, status in hosts.items() if status != "ok"]


def world_of(variables: Values, environment: dict[str, str], check_mode: bool = True) -> World:
    """The world of a task: its play's hosts, so that ``--limit`` and slices mean what they mean everywhere."""
    hosts, groups = list(variables["ansible_play_hosts_all"]), dict(variables["groups"])

    def members(name: str) -> t.Iterable[str]:
        return groups.get(name, (name,))

    def matching(pattern: str) -> list[str]:
        """Patterns of the collection's own playbooks: groups or hosts, with colons between them."""
        parts = pattern.split(":")
        named = {host for part in parts if part[:1] != "!" for host in members(part)}
        without = {host for part in parts if part[:1] == "!" for host in members(part[1:])}
        return [host for host in hosts if host in named - without]

    def tags(name: str) -> frozenset[str]:
        return frozenset(variables.get(name) or ()) - {"all"}

    return World(
        groups=groups,
        variables=lambda host: variables["hostvars"][host],
        matching=matching,
        environment=environment,
        check_mode=check_mode,
        run_tags=tags("ansible_run_tags"),
        skip_tags=tags("ansible_skip_tags"),
        is_plan=True,
    )
