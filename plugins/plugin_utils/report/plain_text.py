# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that is safe to show: no control characters, no invisible characters, a known width in a terminal.

Names and messages in a report come from services and inventories. A terminal would execute their escape sequences, XML 1.0
forbids most control characters, and characters that change the direction of writing can make one name look like another.
"""

from __future__ import annotations

import typing as t
import unicodedata
from functools import lru_cache

from ansible.utils.display import get_text_width

ELLIPSIS = "…"
# Control, format (zero width, direction of writing), surrogate, line and paragraph separator.
_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
# A text may consist of characters without a width; this many of them in a column count as too long.
_CHARACTERS_PER_COLUMN = 4


def clean(text: t.Any) -> str:
    """``text`` in one line, with every character that is not safe to show replaced by its escape sequence."""
    text = str(text)
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def clean_lines(text: t.Any) -> list[str]:
    """The lines of ``text``, each of them cleaned; without white space at their ends and empty lines at both ends."""
    return [clean(line.rstrip().expandtabs(4)) for line in str(text).strip("\r\n").replace("\r\n", "\n").split("\n")]


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    number = ord(character)
    if unicodedata.category(character) not in _UNSAFE and number & 0xFFFE != 0xFFFE and not 0xFDD0 <= number <= 0xFDEF:
        return character
    escaped = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return escaped or (
        f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
    )


def width_of(text: str) -> int:
    """The columns that a cleaned text takes in a terminal."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    try:
        return get_text_width(character)
    except OSError:  # the C library has no width for it, or the locale is not UTF-8
        return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """``text`` in at most ``width`` columns: what is too long lacks its middle, because names differ at their ends."""
    if len(text) <= width * _CHARACTERS_PER_COLUMN and width_of(text) <= width:
        return text
    kept = max(width - 1, 0)
    tail = kept // 2
    return _first(text, kept - tail) + ELLIPSIS + _first(text[::-1], tail)[::-1] if width > 0 else ""


def _first(text: str, width: int) -> str:
    taken = 0
    for number, character in enumerate(text[: width * _CHARACTERS_PER_COLUMN]):
        taken += _columns(character)
        if taken > width:
            return text[:number]
    return text[: width * _CHARACTERS_PER_COLUMN]


def shorten_both(one: str, other: str, width: int) -> tuple[str, str]:
    """Two different texts in at most ``width`` columns each, so that they still differ: what they share is left out first."""
    short = shorten(one, width), shorten(other, width)
    if short[0] != short[1] or one == other:
        return short
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    begin = max(start - width // 4, 0)

    def part(text: str) -> str:
        body = _first(text[begin:], width - 2)
        return (ELLIPSIS if begin else "") + body + (ELLIPSIS if begin + len(body) < len(text) else "")

    return part(one), part(other)


def pad(text: str, width: int) -> str:
    """``text`` with spaces up to a width of ``width`` columns."""
    return text + " " * (width - width_of(text))
