# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs each action of the roles' task lists in this process."""

from __future__ import annotations

import importlib
import json
import typing as t
from functools import cache

from ansible.errors import AnsibleError
from ansible.utils.display import Display

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.operation import FEWEST
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import Context, Operation
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.adoption import in_role, warnings_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import (
    plain,
    read_together,
    run_operation,
)
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.all_hosts import (
    ALL,
    check_all,
    of_ours,
    reader,
)
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.hosts import grouped
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.resolve import settings_of

from .budget import note
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
        return _Operate(operation_of(name), warn)

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


class _Operate:
    """Runs an operation of the collection for a host; before, what one call can read for several hosts."""

    def __init__(self, operation: type[Operation], warn: Warn) -> None:
        self._operation, self._warn = operation, warn

    def __call__(self, call: Call) -> Values:
        context = self._context(call, self._warn, call.known)
        result = run_operation(self._operation, call.task.action, call.args, context, invocation=False)
        note(call.host, call.task.role, self._operation, context, result)
        call.batch.world.limits.update(context.limits)
        result = in_role(result, self._operation.module, call.task.role)
        for warning in [] if call.check_mode else warnings_of(result):
            self._warn(warning)
        return result

    @property
    def reads_together(self) -> bool:
        return self._operation.together is not None

    def read_together(self, calls: list[Call]) -> Values:
        """What is known for the hosts of these calls before each of them reads for itself."""
        option, by = self._operation.together or "", self._operation.together_by
        alike: dict[str, list[Call]] = {}
        for call in calls:
            given = plain(call.args)
            if isinstance(given.get(option), str):
                others = {name: value for name, value in given.items() if name != option and (by is None or name in by)}
                alike.setdefault(json.dumps(others, sort_keys=True, default=str), []).append(call)
        known: Values = {}
        for some in filter(lambda some: len(some) >= FEWEST, alike.values()):
            names = list(dict.fromkeys(str(call.args[option]) for call in some))
            found = read_together(self._operation, some[0].args, names, self._context(some[0], lambda _message: None))
            known.update({call.host.name: found.get(str(call.args[option])) for call in some})
        return known

    @staticmethod
    def _context(call: Call, warn: Warn, known: t.Any = None) -> Context:
        shared = call.batch.world.shared
        context = Context(check_mode=call.check_mode, verbosity=display.verbosity, known=known, shared=shared)
        context.warn = lambda message: warn(context.redactor.text(message))
        return context


def _settings(call: Call, warn: Warn) -> Values:
    args, own, world = call.args, call.host.variables, call.batch.world
    whose = ""
    try:
        if args["target"] == ALL:
            active = {host.name: host.variables for host in call.batch.active()}
            hosts = of_ours(active, world.groups, active.__getitem__)
            tags = (sorted(world.run_tags), sorted(world.skip_tags))
            checked = check_all(hosts, world.groups, args.get("state"), world.environment, *tags, warn=warn)
            return {"changed": False, "checked": checked}
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
    # Unknown variables of all hosts were reported by the playbook's first task.
    for warning in settings.pop("warnings", ()):
        warn(warning)
    return {"changed": False, **settings}


def _hosts_by_setting(call: Call) -> Values:
    found = {host.name: host.registered.get(call.args["settings"]) or {} for host in call.batch.active()}
    return {"changed": False, "groups": grouped(found, call.args["setting"], call.args["collect"])}


def _debug(call: Call) -> Values:
    return {"changed": False, "msg": call.args.get("msg")}


def _fail(call: Call) -> Values:
    return {"changed": False, "failed": True, "msg": call.args.get("msg")}
