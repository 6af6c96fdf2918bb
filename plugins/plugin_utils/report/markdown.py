# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Markdown for a wiki or a comment of a pull request."""

from __future__ import annotations

import re

from .fields import ARROW
from .lines import blocks
from .plain_text import clean
from .statuses import Document, status_of
from .summary import Sentence, sentences
from .text import NOTHING, cell_text, shown_hosts
from .view import View, view_of

_TICKS = re.compile("`+")


def markdown(document: Document) -> str:
    """The document as Markdown (CommonMark with tables). Everything that comes from a service stands in code."""
    view = view_of(document)
    mode = "check mode, nothing was changed" if document["check_mode"] else "changes were made"
    parts = [
        f"# Report of {code(document['playbook'])}",
        f"{code(document['started'])} to {code(document['finished'])}; {mode}.",
        _table(view),
        *(
            " ".join(code(word) if status else word for word, status in one)
            for one in sentences(view, shown_hosts(view))
        ),
    ]
    for block in blocks(view):
        text = "\n".join(block.lines)
        fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
        targets = ", ".join(code(view.targets[name]) for name in block.targets)
        parts.append(f"### {targets}: {', '.join(code(host) for host in block.hosts)}")
        parts.append(f"{fence}text\n{text}\n{fence}")
    legend = [f"- {code(name)}: {status_of(name).meaning}" for name in view.counts]
    parts += (
        [f"A field is shown as actual {ARROW} expected value. What the statuses mean:", "\n".join(legend)]
        if legend
        else []
    )
    return "\n\n".join(filter(None, parts)) + "\n"


def code(text: str, in_table: bool = False) -> str:
    """``text`` as a code span, in which nothing is markup, a link or the name of a user."""
    text = clean(text) or " "
    ticks = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    space = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    span = f"{ticks}{space}{text}{space}{ticks}"
    return span.replace("|", r"\|") if in_table else span


def _sentence(words: Sentence) -> str:
    """The figures; the name of a status that this version does not know may be anything."""
    return " ".join(
        code(word.rstrip(",")) + word[len(word.rstrip(",")) :] if status else word for word, status in words
    )


def _table(view: View) -> str:
    shown = shown_hosts(view)
    if not shown:
        return ""
    rows = [["repository", *(code(title, True) for title in view.targets.values())], ["---"] * (1 + len(view.targets))]
    for host in shown:
        cells = (cell_text(view, host, target) for target in view.targets)
        rows.append([code(host, True), *(one if one == NOTHING else code(one, True) for one in cells)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
