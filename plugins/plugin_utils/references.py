# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References to what a task has registered, such as ``{{ settings.project }}``, without compiling a template for each.

ansible-core compiles each expression of a task's options in the worker of that task, which takes about a millisecond. The options
of roles are mostly references to results. Only what is certain is resolved here: parts of a dict, whose values are no templates.
Everything else, and everything that might be an error, is left to ansible-core.
"""

from __future__ import annotations

import re
import typing as t

try:
    from ansible.template import is_trusted_as_template
except ImportError:  # ansible-core < 2.19 does not ask actions to resolve options

    def is_trusted_as_template(value: object) -> bool:
        """Nothing is resolved here."""
        return False


# Not resolved here.
UNKNOWN = object()
_REFERENCE = re.compile(r"\{\{ ?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+) ?\}\}")
# What a name after a dot means before it means a key.
_METHODS = frozenset(dir(dict))


def referenced(value: t.Any, variables: t.Mapping[str, t.Any]) -> t.Any:
    """The value that a reference stands for, or UNKNOWN."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if found is None or not is_trusted_as_template(value):
        return UNKNOWN
    name, *keys = found.group(1).split(".")
    there = variables.get(name)
    for key in keys:
        if not isinstance(there, dict) or key in _METHODS or key not in there:
            return UNKNOWN
        there = there[key]
    return there if _is_final(there) else UNKNOWN


def _is_final(value: t.Any) -> bool:
    """Whether there is nothing in it that ansible-core would resolve: a template, or an encrypted text."""
    if isinstance(value, str):
        return "{" not in value or not is_trusted_as_template(value)
    if isinstance(value, dict):
        return all(_is_final(key) and _is_final(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_is_final, value))
    return value is None or isinstance(value, (bool, int, float))
