# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom schedules of OCI DevOps: recurrence rules of RFC 5545, section 3.3.10 (https://www.rfc-editor.org/rfc/rfc5545)."""

from __future__ import annotations

import re
from datetime import datetime

from ..core.errors import InvalidInput

try:
    from dateutil.rrule import rrulestr
except ImportError:  # the oci package brings it; without it only the form is checked
    rrulestr = None  # type: ignore[assignment]

_EXAMPLE = "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0;INTERVAL=1"
_CRON = re.compile(r"^\s*(@\w+|[-\w*/,?#]+(\s+[-\w*/,?#]+){4,6})\s*$")
_FREQUENCIES = ("SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def parts(rule: str) -> dict[str, str]:
    """A rule taken apart, so that two spellings of one can be compared: order, case, the name before it.

    :raises ValueError: it has not the form of one.
    """
    text = rule.strip().upper().removeprefix("RRULE:").strip(";")
    out = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value.strip():
            raise ValueError(f"{part!r} is not of the form NAME=VALUE")
        out[name.strip()] = value.strip()
    return out


def check(rule: str) -> None:
    """:raises InvalidInput: it is no recurrence rule, and least of all a cron expression."""
    if _CRON.match(rule):
        raise InvalidInput(
            f"custom_schedule {rule!r} is a cron expression; OCI DevOps takes a recurrence rule of RFC 5545",
            f"Every night at two (UTC) is {_EXAMPLE}.",
        )
    try:
        found = parts(rule)
        if found.get("FREQ") not in _FREQUENCIES:
            raise ValueError(f"FREQ must be one of {', '.join(_FREQUENCIES)}")
        if rrulestr:
            rrulestr(";".join(f"{name}={value}" for name, value in found.items()), dtstart=datetime(2026, 1, 1))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidInput(
            f"custom_schedule {rule!r} is not a recurrence rule of RFC 5545: {error}",
            f"Every night at two (UTC) is {_EXAMPLE}.",
        ) from None


def comparable(rule: str) -> str:
    """One spelling for all of one rule."""
    try:
        return ";".join(f"{name}={value}" for name, value in sorted(parts(rule).items()))
    except ValueError:
        return rule
