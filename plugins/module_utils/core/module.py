# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an operation for a task, on either execution path, and converts its outcome to a result."""

from __future__ import annotations

import importlib.util
import traceback
import typing as t

from ansible.module_utils import basic

from .errors import BridgeError, InvalidInput, Unexpected
from .input import check, cleaned, secrets, stripped, without_secrets
from .pending import is_pending
from .reconcile import Context, Operation
from .redact import Redactor
from .spec import ArgumentSpec

Result = dict[str, t.Any]


def missing_package(operation: type[Operation]) -> str | None:
    """The first Python package that the operation needs and that is not installed for this interpreter."""
    return next((name for name in operation.requires if importlib.util.find_spec(name) is None), None)


def execute(operation: type[Operation], params: dict[str, t.Any], context: Context) -> Result:
    """Run the operation with validated options. Every exception becomes a failed result; the result contains no secret.

    Except the values that the operation declares as ``secret_results``.
    """
    for value in secrets(operation.spec, params):
        context.redactor.add(value)
    return run(operation, params, context)


def run(operation: type[Operation], params: dict[str, t.Any], context: Context) -> Result:
    """The same, if the context's redactor knows the secrets of the options already."""
    params = stripped(operation.spec, params)
    _warn_of_words(context)
    try:
        missing = missing_package(operation)
        if missing:
            raise BridgeError(basic.missing_required_lib(missing))
        if _refuses_pending(operation, params, context) and is_pending(list(params.values())):
            raise InvalidInput(
                "An option holds an id that begins with pending:",
                remedy="Such an id is a placeholder for an object that a check-mode run would create. Run the task "
                "that creates it without --check.",
            )
        check(operation.spec, params)
        task = operation(params, context)
        task.validate()
        result = task.run()
    except Exception as error:
        result = failure(operation.module, error, context)
    carried = {name: result.pop(name) for name in operation.secret_results if name in result}
    return {**context.redactor.clean(result), **carried}


def _refuses_pending(operation: type[Operation], params: dict[str, t.Any], context: Context) -> bool:
    """An object that does not exist contains nothing to delete."""
    return not (context.check_mode or operation.takes_pending or params.get("state") == "absent")


def failure(module: str, error: Exception, context: Context) -> Result:
    """The failed result for an exception; not yet redacted."""
    known = error if isinstance(error, BridgeError) else Unexpected(module, error, context.last_call)
    result: Result = {
        "failed": True,
        "changed": False,
        "msg": str(known),
        "error": {"module": module, **known.as_dict()},
    }
    if known is not error and context.verbosity >= 3:
        result["exception"] = "".join(traceback.format_exception(error))
    return result


def _warn_of_words(context: Context) -> None:
    if context.redactor.words:
        context.warn(
            "A password or token of this task is an ordinary word, which cannot be hidden in the output without "
            "hiding it in branch names and addresses as well. It is hidden only where it is used as a credential. Use "
            "a longer one."
        )


def _module_class(spec: ArgumentSpec) -> t.Any:
    class Module(basic.AnsibleModule):
        """Reads the options like the other execution path: blank ones are not set."""

        def _load_params(self) -> None:
            super()._load_params()
            self.params: dict[str, t.Any] = cleaned(spec, self.params)
            self.given = self.params

        def fail_json(self, msg: str, **result: t.Any) -> None:
            """Also for options that are rejected: core would show all of them, including misspelled secrets
            in clear text."""
            if "invocation" not in result:
                redactor = Redactor([*secrets(spec, self.given), *secrets(spec, self.params)])
                msg = redactor.text(str(msg))
                result = {**redactor.clean(result), "invocation": {"module_args": {}}}
            super().fail_json(msg=msg, **result)

    return Module


def run_module(operation: type[Operation]) -> None:
    """The standard execution path: the ``main`` of a module file."""
    module = _module_class(operation.spec)(
        argument_spec=operation.spec.options, supports_check_mode=True, **operation.spec.rules()
    )
    context = Context(check_mode=module.check_mode, verbosity=module._verbosity, host=module)
    for value in secrets(operation.spec, module.given):
        context.redactor.add(value)
    context.warn = lambda message: module.warn(context.redactor.text(message))
    result = execute(operation, dict(module.params), context)
    # AnsibleModule hides the no_log options there; the redactor knows more (a secret inside a URL, a token got on the
    # way). Core would hide a word, and a secret of two letters, in every place, also where a later task needs it.
    module.no_log_values = {value for value in module.no_log_values if context.redactor.hides(value)}
    result["invocation"] = {
        "module_args": context.redactor.clean(without_secrets(operation.spec.options, module.params))
    }
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
