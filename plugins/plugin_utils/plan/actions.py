# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs each action of the roles' task lists in this process."""

from __future__ import annotations

import importlib
import typing as t
from functools import cache

from ansible.errors import AnsibleError
from ansible.utils.display import Display

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.adoption import in_role, warnings_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import run_operation
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.all_hosts import ALL, check_all, reader
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.hosts import grouped
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.resolve import settings_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.values import unknown

from .executor import Action, Call
from .lists import COLLECTION, Unsupported, Values

Warn = t.Callable[[str], None]
display = Display()


def actions(warn: Warn = display.warning, others: dict[str, Action] | None = None) -> t.Callable[[str], Action]:
    """Finds what runs an action; ``others`` are further ones, by their full names."""
    known: dict[str, Action] = {
        f"{COLLECTION}.settings": lambda call: _settings(call, warn),
        f"{COLLECTION}.hosts_by_setting": _hosts_by_setting,
        "ansible.builtin.debug": _debug,
        "ansible.builtin.fail": _fail,
        **(others or {}),
    }

    def find(name: str) -> Action:
        if name in known:
            return known[name]
        operation = operation_of(name)
        return lambda call: _operation(operation, call, warn)

    return find


@cache
def operation_of(action: str) -> type[Operation]:
    """The operation of an action plugin of the collection. :raises Unsupported: there is none."""
    prefix, _dot, name = action.rpartition(".")
    try:
        if prefix != COLLECTION:
            raise ImportError(name)
        module = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.action.{name}")
        return t.cast("type[Operation]", module.ActionModule.operation)
    except (ImportError, AttributeError):
        raise Unsupported(f"{action} runs on its host only") from None


def _operation(operation: type[Operation], call: Call, warn: Warn) -> Values:
    context = Context(check_mode=call.check_mode, verbosity=display.verbosity, shared=call.batch.world.shared)
    context.warn = lambda message: warn(context.redactor.text(message))
    result = in_role(run_operation(operation, call.task.action, call.args, context), operation.module, call.task.role)
    for warning in [] if call.check_mode else warnings_of(result):
        warn(warning)
    return result


def _settings(call: Call, warn: Warn) -> Values:
    args, own, world = call.args, call.host.variables, call.batch.world
    whose = ""
    try:
        if args["target"] == ALL:
            hosts = {host.name: host.variables for host in call.batch.active()}
            tags = (sorted(world.run_tags), sorted(world.skip_tags))
            return {"changed": False, "checked": check_all(hosts, args.get("state"), world.environment, *tags)}
        target = TARGETS[args["target"]]
        whose = f"{target.name}, settings of {call.host.name}: "
        settings = settings_of(
            target,
            call.host.name,
            own,
            reader(own),
            world.environment,
            state=args.get("state"),
            part=args.get("part"),
        )
    except (BridgeError, AnsibleError) as error:
        return {"changed": False, "failed": True, "msg": f"{whose}{error}"}
    for warning in (*unknown(declared.of_all(), target.prefixes, own), *settings.pop("warnings", ())):
        warn(warning)
    return {"changed": False, **settings}


def _hosts_by_setting(call: Call) -> Values:
    found = {host.name: host.registered.get(call.args["settings"]) or {} for host in call.batch.active()}
    return {"changed": False, "groups": grouped(found, call.args["setting"], call.args["collect"])}


def _debug(call: Call) -> Values:
    return {"changed": False, "msg": call.args.get("msg")}


def _fail(call: Call) -> Values:
    return {"changed": False, "failed": True, "msg": call.args.get("msg")}
