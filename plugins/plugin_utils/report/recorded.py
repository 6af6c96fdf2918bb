# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of a run have registered, as the results of the roles' task lists: the third way through one list.

Nothing runs. The executor goes through the playbook, evaluates its conditions, and takes each result from the variable in which
Ansible has registered it.
"""

from __future__ import annotations

import typing as t

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import plain
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.executor import (
    Call,
    Executor,
    TaskResult,
)
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.lists import Play, Task, Unsupported, Values
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.world import Host, TaskScope, World

NOT_RUN = "it was not run, because the host had failed or the run had ended before"


class Recorded(Executor):
    """Goes through a playbook and sees what Ansible has registered. ``world.is_plan``: a failure ends one target for one host."""

    def __init__(self, world: World, seen: t.Callable[[TaskResult], None], hosts: Values | None = None) -> None:
        """``hosts`` says which ones took part in the plays of each group, as the result of ``plan`` does."""
        super().__init__(world, lambda _name: _registered, seen, threads=1)
        if hosts is not None:
            self._hosts["localhost"] = Host("localhost", {"repobridge_hosts": hosts})

    def _elsewhere(self, task: Task, scope: TaskScope, play: Play) -> str | None:
        return None

    def _options(self, task: Task, scope: TaskScope) -> Values:
        return {}

    def _tasks(self, role: str, tasks_from: str, around: Task) -> list[Task]:
        """What only Ansible can run has nothing to report."""
        try:
            return super()._tasks(role, tasks_from, around)
        except Unsupported:
            return []


def _registered(call: Call) -> Values:
    """:raises Unsupported: the task was not run."""
    name = call.task.register
    if not name:
        return {"changed": False}
    try:
        result = plain(call.host.variable(name))
    except KeyError:
        raise Unsupported(NOT_RUN) from None
    failed = result.get("failed") or result.get("unreachable")
    return {**result, "failed": bool(failed)}
