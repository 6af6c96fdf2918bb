# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of all hosts of a play, checked for every target before anything is created anywhere."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError, InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Target
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import plain

from .resolve import Defaults, no_defaults, settings_of

# What the option ``target`` says for all targets whose groups a host is in.
ALL = "all"
_MOST_SHOWN = 20


def check_all(
    hosts: t.Mapping[str, t.Mapping[str, t.Any]],
    state: str | None,
    environment: t.Mapping[str, str],
    run_tags: t.Container[str] | None,
    skip_tags: t.Container[str] | None,
    defaults: Defaults = no_defaults,
) -> dict[str, int]:
    """How many hosts were checked, by their groups. ``hosts`` are their variables; reading one resolves it.

    :raises InvalidInput: names everything that is wrong, of all hosts.
    """
    checked: dict[str, int] = {}
    wrong: list[str] = []
    places = places_of(TARGETS.values(), run_tags, skip_tags)
    for host, own in hosts.items():
        for group in filter(places.__contains__, own["group_names"]):
            target, part = places[group]
            checked[group] = checked.get(group, 0) + 1
            try:
                settings_of(target, host, own, reader(own), environment, state=state, part=part, defaults=defaults)
            except (BridgeError, AnsibleError) as error:
                wrong.append(f"{target.name}, settings of {host}: {error}")
    if wrong:
        more = [f"… and {len(wrong) - _MOST_SHOWN} more"] if len(wrong) > _MOST_SHOWN else []
        raise InvalidInput("\n".join([*wrong[:_MOST_SHOWN], *more]))
    return checked


def reader(variables: t.Mapping[str, t.Any]) -> t.Callable[[str], t.Any]:
    """Reads variables that resolve what is in them, as those of ``hostvars`` do."""
    return lambda name: plain(variables[name])


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
