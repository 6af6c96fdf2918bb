# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all formats say of a finding; they differ only in how they write it."""

from __future__ import annotations

import json
import re
import typing as t
from collections import Counter
from dataclasses import dataclass

from .fields import Field, field_of
from .plain_text import clean, clean_lines
from .statuses import Document, status_of, statuses_of

_URL = re.compile(r"https?://[A-Za-z0-9\[][!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]*")
# Kinds of resources that are collections with keys (module_utils/core/keyed.py).
_KEYED = "_variables"
# What a run did, where a status says that it has been done.
_DONE = {"create": "created", "update": "updated", "delete": "deleted", "restore": "restored"}


@dataclass(frozen=True)
class Entry:
    """A finding as text. ``cell`` is the repository and the target as the document names them."""

    cell: tuple[str, str]
    status: str
    # What it is about: "update gitlab_project acme/shop".
    title: str
    # The resource alone: "gitlab_project acme/shop", or the task where it has none.
    resource: str
    fields: tuple[Field, ...] = ()
    diff: tuple[str, ...] = ()
    message: tuple[str, ...] = ()
    # The line of an inventory that adopts what is unmanaged.
    adopt: str = ""
    # Whether its fields are entries with keys.
    keyed: bool = False

    @property
    def host(self) -> str:
        return clean(self.cell[0])

    @property
    def target(self) -> str:
        return clean(self.cell[1])

    @property
    def diffs(self) -> list[tuple[str, ...]]:
        """The unified diffs of its texts and files."""
        return [diff for diff in (*(field.diff for field in self.fields), self.diff) if diff]


def entry_of(finding: dict[str, t.Any]) -> Entry:
    """A finding of a document as text."""
    status, action = str(finding["status"]), clean(finding.get("action") or "")
    resource = clean(f"{finding.get('kind') or ''} {finding.get('name') or ''}".strip())
    return Entry(
        (finding["host"], finding["target"]),
        status,
        _title(status, action, resource, clean(finding.get("where") or ""))
        or clean(finding.get("task") or finding.get("module") or ""),
        resource or clean(finding.get("task") or finding.get("module") or ""),
        tuple(field_of(one) for one in finding.get("drift") or ()),
        tuple(clean_lines(finding.get("diff") or "")) if (finding.get("diff") or "").strip() else (),
        tuple(clean_lines(finding.get("message") or "")) if (finding.get("message") or "").strip() else (),
        _adopt(finding),
        str(finding.get("kind") or "").endswith(_KEYED),
    )


def _title(status: str, action: str, resource: str, where: str) -> str:
    if not resource:
        return ""
    if status == "missing":
        return f"{action or 'create'} {resource}"
    if status == "drift":
        return f"{action or 'update'} {resource}"
    if status == "changed":
        return f"{_DONE.get(action, action or 'changed')} {resource}"
    if status == "unmanaged":
        return f"{resource} exists ({where})" if where else f"{resource} exists"
    return resource


def _adopt(finding: dict[str, t.Any]) -> str:
    if not finding.get("variable"):
        return ""
    # JSON is YAML, and quotes what YAML would read as something else.
    return clean(f"{finding['variable']}: {json.dumps(finding.get('value'), ensure_ascii=False, default=str)}")


@dataclass(frozen=True)
class View:
    """A document with its gaps filled: every finding has a row and a column, and every cell that differs has an entry."""

    document: Document
    hosts: tuple[str, ...]
    # Titles by the names of the targets.
    targets: dict[str, str]
    cells: dict[tuple[str, str], str]
    entries: dict[tuple[str, str], tuple[Entry, ...]]
    # The names of the hosts' repositories in Bitbucket, where they are known.
    repositories: dict[str, str]
    # Their pages, where the document has an address that a browser or a reader of SARIF may follow.
    urls: dict[str, str]

    @property
    def in_order(self) -> t.Iterator[Entry]:
        """The entries, repository by repository and in the order of the targets."""
        for host in self.hosts:
            for target in self.targets:
                yield from self.entries.get((host, target), ())

    @property
    def counts(self) -> dict[str, int]:
        """How many cells have each status, the most serious first; only statuses that occur."""
        found = Counter(self.cells.values())
        return {name: found[name] for name in statuses_of(self.document) if found[name]}


def view_of(document: Document) -> View:
    """Everything that a format shows. A finding of an unknown host or target (a host that failed early) gets a place too."""
    order = statuses_of(document)
    entries: dict[tuple[str, str], list[Entry]] = {}
    for finding in document["findings"]:
        entry = entry_of(finding)
        entries.setdefault(entry.cell, []).append(entry)
    cells = {(host, one["name"]): state for one in document["targets"] for host, state in one["hosts"].items()}
    for cell, found in entries.items():
        states = [entry.status for entry in found] + ([cells[cell]] if cell in cells else [])
        cells[cell] = min(states, key=order.index)
    for cell, state in cells.items():
        if state != order[-1] and cell not in entries:
            entries[cell] = [Entry(cell, state, "no details", "", message=(status_of(state).meaning,))]
    known = {one["name"]: clean(one.get("title") or one["name"]) for one in document["targets"]}
    others = {target: clean(target) or "host" for _host, target in cells if target not in known}
    hosts = dict.fromkeys([*(one["name"] for one in document["hosts"]), *(host for host, _target in cells)])
    return View(
        document,
        tuple(hosts),
        {**others, **known},
        cells,
        {cell: tuple(sorted(found, key=lambda one: order.index(one.status))) for cell, found in entries.items()},
        {one["name"]: clean(one["repository"]) for one in document["hosts"] if one.get("repository")},
        {one["name"]: str(one["url"]) for one in document["hosts"] if _URL.fullmatch(str(one.get("url") or ""))},
    )
