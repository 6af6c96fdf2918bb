# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the roles' task lists for all hosts in one process: the second executor of what Ansible runs task by task.

Hosts go through a list together, as with Ansible's strategy ``linear``, each task in several threads. There is one definition
of what an integration consists of, the role; nothing here knows a target.
"""

from __future__ import annotations

import contextlib
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from ansible.errors import AnsibleError

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.operation import FEWEST
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.sessions import shared_connections
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import overlaid

from .expressions import evaluate, holds
from .lists import COLLECTION, INCLUDE_ROLE, Play, Task, Unsupported, Values, groups_of, plays_of, tasks_of
from .world import Batch, Host, TaskScope, World

THREADS = 10
LOCALHOST = ("localhost", "127.0.0.1", "::1")
LOCAL = ("local", "ansible.builtin.local")
# Of a whole run: a plan does not plan itself.
_OF_THE_RUN = (f"{COLLECTION}.plan", f"{COLLECTION}.report")
# Resolves variables of users. ansible-core loads lookup and filter plugins when they are first used, which is not safe in threads.
ONE_BY_ONE = (f"{COLLECTION}.settings",)
_META = "ansible.builtin.meta"


@dataclass(frozen=True)
class TaskResult:
    """What one task came to for one host; ``status`` is ok, skipped, failed or left out."""

    host: str
    task: Task
    status: str
    result: Values


@dataclass(frozen=True)
class Call:
    """One task for one host, with its options resolved."""

    task: Task
    args: Values
    host: Host
    batch: Batch
    check_mode: bool
    # What was read for it together with others.
    known: t.Any = None


# Runs an action for one host. :raises Unsupported: it can't.
Action = t.Callable[[Call], Values]


class Executor:
    """One run of a playbook of the collection.

    ``actions`` finds what runs an action, by its full name; ``seen`` gets every result.

    After ``run``, ``ok`` says whether no host has failed.
    """

    def __init__(
        self,
        world: World,
        actions: t.Callable[[str], Action],
        seen: t.Callable[[TaskResult], None],
        threads: int = THREADS,
    ) -> None:
        self.world = world
        self._actions = actions
        self._seen = seen
        self._threads = threads
        self._hosts: dict[str, Host] = {}

    @property
    def hosts(self) -> list[Host]:
        """All hosts of the plays so far."""
        return list(self._hosts.values())

    @property
    def ok(self) -> bool:
        return not any(host.failed for host in self._hosts.values())

    def run(self, playbook: str) -> None:
        """Run all plays; as with Ansible, none comes after one in which every host has failed.

        :raises Unsupported: before the first task of the play that only Ansible can run.
        """
        with shared_connections(self._threads), ThreadPoolExecutor(self._threads) as pool:
            for play in plays_of(playbook):
                if self.world.is_plan and any(task.action in _OF_THE_RUN for task in play.tasks):
                    continue
                batch = self._batch(play)
                if not batch.members:
                    continue
                self._play(batch, pool)
                if all(host.failed for host in batch.members):
                    return

    def _batch(self, play: Play) -> Batch:
        empty = Batch(play, self.world, self._hosts, [])
        scope = TaskScope(Task("", "", None, vars=play.vars), Host("", {}), empty)
        pattern = evaluate(play.hosts, scope)
        names = self.world.matching(":".join(pattern) if isinstance(pattern, list) else pattern)
        for name in names:
            if name not in self._hosts:
                self._hosts[name] = Host(name, self.world.variables(name))
        for host in self._hosts.values():
            host.ended.clear()
            host.out_of_play = False
        return Batch(
            play, self.world, self._hosts, [self._hosts[name] for name in names if not self._hosts[name].failed]
        )

    def _play(self, batch: Batch, pool: ThreadPoolExecutor) -> None:
        check_mode = self.world.check_mode
        if batch.play.check_mode is not None:
            scope = TaskScope(Task("", "", None, vars=batch.play.vars), Host("", {}), batch)
            check_mode = bool(evaluate(batch.play.check_mode, scope))
        for task in batch.play.tasks:
            self._task(task, batch, check_mode, pool)

    def _task(self, task: Task, batch: Batch, check_mode: bool, pool: ThreadPoolExecutor) -> None:
        hosts = [host for host in batch.taking_part() if task.call not in host.ended and task.role not in host.left_out]
        if not self.world.runs(task.tags | batch.play.tags) or not hosts:
            return
        if task.action == INCLUDE_ROLE:
            self._include(task, hosts, batch, check_mode, pool)
            return
        alone = hosts[:1] if task.run_once else hosts
        results: list[TaskResult] = []
        for environment, some in self._by_environment(task, alone, batch):
            with overlaid(environment):
                each = map if task.action in ONE_BY_ONE else pool.map
                known = self._read_together(task, some, batch, check_mode)
                results += each(partial(self._for_host, task, batch, check_mode, known), some)
        order = {host.name: number for number, host in enumerate(alone)}
        results.sort(key=lambda one: order[one.host])
        for one in results:
            self._take(one, batch.active() if task.run_once else [self._hosts[one.host]])
        fatal = task.any_errors_fatal and not self.world.is_plan
        if fatal and any(one.status == "failed" for one in results):
            for host in batch.members:
                host.failed = True

    def _include(self, task: Task, hosts: list[Host], batch: Batch, check_mode: bool, pool: ThreadPoolExecutor) -> None:
        """Hosts that include the same list go through it together."""
        lists: dict[str, list[Host]] = {}
        for host in hosts:
            scope = TaskScope(task, host, batch)
            try:
                if self._wanted(task, scope):
                    lists.setdefault(str(evaluate(task.args.get("tasks_from", "main"), scope)), []).append(host)
                else:
                    self._take(TaskResult(host.name, task, "skipped", {"changed": False, "skipped": True}), [host])
            except AnsibleError as error:
                failed = {"failed": True, "changed": False, "msg": str(error)}
                self._take(TaskResult(host.name, task, "failed", failed), [host])
        for name, some in lists.items():
            # The include's own condition was looked at; it is nothing to its tasks.
            inner = Task("", "", None, vars=task.vars, tags=task.tags, module_defaults=task.module_defaults)
            part = replace(batch, included=some)
            for one in self._tasks(task.role, name.removesuffix(".yml"), inner):
                self._task(one, part, check_mode, pool)

    def _by_environment(
        self, task: Task, hosts: list[Host], batch: Batch
    ) -> t.Iterable[tuple[dict[str, str], list[Host]]]:
        """The environment is the process's, so hosts with another one come after each other."""
        if not task.environment:
            return [({}, hosts)]
        groups: dict[tuple[tuple[str, str], ...], list[Host]] = {}
        for host in hosts:
            values: dict[str, str] = {}
            for layer in task.environment:
                values.update(
                    {name: str(value) for name, value in evaluate(layer, TaskScope(task, host, batch)).items()}
                )
            groups.setdefault(tuple(values.items()), []).append(host)
        return [(dict(values), some) for values, some in groups.items()]

    def _read_together(self, task: Task, hosts: list[Host], batch: Batch, check_mode: bool) -> Values:
        """What the action reads for all hosts at once, by host. Whatever is wrong, each host finds by itself."""
        calls = []
        try:
            action = self._actions(task.action)
            if len(hosts) < FEWEST or not getattr(action, "reads_together", False):
                return {}
            for host in hosts:
                with contextlib.suppress(AnsibleError):
                    scope = TaskScope(task, host, batch)
                    if self._wanted(task, scope) and not (
                        self.world.is_plan and self._elsewhere(task, scope, batch.play)
                    ):
                        calls.append(Call(task, self._options(task, scope), host, batch, check_mode))
            return t.cast(Values, action.read_together(calls))  # type: ignore[attr-defined]
        except Unsupported:
            return {}

    def _for_host(self, task: Task, batch: Batch, check_mode: bool, known: Values, host: Host) -> TaskResult:
        scope = TaskScope(task, host, batch)
        try:
            if not self._wanted(task, scope):
                return TaskResult(host.name, task, "skipped", {"changed": False, "skipped": True})
            if task.action == _META:
                if task.args not in ("end_role", "end_host"):
                    raise Unsupported(f"{task.name}: meta {task.args}")
                host.ended.add(task.call)
                host.out_of_play |= task.args == "end_host"
                return TaskResult(host.name, task, "skipped", {})
            reason = self.world.is_plan and self._elsewhere(task, scope, batch.play)
            if reason:
                host.left_out[task.role] = reason
                return TaskResult(host.name, task, "left out", {"changed": False, "skipped": True, "msg": reason})
            args = self._options(task, scope)
            result = self._actions(task.action)(Call(task, args, host, batch, check_mode, known.get(host.name)))
            if task.changed_when is not None and not result.get("skipped"):
                result["changed"] = holds(task.changed_when, scope)
        except Unsupported as error:
            if not self.world.is_plan:
                raise
            host.left_out[task.role] = str(error)
            return TaskResult(host.name, task, "left out", {"changed": False, "skipped": True, "msg": str(error)})
        except AnsibleError as error:
            result = {"failed": True, "changed": False, "msg": str(error)}
        status = "failed" if result.get("failed") else "skipped" if result.get("skipped") else "ok"
        return TaskResult(host.name, task, status, result)

    @staticmethod
    def _wanted(task: Task, scope: TaskScope) -> bool:
        return all(holds(condition, scope) for condition in task.when)

    def _tasks(self, role: str, tasks_from: str, around: Task) -> list[Task]:
        """A role's task list that is included. :raises Unsupported: only Ansible can run it."""
        return tasks_of(role, tasks_from, around)

    def _options(self, task: Task, scope: TaskScope) -> Values:
        """The options of a task with those of ``module_defaults``."""
        args: Values = {}
        for layer in task.module_defaults:
            for group, defaults in layer.items():
                if group in groups_of(task.action) or group == task.action:
                    args.update(evaluate(defaults, scope))
        own = evaluate(task.args or {}, scope)
        return {**args, **own} if isinstance(own, dict) else {"_raw_params": own}

    def _elsewhere(self, task: Task, scope: TaskScope, play: Play) -> str | None:
        """Why a task doesn't run on the controller, if it doesn't."""
        given = evaluate({"delegate_to": task.delegate_to, "connection": task.connection}, scope)
        delegated, connection = given.get("delegate_to"), given.get("connection") or play.connection
        if delegated and delegated not in LOCALHOST:
            return f"it is delegated to {delegated}"
        if connection not in LOCAL:
            return f"its connection is {connection or 'that of the inventory'}"
        return None

    def _take(self, one: TaskResult, hosts: list[Host]) -> None:
        """Register the result for ``hosts``, and tell of it."""
        if one.task.action == _META:
            return
        for host in hosts:
            if one.status == "failed" and self.world.is_plan:
                host.left_out[one.task.role] = str(one.result.get("msg"))
            host.failed |= one.status == "failed" and not self.world.is_plan
            if one.task.register:
                host.registered[one.task.register] = one.result
        self._seen(one)
