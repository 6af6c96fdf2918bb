# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a report: how many cells have each status, and how much of what exists is managed."""

from __future__ import annotations

import math
import typing as t

from .plain_text import clean
from .statuses import Document
from .view import View

# Words that stay together, each with the status that it is about.
Sentence = list[tuple[str, str | None]]


def sentences(view: View, shown: t.Collection[str]) -> list[Sentence]:
    """The figures of a document. ``shown``: the hosts that have a row in the table."""
    with_row = set(shown)
    folded = [
        any((host, target) in view.cells for target in view.targets) for host in view.hosts if host not in with_row
    ]
    well, idle = folded.count(True), folded.count(False)
    more = "more " if shown else ""
    texts = [f"{_number(well, f'{more}repository is', f'{more}repositories are')} ok in all targets"] if well else []
    texts += [f"{_number(idle, f'{more}repository has', f'{more}repositories have')} no target"] if idle else []
    counts: Sentence = [(f"{number} {clean(name)}", name) for name, number in view.counts.items()]
    words: Sentence = [*((f"{text},", name) for text, name in counts[:-1]), *counts[-1:]]
    size = (
        f"{_number(len(view.hosts), 'repository', 'repositories')}, {_number(len(view.targets), 'target', 'targets')}:"
    )
    out = [_plain(text) for text in texts] + [[(size, None), *(words or _plain("nothing was looked at"))]]
    managed = managed_text(view.document)
    return [*out, _plain(managed)] if managed else out


def _plain(text: str) -> Sentence:
    return [(word, None) for word in text.split()]


def _number(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def managed_text(document: Document) -> str:
    """How much of what exists is managed, or ""."""
    managed = document.get("managed")
    if not managed:
        return ""
    share = share_of(document)
    percent = f" ({share})" if share else ""
    known = sum(managed[name] for name in ("managed", "unmanaged", "ignored"))
    return (
        f"{managed['managed']} of {known} resources are managed{percent}, "
        f"{managed['unmanaged']} unmanaged, {managed['ignored']} ignored"
    )


def share_of(document: Document) -> str:
    """The share of what exists that is managed, rounded down, so that 100 % means all of it; or ""."""
    share = (document.get("managed") or {}).get("share")
    return "" if share is None else f"{math.floor(share * 1000 + 1e-9) / 10:g} %"
