# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an operation in the controller's process: an action plugin for one task, and the plan for many."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.template import Templar

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.input import (
    check,
    cleaned,
    secrets,
    stripped,
    without_secrets,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import Result, missing_package, run
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation

try:
    from ansible.module_utils.secrets import register_secret  # ansible-core >= 2.22 masks registered values
except ImportError:
    register_secret = None


try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core < 2.19 takes every text for a template
    trust_as_template = str


def _load_templating() -> None:
    """Load once, before the controller forks, what an expression in a task's options needs: the plugins of filters and tests.

    ansible-core loads them with the first expression that names one. In a worker, which ends with its task, that would be
    each task anew, and costs about as much as the task itself.
    """
    Templar(loader=None).template(trust_as_template("{{ [0] | map('default') | list is sequence }}"))


_load_templating()


def mask(secret: str) -> None:
    """Let ansible-core hide a value in all its output, if it supports this."""
    if register_secret:
        register_secret(secret)


def run_operation(
    operation: type[Operation], action: str, given: dict[str, t.Any], context: Context, invocation: bool = True
) -> Result:
    """Validate the options as AnsibleModule does, run the operation, and return the module's result.

    ``action`` is the name of the task's action, for errors; ``invocation``: with the options in the result. Environment
    variables that options fall back to are those of the process; see ``overlaid``.
    """
    spec = operation.spec
    args = cleaned(spec, plain(given))
    validation = ArgumentSpecValidator(spec.options, **spec.rules()).validate(args)
    params = validation.validated_parameters
    for secret in dict.fromkeys((*secrets(spec, args), *secrets(spec, params, proxies=False))):
        context.redactor.add(secret)
        if context.redactor.hides(secret):
            mask(secret)
    if validation.error_messages:
        return {"failed": True, "msg": context.redactor.text(_input_error(action, validation))}
    result = run(operation, params, context)
    if invocation:
        result["invocation"] = {"module_args": context.redactor.clean(without_secrets(spec.options, params))}
    return result


def read_together(operation: type[Operation], given: dict[str, t.Any], names: list[str], context: Context) -> Result:
    """What one of several tasks that are alike has read for all of them, by ``names``; of what went wrong nothing.

    Each task finds for itself what is wrong with its options, or with the service.
    """
    spec = operation.spec
    args = cleaned(spec, plain(given))
    params = ArgumentSpecValidator(spec.options, **spec.rules()).validate(args)
    for secret in dict.fromkeys((*secrets(spec, args), *secrets(spec, params.validated_parameters, proxies=False))):
        context.redactor.add(secret)
    if params.error_messages or missing_package(operation):
        return {}
    try:
        options = stripped(spec, params.validated_parameters)
        check(spec, options)
        return operation.read_together(options, names, context)
    except Exception:  # pylint: disable=broad-exception-caught # as ``run`` does, which will find it again
        return {}


def _input_error(action: str, validation: t.Any) -> str:
    """In the words of AnsibleModule."""
    message = str(validation.errors.msg)
    if isinstance(validation.errors[0], UnsupportedError):
        return f"Unsupported parameters for ({action}) module: {message}"
    return message


@contextlib.contextmanager
def overlaid(variables: t.Mapping[str, str]) -> t.Iterator[None]:
    """``variables`` in os.environ, where env fallbacks, proxies and programs look, for as long as the block runs."""
    kept = {name: os.environ.get(name) for name in variables}
    try:
        os.environ.update(variables)
        yield
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def plain(value: t.Any) -> t.Any:
    """Templated task arguments as plain types: core's tagged, unsafe and vaulted strings are subclasses or wrappers."""
    if value is None or isinstance(value, (bool, bytes)) or (value.__class__ is str and value.isascii()):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
