# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-process execution path: an operation inside the controller's worker process, for tasks on a local connection.

A module process costs some 280 ms before its first line runs; the same operation here about as much as ``debug``. The
result, its redaction and its errors are those of the module. A task that is not on a local connection, has ``become``, is
``async``, or sets the variable ``repobridge_in_process`` to false runs as an ordinary module process.

A task is local if its play, block or own keywords set ``connection: local``, even if the inventory sets another
``ansible_connection`` for the host: such a host is a repository, and has no login. A task that is delegated to a host uses
that host's connection.
"""

from __future__ import annotations

import contextlib
import os
import sys
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import missing_package
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.pending import is_pending
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.adoption import in_role, warnings_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import mask, overlaid, run_operation
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.references import UNKNOWN, referenced

display = Display()


class ResourceAction(ActionBase):
    """Base of all action plugins of the collection; a subclass only declares its ``operation``."""

    operation: t.ClassVar[type[Operation]]

    _connection: t.Any
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True

    @classmethod
    def finalize_task_arg(cls, name: str, value: t.Any, templar: t.Any, context: t.Any = None, **_more: t.Any) -> t.Any:
        """An option's value with its expression resolved. ansible-core calls it from 2.19 on; without it, it does the same."""
        found = referenced(value, templar.available_variables)
        return templar.template(value) if found is UNKNOWN else found

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result = super().run(tmp, task_vars)
        refused = self._refused()
        if refused:
            return {**result, "failed": True, "changed": False, "msg": refused}
        if not self._in_process(task_vars or {}):
            task_vars = self._connect_locally(task_vars or {})
            with self._credentials_as_options():
                return self._told(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
        invocation = _core_shows_invocation(task_vars or {})
        with overlaid(environment_of(self._task, self._templar)):
            result.update(self._run_here(invocation))
        return self._told(result)

    def _told(self, result: dict[str, t.Any]) -> dict[str, t.Any]:
        """The result, with what it has found beside its own object in the words of the role."""
        role = self._task._role.get_name(include_role_fqcn=False) if self._task._role else ""
        result = in_role(result, self.operation.module, role)
        if not self._task.check_mode:
            for warning in warnings_of(result):
                display.warning(warning)
        return self._unseen(result)

    def _unseen(self, result: dict[str, t.Any]) -> dict[str, t.Any]:
        """A result that passes a secret to the next task is registered completely, and displayed as if the task
        had ``no_log``."""
        for secret in filter(None, map(result.get, self.operation.secret_results)):
            if not is_pending(secret):
                result["_ansible_no_log"] = True
                for text in secret.values() if isinstance(secret, dict) else (secret,):
                    mask(text)
        return result

    def _refused(self) -> str | None:
        """The reason why the task cannot be run.

            ansible-core prints the results of ``async`` tasks, and up to 2.18 the items of a loop, regardless of the mark that
        prevents the display of the result.
        """
        creates = (self._task.args or {}).get("state") != "absent"
        if not self.operation.secret_results or self._task.no_log or not creates:
            return None
        how = "async" if self._task.async_val else "a loop" if self._task.loop is not None else None
        if how is None:
            return None
        secrets = " and ".join(self.operation.secret_results)
        return (
            f"{self._task.action} returns a secret ({secrets}), and ansible-core would show it: with {how} the task needs "
            "no_log: true. Add it, or run the task without."
        )

    def _in_process(self, task_vars: dict[str, t.Any]) -> bool:
        wanted = boolean(self._templar.template(task_vars.get("repobridge_in_process", True)))
        # If a package is missing in the controller's Python, the interpreter of the host may have it.
        able = self._is_local() and not self._becomes() and not missing_package(self.operation)
        return wanted and able and not self._task.async_val

    def _is_local(self) -> bool:
        return self._connection.transport == "local" or self._local_by_keyword()

    def _local_by_keyword(self) -> bool:
        """The value in the task: from ansible-core 2.19 on ``task.connection`` is the value after the variables
        were applied."""
        if self._task.delegate_to not in (None, *C.LOCALHOST):
            return False
        keyword = (self._task.get_ds() or {}).get("connection")
        if keyword is None and self._task._parent:
            keyword = self._task._parent._get_parent_attribute("connection")
        return isinstance(keyword, str) and self._templar.template(keyword) in ("local", "ansible.builtin.local")

    def _becomes(self) -> bool:
        return bool(self._play_context.become or getattr(self._connection, "become", None))

    def _connect_locally(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """The variables for a module process; with the keyword it runs on the controller, regardless of the inventory.

        The inventory's interpreter is then that of another machine.
        """
        if self._connection.transport == "local" or not self._local_by_keyword():
            return task_vars
        become = self._connection.become
        self._connection = connection_loader.get("local", self._play_context, os.devnull)
        if become:
            self._connection.set_become_plugin(become)
        return {**task_vars, "ansible_connection": "local", "ansible_python_interpreter": sys.executable}

    @contextlib.contextmanager
    def _credentials_as_options(self) -> t.Iterator[None]:
        """For a module process, credentials of the task's ``environment:`` are options.

        ansible-core writes these variables into the process's command line, where -vvv and every user of the host sees them.
        """
        args, layers = self._task.args, self._task.environment
        variables = environment_of(self._task, self._templar)
        options, used = _with_credentials(self.operation.spec.options, args, variables)
        variables = {name: value for name, value in variables.items() if name not in used}
        try:
            self._task.args, self._task.environment = options, [variables]
            yield
        finally:
            self._task.args, self._task.environment = args, layers

    def _run_here(self, invocation: bool) -> dict[str, t.Any]:
        context = Context(check_mode=self._task.check_mode, verbosity=display.verbosity)
        context.progress = lambda message: display.display(f"  {context.redactor.text(message)}", color="bright gray")
        context.warn = lambda message: display.warning(context.redactor.text(message))
        return run_operation(self.operation, self._task.action, self._task.args, context, invocation)


def _core_shows_invocation(task_vars: dict[str, t.Any]) -> bool:
    """Whether a module's result would keep its ``invocation``: always up to core 2.20, on request from 2.21 on."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


def _with_credentials(
    known: dict[str, t.Any], given: dict[str, t.Any], variables: dict[str, str]
) -> tuple[dict[str, t.Any], set[str]]:
    """The options with the credentials from ``variables``, also those of sub-options, and the variables' names."""
    options, used = dict(given), set()
    for name, option in known.items():
        inner = options.get(name)
        if option.get("apply_defaults") and (inner is None or isinstance(inner, dict)):
            options[name], more = _with_credentials(option["options"], inner or {}, variables)
            used |= more
        names = option["fallback"][1] if option.get("no_log") and "fallback" in option else ()
        set_ones = [one for one in names if variables.get(one, "").strip()]
        used |= set(set_ones)
        if set_ones and inner in (None, ""):
            options[name] = variables[set_ones[0]]
    return options, used


def environment_of(task: t.Any, templar: t.Any) -> dict[str, str]:
    """The task's ``environment:``; inner blocks have precedence."""
    out: dict[str, str] = {}
    for layer in task.environment or []:
        values = templar.template(layer)
        out.update({str(name): str(value) for name, value in (values or {}).items()})
    return out
