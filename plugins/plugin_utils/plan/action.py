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

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.action import environment_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import overlaid, plain
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report import saved_plan
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.findings import STATUSES
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.formats import write_file
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.found import Found, patterns

from .actions import actions
from .budget import hourly, use_of
from .executor import THREADS, Executor
from .lists import Values
from .world import Host, World

display = Display()
PLAYBOOKS = ("site", "teardown")
ARGUMENTS = ("playbook", "threads", "saved_plan", "hourly_budget", "directory")


class PlanAction(ActionBase):
    """Reads from the services what the inventory speaks of, and changes nothing."""

    _supports_check_mode = True
    _supports_diff = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: Values | None = None) -> Values:
        result: Values = super().run(tmp, task_vars)
        args = plain(self._task.args)
        wrong = sorted(set(args) - set(ARGUMENTS))
        playbook = args.get("playbook") or PLAYBOOKS[0]
        try:
            threads, budget = (_number(args, name) for name in ("threads", "hourly_budget"))
            if wrong or playbook not in PLAYBOOKS or threads == 0:
                raise ValueError
        except ValueError:
            known = f"playbook ({' or '.join(PLAYBOOKS)}), threads (at least 1), saved_plan (a path), hourly_budget (a number)"
            return {**result, "failed": True, "changed": False, "msg": f"Options are {known} and directory (a path)"}
        environment = environment_of(self._task, self._templar)
        with overlaid(environment):
            folder = args.get("directory") or "."
            plan = Plan(playbook, threads or THREADS, bool(self._task.check_mode), budget, folder)
            return {**result, "changed": False, **self._checked(plan, args.get("saved_plan"), task_vars or {})}

    @staticmethod
    def _checked(plan: Plan, path: str | None, variables: Values) -> Values:
        """The plan; with a saved one only if nothing has changed since."""
        try:
            saved = saved_plan.load(path, plan.playbook) if path else None
            found = plan.of(variables, dict(os.environ))
            if saved and path:
                saved_plan.check(saved, path, found["targets"], found["findings"])
        except BridgeError as error:
            return {"failed": True, "msg": str(error)}
        return found


class Plan:
    """What a run of a playbook would change, found for all hosts at once."""

    def __init__(
        self, playbook: str, threads: int, check_mode: bool = False, budget: int | None = None, folder: str = "."
    ) -> None:
        self.playbook, self.threads, self.check_mode = playbook, threads, check_mode
        # Requests in an hour (0: no limit), and where files for --limit are written.
        self.budget, self.folder = budget, folder

    def of(self, variables: Values, environment: dict[str, str]) -> Values:
        """The result of the task. ``variables`` are a task's: groups, hostvars, the hosts of the play, tags."""
        started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found = Found()
        world = world_of(variables, environment)
        executor = Executor(world, actions(display.warning), found.take, self.threads)
        executor.run(self.playbook)
        found.complete()
        targets = found.cells()
        for name, hosts in targets.items():
            display.display(f"  {summary(TARGETS[name].title, hosts.values())}")
        to_run = {name: found.to_run(name, self.check_mode) for name in TARGETS}
        if not self.check_mode:
            self._check_budget(executor.hosts, to_run, world.limits)
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

    def _check_budget(self, hosts: list[Host], to_run: dict[str, list[str]], reported: dict[str, int]) -> None:
        """:raises BridgeError: the run does not finish within the hourly limit of the service."""
        roles: dict[str, set[str]] = {}
        for target, some in to_run.items():
            for name in some:
                roles.setdefault(name, set()).add(target)
        uses = [use_of(host, roles.get(host.name, set())) for host in hosts]
        hourly(self.budget, reported).check(uses, self._write_limits)

    def _write_limits(self, parts: list[list[str]]) -> list[str]:
        """A file of hosts for ``--limit`` for each part; their paths."""
        os.makedirs(self.folder, exist_ok=True)
        files = [os.path.join(self.folder, f"part-{number}.limit") for number, _part in enumerate(parts, 1)]
        for path, part in zip(files, parts, strict=True):
            write_file(path, "".join(f"{host}\n" for host in part))
        return files


def _number(args: Values, name: str) -> int | None:
    """An option of the task; None if it is blank. :raises ValueError: it is no number, or negative."""
    if str(args.get(name) or "0").strip() == "0":
        return 0 if str(args.get(name)).strip() == "0" else None
    number = int(args[name])
    if number < 0:
        raise ValueError(name)
    return number


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
