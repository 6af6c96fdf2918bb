# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A field that differs, as text: ``visibility: public → private``."""

from __future__ import annotations

import difflib
import json
import typing as t
from dataclasses import dataclass

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.redact import HIDDEN

from .plain_text import clean, clean_lines, shorten_both

NOT_SET, SECRET = "not set", "(hidden)"
DIFFERS = "differs"
ARROW = "→"
_WHOLE = (("present", "absent"), ("absent", "present"))
# The words that stand for a value that is no text; a text that is the same word is quoted.
_WORDS = (NOT_SET, SECRET, DIFFERS, "")


@dataclass(frozen=True)
class Field:
    """``actual`` and ``expected`` are the same if the difference is hidden. ``diff``: of a text with several lines."""

    path: str
    actual: str
    expected: str
    # The inventory variable that governs it, or "".
    variable: str = ""
    diff: tuple[str, ...] = ()
    # Whether it is something with fields of its own, which is to be created or deleted.
    whole: bool = False

    @property
    def hidden(self) -> bool:
        """Whether only the fact that it differs may be shown, or can be."""
        return self.actual == self.expected

    def text(self, width: int, name: str | None = None) -> str:
        """The difference, with each value in at most ``width`` columns."""
        named = f"{self.path if name is None else name}: ".removeprefix(": ")
        if self.hidden:
            return f"{named.removesuffix(': ')} {DIFFERS}".strip()
        if self.diff:
            return f"{named}text {DIFFERS}"
        actual, expected = shorten_both(self.actual, self.expected, width)
        return f"{named}{actual} {ARROW} {expected}"


def field_of(drift: dict[str, t.Any]) -> Field:
    """A field of a finding's ``drift``."""
    actual, expected = drift.get("actual"), drift.get("expected")
    texts = isinstance(actual, str) and isinstance(expected, str) and "\n" in actual.strip("\n") + expected.strip("\n")
    return Field(
        clean(drift.get("path") or ""),
        value_text(actual),
        value_text(expected),
        clean(drift.get("variable") or ""),
        _diff_of(t.cast(str, actual), t.cast(str, expected)) if texts and actual != expected else (),
        isinstance(expected, dict) or (actual, expected) in _WHOLE,
    )


def value_text(value: t.Any) -> str:
    """A value in one line. Different values never have the same text, unless one of them is hidden."""
    if value is None:
        return NOT_SET
    if value == HIDDEN:
        return SECRET
    if isinstance(value, str) and value.strip() == value and value not in _WORDS and not _is_json(value):
        return clean(value)
    return clean(json.dumps(value, ensure_ascii=False, default=str))


def _is_json(text: str) -> bool:
    """Whether a text reads as a value of another type (``true``, ``7``) or as a quoted text."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _diff_of(actual: str, expected: str) -> tuple[str, ...]:
    return tuple(difflib.unified_diff(clean_lines(actual), clean_lines(expected), "actual", "expected", lineterm=""))


def by_key(fields: t.Sequence[Field], keyed: bool) -> list[list[Field]]:
    """The fields, one by one; those of one entry of a collection with keys (``NAME.value``, ``NAME.masked``) together."""
    groups: dict[t.Any, list[Field]] = {}
    for number, field in enumerate(fields):
        key = field.path.rpartition(".")[0] if keyed and not field.whole else ""
        groups.setdefault(key or number, []).append(field)
    return list(groups.values())


def entry_text(fields: t.Sequence[Field], width: int) -> str:
    """The fields of one entry in one line: ``variables.NAME: value differs, masked: false → true (variable)``."""
    key = fields[0].path.rpartition(".")[0]
    if len(fields) == 1:
        text = fields[0].text(width)
    else:
        text = f"{key}: " + ", ".join(field.text(width, field.path.removeprefix(f"{key}.")) for field in fields)
    variables = ", ".join(dict.fromkeys(field.variable for field in fields if field.variable))
    return f"{text}  ({variables})" if variables else text
