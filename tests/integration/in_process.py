# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tasks in this process, without Ansible: for tables that would take too long as playbooks."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any
from unittest import mock

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from jinja2.nativetypes import NativeEnvironment

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.input import cleaned
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import execute
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from tests.tools import generate

from . import examples

Result = dict[str, Any]


def operation_of(module: str) -> type[Operation]:
    package, name = generate.operation_of(module) or ("", "")
    made: type[Operation] = getattr(importlib.import_module(package), name)
    return made


class InProcess:
    """Runs tasks of ``examples`` one by one, with variables and what they register."""

    def __init__(self, variables: dict[str, Any], environment: dict[str, str], **options: Any) -> None:
        """``options`` are given to every module that has them."""
        self.variables, self.environment, self.options = variables, environment, options
        self.warnings: list[str] = []
        self._jinja = NativeEnvironment()
        self._jinja.filters["items2dict"] = lambda items, key_name, value_name: {
            item[key_name]: item[value_name] for item in items
        }

    def template(self, value: Any, **more: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.template(item, **more) for key, item in value.items()}
        if isinstance(value, list):
            return [self.template(item, **more) for item in value]
        if isinstance(value, str) and "{{" in value:
            return self.template(self._jinja.from_string(value).render({**self.variables, **more}), **more)
        return value

    def each(self, task: examples.Task) -> list[tuple[str, dict[str, Any]]]:
        """Module and options for every item of its loop; nothing for a task of another collection."""
        action = next((key for key in task if key.startswith("repobridge.bitbucket.")), None)
        if action is None:
            return []
        module = action.rpartition(".")[2]
        return [(module, self.template(task[action] or {}, item=item)) for item in task.get("loop", [None])]

    def wanted(self, task: examples.Task, check_mode: bool = False) -> bool:
        """Its ``when``."""
        conditions = task.get("when", [])
        conditions = conditions if isinstance(conditions, list) else [conditions]
        known = {**self.variables, "ansible_check_mode": check_mode}
        return all(self._jinja.from_string("{{ " + one + " }}").render(known) for one in conditions)

    def run(self, module: str, given: dict[str, Any], check_mode: bool = False, **more: Any) -> Result:
        operation = operation_of(module)
        spec = operation.spec
        options = {name: value for name, value in {**self.options, **more}.items() if name in spec.options}
        with mock.patch.dict(os.environ, self.environment):
            validation = ArgumentSpecValidator(spec.options, **spec.rules()).validate(
                cleaned(spec, {**options, **given})
            )
            assert not validation.error_messages, (module, validation.error_messages)
            context = Context(check_mode=check_mode, warn=self.warnings.append)
            return execute(operation, validation.validated_parameters, context)

    def walk(self, tasks: list[examples.Task], before: Callable[[str, dict[str, Any]], None]) -> None:
        """Run the tasks in order; ``before`` is called with each module and its options before it runs."""
        for task in tasks:
            if not self.wanted(task):
                continue
            for module, given in self.each(task):
                before(module, given)
                result = self.run(module, given)
                assert not result.get("failed"), (task["name"], result["msg"])
                if "register" in task:
                    self.variables[task["register"]] = result
