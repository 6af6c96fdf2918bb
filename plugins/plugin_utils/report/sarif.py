# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SARIF 2.1.0, the format of results of static analysis: one result for each finding, one rule for each status."""

from __future__ import annotations

import hashlib
import json
import re
import typing as t
from functools import cache
from pathlib import Path

from .lines import details
from .plain_text import clean
from .statuses import OK, Document, status_of, statuses_of
from .view import Entry, View, view_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "failure": "warning", "skipped": "none", "passed": "none"}
# A result that is no failure has no level; its kind says what it is.
_KINDS = {"error": "fail", "failure": "fail", "skipped": "open", "passed": "informational"}
# "[text](number)" is a link in a message of SARIF.
_LINK = re.compile(r"\](?=\()")


def sarif(document: Document) -> dict[str, t.Any]:
    """The document as a log of SARIF. Repositories that are ``ok`` are not in it: readers show every result as a problem."""
    view = view_of(document)
    statuses = [name for name in statuses_of(document) if name != OK]
    results = [_result(view, entry, statuses) for entry in view.in_order]
    run = {
        "tool": {"driver": {**_TOOL, "version": _version(), "rules": [_rule(name) for name in statuses]}},
        "automationDetails": {"id": f"repobridge.bitbucket/{clean(document['playbook'])}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not any(status_of(entry.status).verdict == "error" for entry in view.in_order),
                **{name: document[key] for name, key in _TIMES if _TIME.fullmatch(str(document[key]))},
            }
        ],
        "results": results,
        "properties": {"counts": view.counts, "checkMode": bool(document["check_mode"])},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


_TOOL = {
    "name": "repobridge.bitbucket",
    "informationUri": "https://github.com/repobridge/ansible-collection-bitbucket",
}
_TIMES = (("startTimeUtc", "started"), ("endTimeUtc", "finished"))
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@cache
def _version() -> str:
    """The version of the collection."""
    root = Path(__file__).resolve().parents[3]
    manifest = root / "MANIFEST.json"
    if manifest.is_file():
        return str(json.loads(manifest.read_text())["collection_info"]["version"])
    found = re.search(r"^version: (\S+)$", (root / "galaxy.yml").read_text(), re.MULTILINE)
    return found[1] if found else "0.0.0"


def _rule(name: str) -> dict[str, t.Any]:
    status = status_of(name)
    return {
        "id": clean(name).replace(" ", "-"),
        "name": "".join(word.capitalize() for word in clean(name).split()),
        "shortDescription": {"text": status.meaning},
        "defaultConfiguration": {"level": _LEVELS[status.verdict]},
    }


def _result(view: View, entry: Entry, statuses: list[str]) -> dict[str, t.Any]:
    verdict = status_of(entry.status).verdict
    parts = [entry.host, entry.target, entry.resource]
    place: dict[str, t.Any] = {
        "logicalLocations": [
            {"name": entry.resource or entry.host, "fullyQualifiedName": "/".join(filter(None, parts))}
        ]
    }
    if entry.cell[0] in view.urls:
        place["physicalLocation"] = {"artifactLocation": {"uri": view.urls[entry.cell[0]]}}
    title = f"{entry.host}, {view.targets[entry.cell[1]]}: {clean(entry.status)}: {entry.title}"
    return {
        "ruleId": clean(entry.status).replace(" ", "-"),
        "ruleIndex": statuses.index(entry.status),
        "kind": _KINDS[verdict],
        "level": _LEVELS[verdict],
        "message": {"text": _LINK.sub(r"\\]", "\n".join([title, *details(entry)]))},
        "locations": [place],
        # The same finding of another run, whatever the values are.
        "partialFingerprints": {"resource/v1": _digest(parts + [one.path for one in entry.fields])},
        "properties": {
            "host": entry.host,
            "target": entry.target,
            "status": clean(entry.status),
            "fields": [
                {"path": one.path, "variable": one.variable}
                | ({"hidden": True} if one.hidden else {"actual": one.actual, "expected": one.expected})
                for one in entry.fields
            ],
        },
    }


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
