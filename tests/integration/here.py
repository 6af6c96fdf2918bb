# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the collection's playbooks in this process, by the executor that also makes plans.

A fresh ``ansible-playbook`` takes more time to start than most runs take to finish. Tables of many runs (every write cut off,
every failure), preparations, and most runs of the tests of one target go this way, and a sample of each through real processes.
test_suite.py compares what the two executors find in every state of a scenario, test_plan.py for several hosts.
"""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import Result
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import run_operation
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.actions import actions
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.executor import Executor, TaskResult
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.world import World

from .on_the_host import on_the_host
from .playbook import Run, environment_of_run


def command_line() -> ArgumentParser:
    """The options of ``ansible-playbook`` that runs here know."""
    parser = ArgumentParser(exit_on_error=False, allow_abbrev=False)
    for flag in ("--check", "--diff"):
        parser.add_argument(flag, action="store_true")
    for names in ("--tags", "--skip-tags"):
        parser.add_argument(names, type=lambda text: frozenset(text.split(",")), default=frozenset())
    parser.add_argument("--limit")
    return parser


def run_here(
    playbook: str, inventory: Path, environment: dict[str, str], folder: Path, *arguments: str, extra: dict[str, Any]
) -> Run:
    """Run a playbook of the collection; ``arguments`` are those of a few options of ``ansible-playbook``.

    :raises Unsupported: the playbook comes to a task that only Ansible can run.
    """
    options = command_line().parse_args(arguments)
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
        if one.status == "ok" and one.task.action == "ansible.builtin.debug":
            said.append(f"ok: [{one.host}] => {one.result['msg']}")
        if one.status != "skipped":
            line = {"status": one.status, "host": one.host, "task": one.task.name, "action": one.task.action}
            results.append({**line, "result": json.loads(json.dumps(one.result, default=str))})

    with mock.patch.dict(os.environ, environment_of_run(folder, environment), clear=True):
        world = world_of(inventory, extra, options)
        found = actions(lambda message: said.append(f"[WARNING]: {message}"), on_the_host())
        executor = Executor(world, found, seen)
        with mock.patch(f"{actions.__module__}.run_operation", _shown(said)):
            executor.run(playbook)
    recap = [
        f"{host} : ok={of['ok']} changed={of['changed']} unreachable=0 failed={of['failed']} skipped={of['skipped']}"
        for host, of in counts.items()
    ]
    return Run(0 if executor.ok else 2, "\n".join([*said, *recap]), results)


def _shown(said: list[str]) -> Callable[..., Result]:
    """``run_operation`` with its progress, which a plan does not show and an action plugin does."""

    def run(operation: type[Operation], action: str, given: dict[str, Any], context: Context, **more: Any) -> Result:
        context.progress = lambda message: said.append(f"  {context.redactor.text(message)}")
        return run_operation(operation, action, given, context, **more)

    return run


def world_of(inventory: Path, extra: dict[str, Any], options: Namespace) -> World:
    """What Ansible makes of an inventory, extra variables and the command line."""
    loader = DataLoader()
    hosts = InventoryManager(loader=loader, sources=[str(inventory)])
    hosts.subset(options.limit)
    variables = VariableManager(loader=loader, inventory=hosts)
    variables._extra_vars = extra
    of_hosts = HostVars(hosts, variables, loader)
    return World(
        groups={name: [str(host) for host in group.get_hosts()] for name, group in hosts.groups.items()},
        variables=lambda host: of_hosts[host],
        matching=lambda pattern: [str(host) for host in hosts.list_hosts(pattern)],
        environment=dict(os.environ),
        check_mode=options.check,
        extra=extra,
        run_tags=options.tags,
        skip_tags=options.skip_tags,
    )
