# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variable of the inventory governs a field: read from the roles' task lists, which are data."""

from __future__ import annotations

import re
import typing as t
from functools import cache

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.link import Link
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.actions import operation_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.lists import Task, Unsupported, variables_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared

_NAME = re.compile(r"\b[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")


# Settings that say which object is meant, not how it is to be.
_CHOICES = ("state", "place", "foundation")


def governing(task: Task, path: str) -> str:
    """The variable that governs the field ``path`` of the task's resource, or "" if there is none, or more than one.

    The task's option of the field's name refers to a setting, whose name is that of the variable without the target's prefix.
    """
    if task.role not in TARGETS:
        return ""
    parts = [part for part in re.split(r"[.\[]", path) if part]
    # The field of a link begins with the name of its part.
    names = parts[1:2] if _is_link(task.action) else parts[:1]
    args = task.args if isinstance(task.args, dict) else {}
    for name in names:
        settings = _settings(task.role, args[name]) if name in args else [name]
        found = {variable for one in settings if one not in _CHOICES and (variable := _variable(task.role, one))}
        if len(found) == 1:
            return found.pop()
    return ""


@cache
def _is_link(action: str) -> bool:
    try:
        return issubclass(operation_of(action), Link)
    except Unsupported:
        return False


def _settings(target: str, expression: t.Any, seen: frozenset[str] = frozenset()) -> list[str]:
    """The settings that an expression refers to, also by variables of the role."""
    if isinstance(expression, (dict, list)):
        values = expression.values() if isinstance(expression, dict) else expression
        return [one for value in values for one in _settings(target, value, seen)]
    if not isinstance(expression, str):
        return []
    out: list[str] = []
    for name in _NAME.findall(expression):
        first, _dot, rest = name.partition(".")
        if first == target and rest:
            out.append(rest)
        elif first in variables_of(target) and first not in seen:
            out += _settings(target, variables_of(target)[first], seen | {first})
    return out


@cache
def _variable(target: str, setting: str) -> str:
    """The declared variable for ``a.b``: that of the whole path, or of its last part."""
    known = declared.of_target(target)
    parts = setting.split(".")
    names = ["_".join(parts), parts[-1], "_".join([parts[0].removesuffix("_options"), *parts[1:]])]
    prefixes = (f"{target}_", *TARGETS[target].prefixes)
    return next((f"{prefix}{name}" for name in names for prefix in prefixes if f"{prefix}{name}" in known), "")
