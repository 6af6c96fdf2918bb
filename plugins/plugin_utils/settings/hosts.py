# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin ``hosts_by_setting``: which hosts of the play share something, found once for all of them."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import plain

Values = dict[str, t.Any]
ARGUMENTS = ("settings", "setting", "collect")


class HostsBySettingAction(ActionBase):
    """Reads what the module ``settings`` registered; calls no service and changes nothing."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: Values | None = None) -> Values:
        result: Values = super().run(tmp, task_vars)
        result["changed"] = False
        args = plain(self._task.args)
        wrong = sorted(set(args) ^ set(ARGUMENTS))
        if wrong:
            result.update({"failed": True, "msg": f"Needs {', '.join(ARGUMENTS)} and nothing else: {', '.join(wrong)}"})
            return result
        variables = task_vars or {}
        found = {
            host: variables["hostvars"][host].get(args["settings"]) or {} for host in variables["ansible_play_hosts"]
        }
        return {**result, "groups": grouped(found, args["setting"], args["collect"])}


def grouped(settings: dict[str, Values], by: str, collect: list[str]) -> Values:
    """Hosts that have the same value of one setting; of the hosts that are to have it, and of the others, some settings.

    ``settings`` are those of each host, in the order of the play; a host without the setting is left out.
    """
    groups: Values = {}
    for host, own in settings.items():
        if by not in own:
            continue
        group = groups.setdefault(str(own[by]), {"first": {}, "present": _none(collect), "absent": _none(collect)})
        state = str(own["state"])
        group["first"].setdefault(state, str(host))
        for name in collect:
            group[state][name].append(plain(own.get(name)))
    return groups


def _none(names: list[str]) -> Values:
    return {name: [] for name in names}
