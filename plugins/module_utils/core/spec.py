# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs as data that can be combined: the common options of a service, and those of a module."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.common.parameters import env_fallback

_RULES = ("mutually_exclusive", "required_together", "required_one_of", "required_if")
# Terms that AnsibleModule does not know; input.py uses them.
_INPUT = ("blank", "tokens", "passwords", "urls", "addresses", "checks")

Check = t.Callable[[dict[str, t.Any]], None]


def env_set(*variables: str) -> t.Any:
    """As ``env_fallback``, but an empty variable counts as not set: AWX exports one for each field that was left blank.

    :raises AnsibleFallbackNotFound: none of them has a value.
    """
    return env_fallback(*(name for name in variables if os.environ.get(name, "").strip()))


def env(*variables: str, type: str = "str", **more: t.Any) -> dict[str, t.Any]:
    """An option that falls back to the first of these environment variables that has a value."""
    return {"type": type, "fallback": (env_set, list(variables)), **more}


def each(names: t.Iterable[str], type: str = "str", **more: t.Any) -> dict[str, dict[str, t.Any]]:
    """Several options that differ only in their names."""
    return {name: {"type": type, **more} for name in names}


@dataclass(frozen=True)
class ArgumentSpec:
    """The options of a module and the rules between them, in the terms of AnsibleModule; and the rules for input.py.

    ``blank``: options for which an empty string is a value; for all others it counts as not set. ``tokens`` are sent in a
    header unchanged, ``passwords`` are encoded first; surrounding white space is removed from both. ``urls`` must be
    addresses to which requests can be sent, ``addresses`` well-formed ones. ``checks`` reject all other invalid values.
    Sub-options are named with a dot.
    """

    options: dict[str, dict[str, t.Any]] = field(default_factory=dict)
    mutually_exclusive: list[t.Any] = field(default_factory=list)
    required_together: list[t.Any] = field(default_factory=list)
    required_one_of: list[t.Any] = field(default_factory=list)
    required_if: list[t.Any] = field(default_factory=list)
    required_by: dict[str, t.Any] = field(default_factory=dict)
    blank: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    passwords: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    def __add__(self, other: ArgumentSpec) -> ArgumentSpec:
        """Both combined; of two options of one name the right one applies."""
        rules: dict[str, t.Any] = {rule: [*getattr(self, rule), *getattr(other, rule)] for rule in _RULES}
        inputs: dict[str, t.Any] = {name: (*getattr(self, name), *getattr(other, name)) for name in _INPUT}
        return ArgumentSpec(
            {**self.options, **other.options},
            required_by={**self.required_by, **other.required_by},
            **rules,
            **inputs,
        )

    def rules(self) -> dict[str, t.Any]:
        """Everything but the options, as keyword arguments of AnsibleModule and ArgumentSpecValidator."""
        return {**{rule: getattr(self, rule) for rule in _RULES}, "required_by": self.required_by}


PRESENCE = ArgumentSpec({"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}})
STATE = PRESENCE + ArgumentSpec({"create": {"type": "bool", "default": True}})


def update_secret(default: str, choices: t.Sequence[str] = ("on_change", "on_create", "always")) -> ArgumentSpec:
    """The option that all modules with a write-only value share. No ``on_change`` if there is no field for a
    fingerprint."""
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
