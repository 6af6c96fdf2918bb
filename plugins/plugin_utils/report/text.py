# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a report in a terminal: one row for each repository, one column for each target."""

from __future__ import annotations

from .plain_text import clean, pad, shorten, width_of
from .statuses import OK, Document, status_of
from .summary import Sentence, sentences
from .view import View, view_of

# With more hosts than this, those without a difference are one line.
MANY = 20
NOTHING = "-"
_GAP = "  "
# Names of hosts and titles of targets are not shortened to less.
_HOST, _TITLE = 24, 8


def table(document: Document, width: int, color: bool = False) -> str:
    """The table, no line of it wider than ``width``, and a line with the counts. ``color``: with SGR sequences."""
    view = view_of(document)
    shown = shown_hosts(view)
    hosts = {host: clean(host) for host in shown}
    first = max([len("repository"), *map(width_of, hosts.values())])
    cells = [_widest_cell(view, shown, target) for target in view.targets]
    wanted = sum(
        max(cell, width_of(title)) + len(_GAP) for cell, title in zip(cells, view.targets.values(), strict=True)
    )
    room = max(width - first, min(wanted, width - min(first, _HOST)), max(cells, default=0) + len(_GAP))
    first = min(first, max(width - room, 1))
    lines: list[str] = []
    for columns in _blocks(view, shown, room) if shown else []:
        titles = _GAP.join(pad(title, size) for _target, title, size in columns)
        lines.append(f"{pad(shorten('repository', first), first)}{_GAP}{titles}".rstrip())
        lines += [_row(view, host, hosts[host], first, columns, color) for host in shown]
        lines.append("")
    return "\n".join([*lines, *(line for one in sentences(view, shown) for line in _wrapped(one, width, color))])


def shown_hosts(view: View) -> list[str]:
    """The hosts that get a row."""
    if len(view.hosts) <= MANY:
        return list(view.hosts)
    return [host for host in view.hosts if set(_states(view, host)) - {OK}]


def _states(view: View, host: str) -> list[str]:
    return [view.cells[host, target] for target in view.targets if (host, target) in view.cells]


def cell_text(view: View, host: str, target: str) -> str:
    status = view.cells.get((host, target))
    if status is None:
        return NOTHING
    number = len(view.entries.get((host, target), ()))
    return f"{clean(status)} ({number})" if number > 1 else clean(status)


def _widest_cell(view: View, shown: list[str], target: str) -> int:
    return max([1, *(width_of(cell_text(view, host, target)) for host in shown)])


def _blocks(view: View, shown: list[str], room: int) -> list[list[tuple[str, str, int]]]:
    """The columns (target, title, width), in as many tables as it takes to fit into ``room``."""
    cells = {target: _widest_cell(view, shown, target) for target in view.targets}
    longest = {target: max(cells[target], width_of(title)) for target, title in view.targets.items()}
    shortest = {target: max(cells[target], min(_TITLE, longest[target])) for target in view.targets}
    spare = room - sum(size + len(_GAP) for size in shortest.values())
    blocks: list[list[tuple[str, str, int]]] = [[]]
    used = 0
    for target, title in view.targets.items():
        more = min(max(spare, 0), longest[target] - shortest[target])
        spare -= more
        size = min(shortest[target] + more, max(room - len(_GAP), 1))
        if blocks[-1] and used + size + len(_GAP) > room:
            blocks.append([])
            used = 0
        blocks[-1].append((target, shorten(title, size), size))
        used += size + len(_GAP)
    return blocks


def _row(view: View, host: str, name: str, first: int, columns: list[tuple[str, str, int]], color: bool) -> str:
    cells = [
        _painted(pad(shorten(cell_text(view, host, target), size), size), view.cells.get((host, target)), color)
        for target, _title, size in columns
    ]
    return f"{pad(shorten(name, first), first)}{_GAP}{_GAP.join(cells)}".rstrip()


def _painted(text: str, status: str | None, color: bool) -> str:
    """``text`` in the color of a status; spaces at its end stay without."""
    code = status_of(status).color if color and status else ""
    bare = text.rstrip()
    return f"\x1b[{code}m{bare}\x1b[0m{text[len(bare) :]}" if code else text


def _wrapped(words: Sentence, width: int, color: bool) -> list[str]:
    """Words in lines of at most ``width`` columns, each in the color of its status."""
    lines: list[list[str]] = []
    used = 0
    for word, status in words:
        if not lines or used + 1 + width_of(word) > width:
            lines.append([])
            used = -1
        lines[-1].append(_painted(shorten(word, width), status, color))
        used += 1 + width_of(word)
    return [" ".join(line) for line in lines]
