# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is unmanaged and known to be: the variable ``repobridge_ignore_unmanaged``."""

from __future__ import annotations

import typing as t
from datetime import date

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput

from .values import Values, is_blank

VARIABLE = "repobridge_ignore_unmanaged"
KEYS = ("kind", "name", "reason", "until")


def rules_of(given: list[Values]) -> list[Values]:
    """The rules of a host: ``kind`` and ``name`` (patterns), ``reason``, and ``until`` (a day as YYYY-MM-DD).

    :raises InvalidInput: one of them is malformed.
    """
    return [_rule(one, f"{VARIABLE}[{number}]") for number, one in enumerate(given)]


def _rule(given: t.Any, what: str) -> Values:
    if not isinstance(given, dict):
        raise InvalidInput(f"{what} is not a dictionary", f"It has the keys {', '.join(KEYS)}.")
    wrong = sorted(set(map(str, given)) - set(KEYS))
    missing = [name for name in KEYS if is_blank(given.get(name))]
    if wrong:
        raise InvalidInput(f"{what} has unknown keys: {', '.join(wrong)}", f"Known are {', '.join(KEYS)}.")
    if missing:
        raise InvalidInput(
            f"{what} has no {' and no '.join(missing)}",
            "What is ignored needs a kind, a name (patterns such as * are possible), a reason and an end date.",
        )
    rule = {name: str(given[name]).strip() for name in KEYS}
    try:
        day = date.fromisoformat(rule["until"])
    except ValueError:
        raise InvalidInput(f"{what}.until is not a date: {rule['until']}", "Give it as YYYY-MM-DD.") from None
    return {**rule, "until": day.isoformat()}
