# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in an inventory that are probably misspelled: variables that no role documents, groups that no target has."""

from __future__ import annotations

import difflib
import typing as t

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS

from . import declared

# Typical misspellings of a variable: an additional or missing letter, a word in the wrong place.
_SIMILAR = 0.8
# A name with the prefix of one target's variables is meant for that target, so that a distant suggestion is still of use.
_ROUGHLY_SIMILAR = 0.6
# Of groups beside the right ones, only those that differ in case, separators or about one letter: a group with the first
# half of the name may be that of other hosts.
_SIMILAR_GROUP = 0.87
_OF_ANSIBLE = ("all", "ungrouped")


def groups_of_targets() -> list[str]:
    """The inventory groups of all targets."""
    return [group for target in TARGETS.values() for group in target.groups]


# -- variables ------------------------------------------------------------------------------------------------------------


def with_our_prefix(names: t.Iterable[str]) -> list[str]:
    """The names that no role documents, although they begin with a prefix of the collection's variables."""
    prefixes = ("repobridge_", *(prefix for target in TARGETS.values() for prefix in target.prefixes))
    # Roles register their results by the names of targets; an underscore precedes all other names that they set.
    known = declared.of_all().union(TARGETS, groups_of_targets())
    return [name for name in names if name.startswith(prefixes) and name not in known]


def unknown(names: t.Mapping[str, int]) -> list[str]:
    """A message for each variable that no role documents; ``names`` has the number of hosts of each.

    The prefix of a target is the collection's own, and every such name is reported. Other prefixes (``gitlab_``) are also used
    for variables of other purposes, so that only a name that is similar to a documented one is reported.
    """
    prefixes = tuple(f"{name}_" for name in TARGETS)
    out = []
    for name in sorted(with_our_prefix(names)):
        own = name.startswith(prefixes)
        near = nearest(name, declared.of_all(), _ROUGHLY_SIMILAR if own else _SIMILAR)
        if near or own:
            suggestion = f"; did you mean {near}?" if near else "."
            out.append(f"No role has a variable {name}{suggestion} It is set for {_counted(names[name])}.")
    return out


def nearest(name: str, known: t.Iterable[str], similar: float) -> str | None:
    """The most similar of the known names, if one is similar enough."""
    return next(iter(difflib.get_close_matches(name, known, 1, similar)), None)


# -- groups ---------------------------------------------------------------------------------------------------------------


def similar_group(name: str, similar: float = _SIMILAR_GROUP) -> str | None:
    """The group of the collection that ``name`` is similar to, but is not: ``GitLab-CI`` and ``ocidevops`` are."""
    known = groups_of_targets()
    if name in known or name in _OF_ANSIBLE:
        return None
    by_letters = {_letters(group): group for group in known}
    near = nearest(_letters(name), by_letters, similar)
    return by_letters[near] if near else None


def _letters(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def nobody(groups: t.Mapping[str, t.Collection[str]], limit: str = "") -> str:
    """The message for a run without a host in any group of the collection.

    ``groups`` are all of the inventory with their hosts, ``limit`` is what ``--limit`` says.
    """
    known = groups_of_targets()
    there = [group for group in known if groups.get(group)]
    if there:
        return (
            f"--limit {limit} leaves no host of the groups of this collection, so there is nothing to do. The inventory "
            f"has hosts in {', '.join(there)}."
        )
    lines = ["No host of the inventory is in a group of this collection, so there is nothing to do."]
    if not groups.get("all"):
        lines = ["The inventory has no host, or could not be parsed, so there is nothing to do."]
    empty = [group for group in known if group in groups]
    if empty:
        lines.append(f"Without a host: {', '.join(empty)}.")
    near = {name: similar_group(name, _ROUGHLY_SIMILAR) for name in groups}
    lines += [f"The inventory has a group {name}; did you mean {group}?" for name, group in near.items() if group]
    lines += hosts_like_groups(groups)
    return " ".join([*lines, f"The groups are {', '.join(known)}."])


def misspelled_groups(groups: t.Mapping[str, t.Collection[str]]) -> list[str]:
    """A message for each group that is similar to one of the collection, and has a host that is in none of that target's."""
    out = []
    for name, hosts in groups.items():
        near = similar_group(name)
        if near:
            target = next(target for target in TARGETS.values() if near in target.groups)
            left = set(hosts).difference(*(groups.get(group, ()) for group in target.groups))
            if left:
                out.append(
                    f"No target has a group {name}; did you mean {near}? It has {_counted(len(left))} that no group of "
                    f"{target.title} has."
                )
    return [*out, *hosts_like_groups(groups)]


def hosts_like_groups(groups: t.Mapping[str, t.Collection[str]]) -> list[str]:
    """A message for each host that has the name of a group."""
    hosts = set(groups.get("all", ()))
    names = [name for name in groups_of_targets() if name in hosts]
    return [
        f"There is a host {name}, which should be a group: check the indentation of the inventory." for name in names
    ]


def _counted(number: int) -> str:
    return "1 host" if number == 1 else f"{number} hosts"
