# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one document of plain values, which all formats are rendered from. Its schema is docs/report.schema.json."""

from __future__ import annotations

import typing as t
from collections import Counter

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS

from .findings import Values
from .found import Cells

SCHEMA_VERSION = 1
_UNKNOWN = {"repository": "", "url": ""}


def document(
    cells: Cells,
    findings: list[Values],
    repositories: dict[str, dict[str, str]],
    *,
    playbook: str,
    check_mode: bool,
    started: str,
    finished: str,
    managed: Values | None = None,
) -> Values:
    """The document. Times are UTC, in ISO 8601."""
    counts = Counter(status for hosts in cells.values() for status in hosts.values())
    names = sorted({host for hosts in cells.values() for host in hosts})
    return {
        "schema_version": SCHEMA_VERSION,
        "playbook": playbook,
        "check_mode": check_mode,
        "started": started,
        "finished": finished,
        "counts": dict(counts),
        **({"managed": managed} if managed else {}),
        "hosts": [{"name": name, **_UNKNOWN, **repositories.get(name, {})} for name in names],
        "targets": [{"name": name, "title": TARGETS[name].title, "hosts": hosts} for name, hosts in cells.items()],
        "findings": findings,
    }


def summary(report: Values) -> Values:
    """What later jobs of a workflow get (``set_stats``): counts, and the hosts that are not as they should be."""
    hosts = {host for target in report["targets"] for host, status in target["hosts"].items() if status not in _WELL}
    return {
        "playbook": report["playbook"],
        "check_mode": report["check_mode"],
        "counts": report["counts"],
        "differs": len(hosts),
        "hosts": sorted(hosts),
    }


_WELL = ("ok", "changed", "left out")


def reasons_to_fail(report: Values, fail_on: t.Collection[str], failed: t.Container[str]) -> str:
    """Why the run is to fail: how many repositories of each target have one of the statuses; "" if none has.

    ``failed`` are hosts that have failed already.
    """
    parts = []
    for target in report["targets"]:
        counts = Counter(s for host, s in _statuses(report, target["name"]) if s in fail_on and host not in failed)
        if counts:
            parts.append(f"{target['title']}: " + ", ".join(f"{counts[one]} {one}" for one in fail_on if counts[one]))
    return "; ".join(parts)


def _statuses(report: Values, target: str) -> set[tuple[str, str]]:
    """Host and status of each finding, once."""
    return {(one["host"], one["status"]) for one in report["findings"] if one["target"] == target}
