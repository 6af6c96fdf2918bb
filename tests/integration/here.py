# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the collection's playbooks in this process, by the executor that also makes plans.

A fresh ``ansible-playbook`` takes more time to start than most runs take to finish. Tables of many runs (every write cut off,
every failure) go this way, and a sample of each through real processes; test_plan.py holds one executor against the other.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from unittest import mock

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.actions import actions
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.executor import Executor, TaskResult
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.world import World

from .on_the_host import on_the_host
from .playbook import Run, environment_of_run

_CHECK = ("--check", "--diff")


def run_here(
    playbook: str, inventory: Path, environment: dict[str, str], folder: Path, *arguments: str, extra: dict[str, Any]
) -> Run:
    """Run a playbook of the collection; ``arguments`` may be ``--check`` and ``--diff``.

    :raises Unsupported: the playbook comes to a task that only Ansible can run.
    """
    assert set(arguments) <= set(_CHECK), arguments
    folder.mkdir(parents=True, exist_ok=True)
    results: list[dict[str, Any]] = []
    said: list[str] = []
    counts: dict[str, dict[str, int]] = {}

    def seen(one: TaskResult) -> None:
        host = counts.setdefault(one.host, dict.fromkeys(("ok", "changed", "failed", "skipped"), 0))
        host[one.status] += 1
        host["changed"] += one.status == "ok" and bool(one.result.get("changed"))
        if one.status == "failed":
            said.append(f"fatal: [{one.host}]: FAILED! => {one.task.name}: {one.result.get('msg')}")
        if one.status != "skipped":
            line = {"status": one.status, "host": one.host, "task": one.task.name, "action": one.task.action}
            results.append({**line, "result": json.loads(json.dumps(one.result, default=str))})

    with mock.patch.dict(os.environ, environment_of_run(folder, environment), clear=True):
        world = world_of(inventory, extra, check_mode="--check" in arguments)
        found = actions(lambda message: said.append(f"[WARNING]: {message}"), on_the_host())
        executor = Executor(world, found, seen)
        executor.run(playbook)
    recap = [
        f"{host} : ok={of['ok']} changed={of['changed']} unreachable=0 failed={of['failed']} skipped={of['skipped']}"
        for host, of in counts.items()
    ]
    return Run(0 if executor.ok else 2, "\n".join([*said, *recap]), results)


def world_of(inventory: Path, extra: dict[str, Any], check_mode: bool) -> World:
    """What Ansible makes of an inventory and extra variables."""
    loader = DataLoader()
    hosts = InventoryManager(loader=loader, sources=[str(inventory)])
    variables = VariableManager(loader=loader, inventory=hosts)
    variables._extra_vars = extra
    of_hosts = HostVars(hosts, variables, loader)
    return World(
        groups={name: [str(host) for host in group.get_hosts()] for name, group in hosts.groups.items()},
        variables=lambda host: of_hosts[host],
        matching=lambda pattern: [str(host) for host in hosts.list_hosts(pattern)],
        environment=dict(os.environ),
        check_mode=check_mode,
        extra=extra,
    )
