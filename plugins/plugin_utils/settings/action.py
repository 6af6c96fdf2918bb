# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin ``settings``: a host's variables -> one dict, typed and checked, before anything is created."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError, InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given, Target
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.action import environment_of, plain

from . import declared
from .values import Values, is_blank, typed, unknown, without_blanks

display = Display()

COLLECTION = "repobridge.bitbucket"
ARGUMENTS = ("target", "state")


class SettingsAction(ActionBase):
    """Reads variables, calls no service and changes nothing."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Values:
        result: Values = super().run(tmp, task_vars)
        result["changed"] = False
        variables = task_vars or {}
        try:
            target, state = self._arguments()
            result.update(self._settings(target, state, variables))
            # The next tasks get the credentials in it; nothing of it is shown.
            result["_ansible_no_log"] = True
        except (BridgeError, AnsibleError) as error:
            host = variables.get("inventory_hostname", "")
            result.update({"failed": True, "msg": f"{self._task.args.get('target')}, settings of {host}: {error}"})
        return result

    def _arguments(self) -> tuple[Target, str | None]:
        args = plain(self._task.args)
        wrong = sorted(set(args) - set(ARGUMENTS))
        if wrong:
            raise InvalidInput(
                f"Unsupported parameters: {', '.join(wrong)}", f"Supported are {' and '.join(ARGUMENTS)}."
            )
        if args.get("target") not in TARGETS:
            raise InvalidInput(f"target must be one of {', '.join(TARGETS)}")
        if args.get("state") not in (None, "", "present", "absent"):
            raise InvalidInput("state must be present or absent")
        return TARGETS[args["target"]], args.get("state") or None

    def _settings(self, target: Target, state: str | None, variables: Values) -> Values:
        options = declared.of_target(target.name)
        given = without_blanks(
            {name: self._value(name, variables) for name in options if name in variables}, target.blank
        )
        if state:
            given[f"{target.name}_state"] = state
        values = typed(options, given)
        environment = {**os.environ, **environment_of(self._task, self._templar)}
        seen = Given(
            values,
            {name: value for name, value in environment.items() if not is_blank(value)},
            str(variables.get("inventory_hostname", "")),
        )
        settings = target.resolve(seen)
        settings["connection"] = {
            service: {**self._defaults(service), **settings["connection"].get(service, {})}
            for service in target.services
        }
        # Not in the result: of one that is not shown ansible-core up to 2.18 shows no warnings either.
        for warning in (*unknown(declared.of_all(), target.prefixes, variables), *settings.pop("warnings", ())):
            display.warning(warning)
        return settings

    def _value(self, name: str, variables: Values) -> t.Any:
        """:raises InvalidInput: the expression in it can't be resolved."""
        try:
            return plain(self._templar.template(variables[name]))
        except AnsibleError as error:
            raise InvalidInput(f"the variable {name} can't be resolved: {error}") from None

    def _defaults(self, service: str) -> Values:
        """What the play's own ``module_defaults`` say for all modules of a service: the roles' come on top of it."""
        out: Values = {}
        for layer in self._task.module_defaults or []:
            values = self._templar.template(layer)
            out.update(plain((values or {}).get(f"group/{COLLECTION}.{service}") or {}))
        return out
