# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's variables -> the settings of one target, whoever needs them: a task of a role, or the plan of all hosts."""

from __future__ import annotations

import typing as t

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given, Target

from . import declared
from .ignored import rules_of
from .values import Values, is_blank, typed, without_blanks

# The value of a variable. :raises InvalidInput: it can't be resolved.
Read = t.Callable[[str], t.Any]
# What the play's own ``module_defaults`` say for all modules of a service.
Defaults = t.Callable[[str], Values]


def no_defaults(_service: str) -> Values:
    """For a play without ``module_defaults`` of its own."""
    return {}


def settings_of(
    target: Target,
    host: str,
    names: t.Container[str],
    read: Read,
    environment: t.Mapping[str, str],
    *,
    state: str | None = None,
    part: str | None = None,
    defaults: Defaults = no_defaults,
) -> Values:
    """The settings of ``target`` for ``host``, which has the variables ``names``.

    ``state`` counts in place of the target's own variable; ``part`` is what a host is for that is no repository. Connection
    options of the host's variables come on top of those of ``defaults``.

    :raises InvalidInput: a value is of the wrong type, or contradicts another.
    """
    options = declared.of_target(target.name)
    given = without_blanks({name: read(name) for name in options if name in names}, target.blank)
    if state:
        given[f"{target.name}_state"] = state
    values = typed(options, given)
    seen = Given(values, {name: value for name, value in environment.items() if not is_blank(value)}, host)
    settings = (target.parts[part] if part else target.resolve)(seen)
    settings["unmarked"] = "manage" if state == "absent" and seen["repobridge_teardown_adopted"] else "keep"
    settings["ignore_unmanaged"] = rules_of(seen["repobridge_ignore_unmanaged"] or [])
    settings["connection"] = {
        service: {**defaults(service), **settings["connection"].get(service, {})} for service in target.services
    }
    return settings
