# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The spellings of a text: escaped for JSON, HTML, URLs, a shell or Python, by any library, once or several times.

Encoders differ in what they escape and how (``/`` is ``\\/`` in the JSON of PHP, ``<`` is ``\\u003c`` in that of Go and
Rails, ``"`` is ``&#34;``, ``&#x22;`` or ``&quot;``), so each character is searched in all its forms, independent of the
form of its neighbours.
"""

from __future__ import annotations

import html.entities
import re
import typing as t
from functools import cache

# The characters that an encoder adds may be encoded again by the next encoder.
_PERCENT = r"%(?:25)*"
_NUMBER = r"(?:#|%(?:25)*23)0*"
_END = r"(?:;|%(?:25)*3[Bb])"
_AMPERSAND = r"(?:&|%(?:25)*26|\\+u0026)(?:amp;)*"
_BACKSLASH = rf"(?:\\|{_PERCENT}5[Cc]|{_AMPERSAND}(?:{_NUMBER}(?:92|[xX]5[cC])|bsol){_END})"
# White space as one unit: texts are wrapped, indented and squeezed on their way.
_SPACE = (
    rf"(?:[ \t\r\n\f\v]|\+|{_PERCENT}(?:0[9A-Da-d]|20|2[Bb])|{_BACKSLASH}+(?:[nrtfv]|(?:u00|x)(?:0[9A-Da-d]|20))"
    rf"|{_AMPERSAND}(?:nbsp|{_NUMBER}(?:9|10|13|32|160|[xX]0*(?:9|[aAdD]|20))){_END})+"
)
# Letters and digits have no other form.
_BASE64 = re.compile(r"[+/=]")
_OTHER = re.compile(r"[ \t\r\n\f\v]+|[^A-Za-z0-9]")
_IN_BASE64 = {
    "+": rf"(?:[-+]|{_PERCENT}2[Bb]|{_BACKSLASH}+u002[Bb]|{_AMPERSAND}{_NUMBER}(?:43|x2[Bb]){_END})",
    "/": rf"(?:{_BACKSLASH}*[/_]|{_PERCENT}2[Ff]|{_BACKSLASH}+u002[Ff]|{_AMPERSAND}{_NUMBER}(?:47|x2[Ff]){_END})",
    "=": rf"(?:=|{_PERCENT}3[Dd]|{_BACKSLASH}+u003[Dd]|{_AMPERSAND}{_NUMBER}(?:61|x3[Dd]){_END})",
}


def spelling(value: str) -> str:
    """A regular expression for ``value`` in all its forms."""
    return _OTHER.sub(lambda found: _character(found.group()), value)


def base64_spelling(value: str) -> str:
    """The same for base64, of either alphabet."""
    return _BASE64.sub(lambda found: _IN_BASE64[found.group()], value)


@cache
def _character(character: str) -> str:
    """A pattern for one character, or for white space."""
    if character.isspace() and character.isascii():
        return _SPACE
    if character == "\\":
        return rf"(?:{_BACKSLASH}+(?:(?i:u005c|x5c))?)+"
    forms = [_encoded(character)]
    # Quoted for a shell, YAML or CSV: written as several characters, which may be encoded again.
    forms += [
        _each(map(_encoded, several)) for several in {"'": ("'\"'\"'", "'\\''", "''"), '"': ('""',)}.get(character, ())
    ]
    if not character.isascii():
        # UTF-8 taken for something else.
        raw = character.encode("utf-8", "surrogateescape")
        forms += [_each(map(_encoded, raw.decode("latin-1"))), _each(rf"{_BACKSLASH}+x(?i:{byte:02x})" for byte in raw)]
        forms.append("\ufffd")
    return f"(?:{'|'.join(reversed(forms))})"


@cache
def _encoded(character: str) -> str:
    code = ord(character)
    raw = character.encode("utf-8", "surrogateescape")
    forms = [
        re.escape(character),
        _each(rf"{_PERCENT}(?i:{byte:02x})" for byte in raw),
        _html(character),
    ]
    if code > 0xFFFF:
        pair = character.encode("utf-16-be")
        forms += [
            _each(rf"{_BACKSLASH}+u(?i:{pair[at : at + 2].hex()})" for at in (0, 2)),
            rf"{_BACKSLASH}+U(?i:{code:08x})",
        ]
    else:
        forms.append(rf"{_BACKSLASH}+u(?i:{code:04x})")
    if code < 0x100:
        forms += [rf"{_BACKSLASH}+x(?i:{code:02x})", rf"{_PERCENT}(?i:{code:02x})"]
    return rf"{_BACKSLASH}*(?:{'|'.join(forms)})"


def _each(patterns: t.Iterable[str]) -> str:
    return "".join(patterns)


def _html(character: str) -> str:
    code = ord(character)
    names = [name[:-1] for name, text in html.entities.html5.items() if text == character and name.endswith(";")]
    numbers = rf"{_NUMBER}(?:{code}|[xX]0*(?i:{code:x}))"
    return rf"{_AMPERSAND}(?:{'|'.join([numbers, *names])}){_END}"
