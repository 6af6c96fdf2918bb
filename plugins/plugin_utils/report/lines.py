# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a report that one can act on: what differs, by repository and target."""

from __future__ import annotations

import re
import typing as t
from collections import defaultdict
from dataclasses import dataclass

from .fields import by_key, entry_text
from .plain_text import clean, shorten
from .statuses import Document, status_of
from .view import Entry, View, view_of

# A value and a line are shortened to so many columns.
VALUE, LINE = 60, 1000
# The same in files.
LONG_VALUE = 2000
# So many lines of a diff are shown; the other formats have all of them.
DIFF = 40
# From so many repositories on, lines that differ in nothing but the name of the repository are shown once.
ALIKE = 3
REPOSITORY = "<repository>"
# What tells one failed request from another.
_REQUEST = re.compile(r" ?\(request [^()]*\)")
# These say nothing about a resource; the same is often true for many repositories.
_ACCESS = ("error", "forbidden", "left out")

Lines = tuple[str, ...]


def lines(document: Document, color: bool = False) -> list[str]:
    """Everything that differs, one line each for a resource and for a field; the same for several repositories is shown once."""
    view = view_of(document)
    return [
        line for block in blocks(view, color) for line in (block.heading(view), *(f"  {one}" for one in block.lines))
    ]


@dataclass(frozen=True)
class Block:
    """Lines that are the same for all ``hosts`` in all ``targets``."""

    hosts: tuple[str, ...]
    targets: tuple[str, ...]
    lines: Lines

    def heading(self, view: View) -> str:
        """Which repositories and targets these are."""
        number = f"{len(self.hosts)} repositories, " if len(self.hosts) >= ALIKE else ""
        return f"{number}{', '.join(view.targets[name] for name in self.targets)}: {', '.join(map(clean, self.hosts))}"


def blocks(view: View, color: bool = False) -> list[Block]:
    """All findings; first what differs, then what could not be looked at."""
    states, access = [], []
    for cell in [(host, target) for host in view.hosts for target in view.targets]:
        found = view.entries.get(cell, ())
        state = tuple(one for entry in found if entry.status not in _ACCESS for one in _of_entry(entry, color))
        states += [(cell, state)] if state else []
        access += [(cell, tuple(_of_entry(entry, color))) for entry in found if entry.status in _ACCESS]
    out: list[Block] = []
    for cells, shown in [*_folded(view, states), *_folded(view, access)]:
        hosts, targets = (tuple(dict.fromkeys(names)) for names in zip(*cells, strict=True))
        if len(set(cells)) == len(hosts) * len(targets):
            out.append(Block(hosts, targets, shown))
        else:
            out += [
                Block(tuple(dict.fromkeys(h for h, name in cells if name == one)), (one,), shown) for one in targets
            ]
    return out


def _of_entry(entry: Entry, color: bool) -> t.Iterator[str]:
    name = f"{clean(entry.status):<9}"
    code = status_of(entry.status).color if color else ""
    begin = f"\x1b[{code}m{name}\x1b[0m" if code else name
    message = [line for line in entry.message if line]
    texts = [*facts(entry, VALUE), *(message if len(message) > 1 else [])]
    alone = len(texts) == 1 and not message
    said = [*(texts if alone else []), *(message if len(message) == 1 else [])]
    yield f"{begin} {shorten(': '.join(filter(None, [entry.title, *said])), LINE)}"
    yield from (f"    {shorten(text, LINE)}" for text in texts if not alone)
    for diff in entry.diffs:
        yield from (f"    {shorten(line, LINE)}" for line in diff[:DIFF])
        if len(diff) > DIFF:
            yield f"    … {len(diff) - DIFF} more lines of the diff are in the files of the report"


def facts(entry: Entry, width: int) -> list[str]:
    """The fields of an entry, one line for each entry of a collection, and what adopts it."""
    return [
        *(entry_text(fields, width) for fields in by_key(entry.fields, entry.keyed)),
        *([f"to adopt it, set {entry.adopt}"] if entry.adopt else []),
    ]


def details(entry: Entry) -> list[str]:
    """Everything about an entry but its status and its title."""
    return [*entry.message, *facts(entry, LONG_VALUE), *(line for diff in entry.diffs for line in diff)]


Cells = list[tuple[str, str]]


def _folded(view: View, found: list[tuple[tuple[str, str], Lines]]) -> list[tuple[Cells, Lines]]:
    """The lines of cells that are the same, once, in the order of the first of each."""
    keys = [_generic(view, host, shown) for (host, _target), shown in found]
    alike: dict[Lines, set[str]] = defaultdict(set)
    for key, ((host, _target), _shown) in zip(keys, found, strict=True):
        alike[key].add(host)
    out: dict[Lines, Cells] = {}
    for key, (cell, exact) in zip(keys, found, strict=True):
        out.setdefault(key if len(alike[key]) >= ALIKE else exact, []).append(cell)
    return [(cells, shown) for shown, cells in out.items()]


def _generic(view: View, host: str, shown: Lines) -> Lines:
    """The lines without what only this repository has: its names, and the ids of requests."""
    repository = view.repositories.get(host, "")
    names = {repository, repository.rpartition("/")[2], clean(host)} - {""}
    if not names:
        return shown
    pattern = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    text = _REQUEST.sub("", "\0".join(shown))
    return tuple(re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda _found: REPOSITORY, text).split("\0"))
