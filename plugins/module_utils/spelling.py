# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How else a text may be written: escaped for JSON, HTML, URLs, a shell or Python, by any library, once or several times.

Encoders differ in what they escape and how (``/`` is ``\\/`` in the JSON of PHP, ``<`` is ``\\u003c`` in that of Go and Rails,
``"`` is ``&#34;``, ``&#x22;`` or ``&quot;``), so each character is looked for in all its forms, whichever form its neighbours have.
"""

from __future__ import annotations

import html.entities
import re
import typing as t
from functools import cache

# White space as one unit: texts are wrapped, indented and squeezed on their way.
_SPACE = (
    r"(?:[ \t\r\n\f\v]|\+|%(?:25)*(?:0[9A-Da-d]|20)|\\+(?:[nrtfv]|(?:u00|x)(?:0[9A-Da-d]|20))"
    r"|&(?:amp;)*(?:nbsp|#0*(?:9|10|13|32|160)|#[xX]0*(?:9|[aAdD]|20));)+"
)
# Letters and digits have no other form.
_OTHER = re.compile(r"[ \t\r\n\f\v]+|[^A-Za-z0-9]")


def spelling(value: str) -> str:
    """A regular expression for ``value`` in all its forms."""
    return _OTHER.sub(lambda found: _character(found.group()), value)


@cache
def _character(character: str) -> str:
    if character.isspace() and character.isascii():
        return _SPACE
    code = ord(character)
    raw = character.encode("utf-8", "surrogateescape")
    forms = [
        *{"'": [r"'\"'\"'", r"'\\+''", "''"], '"': ['""']}.get(character, []),
        r"\\+" if character == "\\" else rf"\\*{re.escape(character)}",
        _each(rf"%(?:25)*(?i:{byte:02x})" for byte in raw),
        _html(character),
    ]
    if code > 0xFFFF:
        pair = character.encode("utf-16-be")
        forms += [
            _each(rf"\\+u(?i:{pair[at : at + 2].hex()})" for at in (0, 2)),
            rf"\\+U(?i:{code:08x})",
        ]
    else:
        forms.append(rf"\\+u(?i:{code:04x})")
    if code < 0x100:
        forms += [rf"\\+x(?i:{code:02x})", rf"%(?:25)*(?i:{code:02x})"]
    if not character.isascii():
        # UTF-8 taken for something else.
        forms += [_each(rf"\\+x(?i:{byte:02x})" for byte in raw), re.escape(raw.decode("latin-1")), "\ufffd"]
    return f"(?:{'|'.join(forms)})"


def _each(patterns: t.Iterable[str]) -> str:
    return "".join(patterns)


def _html(character: str) -> str:
    code = ord(character)
    names = [name[:-1] for name, text in html.entities.html5.items() if text == character and name.endswith(";")]
    return rf"&(?:amp;)*(?:#0*{code}|#[xX]0*(?i:{code:x})|{'|'.join(names) or '(?!)'});"
