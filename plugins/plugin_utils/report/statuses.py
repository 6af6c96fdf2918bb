# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of findings, and how the formats order and name them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

Document = dict[str, t.Any]


@dataclass(frozen=True)
class Status:
    """``meaning`` is for people who read a report; ``verdict`` decides how CI systems count it (JUnit, SARIF)."""

    name: str
    meaning: str
    verdict: t.Literal["error", "failure", "skipped", "passed"]
    # SGR parameters of a terminal.
    color: str = ""


_ALL = (
    Status("error", "The target could not be evaluated for this repository.", "error", "1;31"),
    Status("forbidden", "The credential lacks a permission, so that the state is unknown.", "error", "31"),
    Status("missing", "The inventory requires a resource that does not exist.", "failure", "35"),
    Status("drift", "A resource exists, and differs from the inventory.", "failure", "33"),
    Status("unmanaged", "A resource does a managed job, and no inventory variable claims it.", "failure", "36"),
    Status("changed", "A resource differed, and this run brought it to its state.", "passed", "34"),
    Status("left out", "It was not looked at.", "skipped", "2"),
    Status("ok", "Everything is as the inventory requires.", "passed", "32"),
)
KNOWN = {status.name: status for status in _ALL}
OK = "ok"


def status_of(name: str) -> Status:
    """A status by its name. One that a newer version has added is treated as a failure, so that nobody overlooks it."""
    return KNOWN.get(name) or Status(name, "This version of the report does not know the status.", "failure", "33")


def statuses_of(document: Document) -> list[str]:
    """All statuses of a document, the most serious first; unknown ones come before ``ok``."""
    used = {finding["status"] for finding in document["findings"]} | set(document["counts"])
    used.update(status for target in document["targets"] for status in target["hosts"].values())
    unknown = sorted(used - set(KNOWN))
    return [*(name for name in KNOWN if name != OK), *unknown, OK]
