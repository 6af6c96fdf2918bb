# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page that needs no other file: page.html.j2 with page.css.j2 and page.js."""

from __future__ import annotations

import base64
import hashlib
import json
import typing as t
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .fields import Field
from .plain_text import clean
from .statuses import KNOWN, OK, Document, status_of
from .summary import share_of
from .view import View, view_of

_HERE = Path(__file__).resolve().parent
# Characters that could end the element of the data, or begin another one.
_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}
TITLES = {"site": "Site", "audit": "Audit", "teardown": "Teardown"}


def html(document: Document) -> str:
    """The document as a page. Scripts and styles other than its own are not executed: it names their digests."""
    view = view_of(document)
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["safe_class"] = _class_of
    style = environment.get_template("page.css.j2").render(columns=len(view.targets))
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    page = environment.get_template("page.html.j2").render(
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; base-uri 'none'; form-action 'none'",
        data=Markup(json.dumps(_data(view)).translate(_IN_SCRIPT)),
        title=TITLES.get(document["playbook"]) or clean(document["playbook"]),
        check_mode=document["check_mode"],
        period=_period(str(document["started"]), str(document["finished"])),
        statuses=[(name, status_of(name).meaning, number) for name, number in view.counts.items()],
        bar=_bar(view),
        share=share_of(document),
        managed=document.get("managed"),
        differing=sum(_differs(view, host) for host in view.hosts),
        targets=list(view.targets.values()),
        rows=[_row(view, host) for host in view.hosts],
        ok=OK,
    )
    return page + "\n"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _class_of(status: str) -> str:
    """The class of a status; all unknown ones have the same."""
    return status.replace(" ", "-") if status in KNOWN else "unknown"


def _differs(view: View, host: str) -> bool:
    return any(view.cells.get((host, target), OK) != OK for target in view.targets)


def _row(view: View, host: str) -> dict[str, t.Any]:
    repository = view.repositories.get(host, "")
    cells = [(view.cells.get((host, target)), len(view.entries.get((host, target), ()))) for target in view.targets]
    return {
        "name": clean(host),
        "repository": repository if repository != host else "",
        "url": view.urls.get(host, ""),
        "cells": [(clean(status) if status is not None else None, number) for status, number in cells],
    }


def _bar(view: View) -> list[tuple[str, float, float]]:
    """Each status with its begin and its width in a bar of 100 units."""
    total = sum(view.counts.values())
    out, begin = [], 0.0
    for name, number in view.counts.items():
        out.append((name, round(begin, 3), round(100 * number / total, 3)))
        begin += 100 * number / total
    return out


def _period(started: str, finished: str) -> str:
    try:
        begin, end = (datetime.fromisoformat(one).astimezone(UTC) for one in (started, finished))
    except ValueError:
        return clean(f"{started} to {finished}")
    day = f"{begin:%d %B %Y}, {begin:%H:%M}".lstrip("0")
    last = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%d %B %Y}, {end:%H:%M}".lstrip("0")
    return f"{day} UTC" if (begin.date(), f"{begin:%H:%M}") == (end.date(), last) else f"{day} to {last} UTC"


def _data(view: View) -> list[dict[str, t.Any]]:
    """The findings for page.js; ``cell`` are the numbers of the row and of the column."""
    rows = {host: number for number, host in enumerate(view.hosts)}
    columns = {target: number for number, target in enumerate(view.targets)}
    return [
        {
            "cell": f"{rows[entry.cell[0]]}-{columns[entry.cell[1]]}",
            "status": clean(entry.status),
            "style": _class_of(entry.status),
            "title": entry.title,
            "fields": [_field(one) for one in entry.fields],
            "diffs": [list(one) for one in entry.diffs],
            "message": list(entry.message),
            "adopt": entry.adopt,
        }
        for entry in view.in_order
    ]


def _field(one: Field) -> dict[str, t.Any]:
    names = ("path", "actual", "expected", "variable", "hidden")
    return {name: getattr(one, name) for name in names} | {"text": bool(one.diff)}
