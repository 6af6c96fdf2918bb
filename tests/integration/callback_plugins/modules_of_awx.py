# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the modules of awx.awx in the worker that runs their task, instead of in a process of their own.

A process per module is most of the time of a playbook of 40 tasks. What runs is the same code: the module's ``main``, with the
arguments that the task would send. Forked workers have the modules already imported.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from pathlib import Path
from typing import Any

from ansible.module_utils import basic
from ansible.plugins.action import ActionBase
from ansible.plugins.callback import CallbackBase

COLLECTION = "awx.awx."
PACKAGE = "ansible_collections.awx.awx.plugins.modules"

_really = ActionBase._execute_module


def _execute(self: Any, module_name: str | None = None, module_args: Any = None, **more: Any) -> Any:
    name = module_name or self._task.action
    if not name.startswith(COLLECTION):
        return _really(self, module_name=module_name, module_args=module_args, **more)
    given = dict(self._task.args if module_args is None else module_args)
    self._update_module_args(name, given, more.get("task_vars") or {})
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}, default=str).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        importlib.import_module(f"{PACKAGE}.{name.removeprefix(COLLECTION)}").main()
    return json.loads(out.getvalue())


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "modules_of_awx"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        folder = Path(importlib.import_module(PACKAGE).__path__[0])
        for name in ("organization", "job_template", "workflow_job_template_node"):
            if (folder / f"{name}.py").exists():
                importlib.import_module(f"{PACKAGE}.{name}")
        ActionBase._execute_module = _execute
