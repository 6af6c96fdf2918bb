# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of files that are generated: the lines between two comments that say so.

In Markdown ``<!-- begin: NAME (make generate) -->`` and ``<!-- end: NAME -->``, elsewhere ``# begin: NAME (make generate)`` and
``# end: NAME``, indented as what stands between them.
"""

from __future__ import annotations

import re

_BEGIN = r"(?:<!--|#) begin: {name} \(make generate\)(?: -->)?"
_END = r"(?:<!--|#) end: {name}(?: -->)?"
_ANY = r"[a-z][a-z -]*"


def _pattern(name: str) -> re.Pattern[str]:
    begin, end = _BEGIN.format(name=f"(?P<name>{name})"), _END.format(name="(?P=name)")
    return re.compile(rf"^(?P<begin>[ ]*{begin}\n)(?P<body>.*?)(?P<end>[ ]*{end}$)", re.MULTILINE | re.DOTALL)


def names(text: str) -> list[str]:
    """The names of all generated parts."""
    return [found["name"] for found in _pattern(_ANY).finditer(text)]


def filled(text: str, name: str, body: str) -> str:
    """The text with another body of one part. :raises LookupError: there is no such part."""
    out, count = _pattern(re.escape(name)).subn(lambda found: found["begin"] + body + found["end"], text)
    if count != 1:
        raise LookupError(f"{count} parts are named {name}")
    return out


def without(text: str) -> str:
    """The text without the bodies of its generated parts; the lines keep their numbers."""
    return _pattern(_ANY).sub(lambda found: found["begin"] + "\n" * found["body"].count("\n") + found["end"], text)
