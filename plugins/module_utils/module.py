# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an operation for a task, whichever door the task came through, and turns whatever happens into a result."""

from __future__ import annotations

import importlib.util
import typing as t

from ansible.module_utils import basic

from .errors import BridgeError, InvalidInput
from .pending import is_pending
from .reconcile import Context, Operation
from .redact import HIDDEN, secret_values

Result = dict[str, t.Any]


def missing_package(operation: type[Operation]) -> str | None:
    """The first Python package the operation needs and this interpreter has not."""
    return next((name for name in operation.requires if importlib.util.find_spec(name) is None), None)


def execute(operation: type[Operation], params: dict[str, t.Any], context: Context) -> Result:
    """Run the operation with validated options. Never raises a BridgeError; no secret is in what it returns.

    But for what the operation itself declares as ``secret_results``.
    """
    for value in secret_values(operation.spec.options, params):
        context.redactor.add(value)
    try:
        missing = missing_package(operation)
        if missing:
            raise BridgeError(basic.missing_required_lib(missing))
        if not context.check_mode and is_pending(list(params.values())):
            raise InvalidInput(
                "An option holds an id that begins with pending:",
                remedy="Such an id stands for what a check-mode run would create. Run without --check the task that makes it.",
            )
        task = operation(params, context)
        task.validate()
        result = task.run()
    except BridgeError as error:
        result = {"failed": True, "changed": False, "msg": str(error), "error": error.as_dict()}
    carried = {name: result.pop(name) for name in operation.secret_results if name in result}
    return {**context.redactor.clean(result), **carried}


def run_module(operation: type[Operation]) -> None:
    """The standard door: the ``main`` of a module file."""
    module = basic.AnsibleModule(
        argument_spec=operation.spec.options, supports_check_mode=True, **operation.spec.rules()
    )
    context = Context(check_mode=module.check_mode)
    context.warn = lambda message: module.warn(context.redactor.text(message))
    result = execute(operation, dict(module.params), context)
    # AnsibleModule hides the no_log options there; the redactor knows more (a secret inside a URL, a token got on the way).
    result["invocation"] = {
        "module_args": context.redactor.clean(without_secrets(operation.spec.options, module.params))
    }
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def without_secrets(options: dict[str, t.Any], params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The options for a result's ``invocation``: set ones of ``no_log`` are hidden whole."""
    return {
        name: HIDDEN if value is not None and options.get(name, {}).get("no_log") else value
        for name, value in params.items()
    }
