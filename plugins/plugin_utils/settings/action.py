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

from . import declared
from .resolve import settings_of
from .values import Values, unknown

display = Display()

COLLECTION = "repobridge.bitbucket"
ARGUMENTS = ("target", "state", "part")
# Of all hosts of the play, for all targets whose groups they are in.
ALL = "all"
_MOST_SHOWN = 20


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
            # Not in the result: of one that is not shown ansible-core up to 2.18 shows no warnings either.
            for warning in (*unknown(declared.of_all(), target.prefixes, variables), *settings.pop("warnings", ())):
                display.warning(warning)
            result.update(settings)
            # The next tasks get the credentials in it; nothing of it is shown.
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
        """How many hosts were checked, by the groups. :raises InvalidInput: names what is wrong, of all hosts."""
        checked: dict[str, int] = {}
        wrong: list[str] = []
        places = places_of(TARGETS.values(), variables.get("ansible_run_tags"), variables.get("ansible_skip_tags"))
        for host in variables["ansible_play_hosts"]:
            own = variables["hostvars"][host]
            for group in filter(places.__contains__, own["group_names"]):
                target, part = places[group]
                checked[group] = checked.get(group, 0) + 1
                try:
                    self._settings(target, state, part, own, templated=True)
                except (BridgeError, AnsibleError) as error:
                    wrong.append(f"{target.name}, settings of {host}: {error}")
        if wrong:
            more = [f"… and {len(wrong) - _MOST_SHOWN} more"] if len(wrong) > _MOST_SHOWN else []
            raise InvalidInput("\n".join([*wrong[:_MOST_SHOWN], *more]))
        return checked

    def _settings(
        self, target: Target, state: str | None, part: str | None, variables: Values, templated: bool = False
    ) -> Values:
        """``templated``: reading a variable resolves what is in it, as those of other hosts do."""

        def read(name: str) -> t.Any:
            return plain(variables[name]) if templated else self._value(name, variables)

        return settings_of(
            target,
            str(variables.get("inventory_hostname", "")),
            variables,
            read,
            {**os.environ, **environment_of(self._task, self._templar)},
            state=state,
            part=part,
            defaults=self._defaults,
        )

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


def places_of(
    targets: t.Iterable[Target], run_tags: t.Container[str] | None, skip_tags: t.Container[str] | None
) -> dict[str, tuple[Target, str | None]]:
    """Target and part of each inventory group, of those targets that the command line's tags leave to be run."""
    targets = [target for target in targets if target.name not in (skip_tags or ())]
    named = [target for target in targets if target.name in (run_tags or ())]
    out: dict[str, tuple[Target, str | None]] = {}
    for target in named or targets:
        for group in target.groups:
            part = group.removeprefix(f"{target.name}_")
            out[group] = (target, part if part in target.parts else None)
    return out
