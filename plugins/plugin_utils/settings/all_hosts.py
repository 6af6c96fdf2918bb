# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of all hosts of a play, checked for every target before anything is created anywhere."""

from __future__ import annotations

import typing as t
from collections import Counter

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError, InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Target
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.in_process import plain

from .conflicts import Conflicts
from .names import groups_of_targets, misspelled_groups, nobody, unknown, with_our_prefix
from .resolve import Defaults, no_defaults, settings_of

Variables = t.Mapping[str, t.Any]

# What the option ``target`` says for all targets whose groups a host is in.
ALL = "all"
# In any host's variables: what is probably a mistake is an error, not a warning.
STRICT = "repobridge_strict"
_MOST_SHOWN = 20


def _quiet(_warning: str) -> None:
    """Nobody is warned."""


def check_all(
    hosts: t.Mapping[str, t.Mapping[str, t.Any]],
    groups: t.Mapping[str, t.Collection[str]],
    state: str | None,
    environment: t.Mapping[str, str],
    run_tags: t.Container[str] | None,
    skip_tags: t.Container[str] | None,
    defaults: Defaults = no_defaults,
    limit: str = "",
    warn: t.Callable[[str], None] = _quiet,
) -> dict[str, int]:
    """How many hosts were checked, by their groups.

    ``hosts`` are the variables of those of the play that are in a group of ours; reading one resolves it. ``groups`` are
    all of the inventory.

    :raises InvalidInput: names everything that is wrong, of all hosts; or that there is no host.
    """
    if not hosts:
        raise InvalidInput(nobody(groups, limit))
    checked: dict[str, int] = {}
    wrong: list[str] = []
    conflicts = Conflicts(environment)
    names: Counter[str] = Counter()
    strict = False
    places = places_of(TARGETS.values(), run_tags, skip_tags)
    for host, own in hosts.items():
        names.update(with_our_prefix(own))
        strict = strict or (STRICT in own and boolean(own[STRICT], strict=False))
        for group in filter(places.__contains__, own["group_names"]):
            target, part = places[group]
            checked[group] = checked.get(group, 0) + 1
            try:
                settings = settings_of(
                    target, host, own, reader(own), environment, state=state, part=part, defaults=defaults
                )
            except (BridgeError, AnsibleError) as error:
                wrong.append(f"{target.name}, settings of {host}: {error}")
            else:
                if part is None:
                    conflicts.add(target, host, settings)
    wrong += conflicts.found
    mistakes = [*misspelled_groups(groups), *unknown(names)]
    if strict:
        wrong += mistakes
    elif not checked:
        mistakes.append(f"No host is in a group that the tags select: {', '.join(places)}.")
    for mistake in () if strict else mistakes:
        warn(mistake)
    if wrong:
        more = [f"… and {len(wrong) - _MOST_SHOWN} more"] if len(wrong) > _MOST_SHOWN else []
        raise InvalidInput("\n".join([*wrong[:_MOST_SHOWN], *more]))
    return checked


def of_ours(
    hosts: t.Iterable[str], groups: t.Mapping[str, t.Collection[str]], variables: t.Callable[[str], Variables]
) -> dict[str, Variables]:
    """The variables of those of the hosts that are in a group of a target; of others nothing is read."""
    members = {host for group in groups_of_targets() for host in groups.get(group, ())}
    return {host: variables(host) for host in hosts if host in members}


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
