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
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Target
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.action import environment_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import plain
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.options import check_variables

from . import declared
from .all_hosts import ALL, check_all
from .resolve import settings_of
from .values import Values, unknown

display = Display()

COLLECTION = "repobridge.bitbucket"
ARGUMENTS = ("target", "state", "part")


class SettingsAction(ActionBase):
    """Reads variables, calls no service and changes nothing."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Values:
        result: Values = super().run(tmp, task_vars)
        result["changed"] = False
        variables = task_vars or {}
        try:
            target, state, part = self._arguments()
            if target is None:
                return {**result, "checked": self._check_all(state, variables)}
            settings = self._settings(target, state, part, variables)
            # Not in the result: for a hidden result ansible-core up to 2.18 shows no warnings either.
            for warning in (*unknown(declared.of_all(), target.prefixes, variables), *settings.pop("warnings", ())):
                display.warning(warning)
            result.update(settings)
            # It passes credentials to the next tasks; nothing of it is displayed.
            result["_ansible_no_log"] = True
        except (BridgeError, AnsibleError) as error:
            target_name, host = self._task.args.get("target"), variables.get("inventory_hostname", "")
            whose = "" if target_name == ALL else f"{target_name}, settings of {host}: "
            result.update({"failed": True, "msg": f"{whose}{error}"})
        return result

    def _arguments(self) -> tuple[Target | None, str | None, str | None]:
        args = plain(self._task.args)
        wrong = sorted(set(args) - set(ARGUMENTS))
        if wrong:
            raise InvalidInput(f"Unsupported parameters: {', '.join(wrong)}", f"Supported are {', '.join(ARGUMENTS)}.")
        if args.get("target") not in (*TARGETS, ALL):
            raise InvalidInput(f"target must be one of {', '.join((*TARGETS, ALL))}")
        if args.get("state") not in (None, "", "present", "absent"):
            raise InvalidInput("state must be present or absent")
        target, part = TARGETS.get(args["target"]), args.get("part") or None
        if part and part not in (target.parts if target else ()):
            raise InvalidInput(f"{args['target']} has no part {part}")
        return target, args.get("state") or None, part

    def _check_all(self, state: str | None, variables: Values) -> dict[str, int]:
        check_variables(variables, lambda name: self._value(name, variables))
        hosts = {host: variables["hostvars"][host] for host in variables["ansible_play_hosts"]}
        tags = (variables.get("ansible_run_tags"), variables.get("ansible_skip_tags"))
        return check_all(hosts, state, self._environment(), *tags, self._defaults)

    def _settings(self, target: Target, state: str | None, part: str | None, variables: Values) -> Values:
        return settings_of(
            target,
            str(variables.get("inventory_hostname", "")),
            variables,
            lambda name: self._value(name, variables),
            self._environment(),
            state=state,
            part=part,
            defaults=self._defaults,
        )

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **environment_of(self._task, self._templar)}

    def _value(self, name: str, variables: Values) -> t.Any:
        """:raises InvalidInput: the expression in it cannot be resolved."""
        try:
            return plain(self._templar.template(variables[name]))
        except AnsibleError as error:
            raise InvalidInput(f"the variable {name} cannot be resolved: {error}") from None

    def _defaults(self, service: str) -> Values:
        """The play's own ``module_defaults`` for all modules of a service; those of the roles override them."""
        out: Values = {}
        for layer in self._task.module_defaults or []:
            values = self._templar.template(layer)
            out.update(plain((values or {}).get(f"group/{COLLECTION}.{service}") or {}))
        return out
