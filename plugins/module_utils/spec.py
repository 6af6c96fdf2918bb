# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs as data that can be put together: a service's common options, a module's own."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

_RULES = ("mutually_exclusive", "required_together", "required_one_of", "required_if")


@dataclass(frozen=True)
class ArgumentSpec:
    """The options of a module and the rules between them, in the terms of AnsibleModule."""

    options: dict[str, dict[str, t.Any]] = field(default_factory=dict)
    mutually_exclusive: list[t.Any] = field(default_factory=list)
    required_together: list[t.Any] = field(default_factory=list)
    required_one_of: list[t.Any] = field(default_factory=list)
    required_if: list[t.Any] = field(default_factory=list)
    required_by: dict[str, t.Any] = field(default_factory=dict)

    def __add__(self, other: ArgumentSpec) -> ArgumentSpec:
        """Both together; of two options of one name the right one counts."""
        rules = {rule: [*getattr(self, rule), *getattr(other, rule)] for rule in _RULES}
        return ArgumentSpec(
            {**self.options, **other.options}, required_by={**self.required_by, **other.required_by}, **rules
        )

    def rules(self) -> dict[str, t.Any]:
        """Everything but the options, as keyword arguments of AnsibleModule and ArgumentSpecValidator."""
        return {**{rule: getattr(self, rule) for rule in _RULES}, "required_by": self.required_by}


STATE = ArgumentSpec(
    {
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "create": {"type": "bool", "default": True},
    }
)


def update_secret(default: str, choices: t.Sequence[str] = ("on_change", "on_create", "always")) -> ArgumentSpec:
    """The option that all modules with a write-only value share. No ``on_change`` where a fingerprint has no place."""
    return ArgumentSpec(
        {
            "update_secret": {
                "type": "str",
                "choices": list(choices),
                "default": default,
                "no_log": False,
            }
        }
    )
