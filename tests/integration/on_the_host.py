# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules on the host of a service, for runs in this process: they run in a separate process, as on a real host."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.executor import Action, Call
from tests.tools.generate import ON_THE_HOST

from .playbook import COLLECTIONS

_COLLECTION = "repobridge.bitbucket"
_RUN = """
import importlib, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = sys.stdin.buffer.read(), "legacy"
importlib.import_module(sys.argv[1]).main()
"""


def on_the_host() -> dict[str, Action]:
    """Actions of the roles that need a host, for the executor."""
    modules: dict[str, Action] = {f"{_COLLECTION}.{name}": _module for name in ON_THE_HOST}
    return {
        **modules,
        "ansible.builtin.command": _command,
        f"{_COLLECTION}.plan": _no_plan,
        f"{_COLLECTION}.report": _no_report,
        "ansible.builtin.set_fact": _no_plan,
    }


def _no_plan(_call: Call) -> dict[str, Any]:
    """All hosts take part: what comes after is what is looked at."""
    return {"changed": False, "skipped": True}


def _no_report(_call: Call) -> dict[str, Any]:
    """What is registered is in this process; test_report.py has the reports of real runs."""
    return {"changed": False, "failing": ""}


def _module(call: Call) -> dict[str, Any]:
    name = call.task.action.rpartition(".")[2]
    module = f"ansible_collections.{_COLLECTION}.plugins.modules.{name}"
    assert importlib.util.find_spec(module)
    args = {**call.args, "_ansible_check_mode": call.check_mode, "_ansible_diff": True}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, module],
        input=json.dumps({"ANSIBLE_MODULE_ARGS": args}),
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _command(call: Call) -> dict[str, Any]:
    if call.check_mode:
        return {"changed": False, "skipped": True}
    done = subprocess.run(call.args["argv"], capture_output=True, text=True, check=False)
    return {"changed": True, "failed": done.returncode != 0, "msg": done.stderr, "rc": done.returncode}
