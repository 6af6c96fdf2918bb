# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JUnit XML: one test suite for each target, one test case for each finding, and for each repository without one."""

from __future__ import annotations

import io
import typing as t
from collections import Counter

from ansible.errors import AnsibleError

from .lines import details, facts
from .plain_text import clean, shorten
from .statuses import Document, status_of
from .view import Entry, View, view_of

# Of the "message" of a result; its text has everything.
_SUMMARY = 300


def junit(document: Document) -> str:
    """The document as JUnit XML. :raises AnsibleError: the Python package junitparser is not installed."""
    try:
        import junitparser
    except ImportError as error:
        raise AnsibleError(
            "A report in the format junit needs the Python package junitparser on the controller: pip install junitparser"
        ) from error
    view = view_of(document)
    xml = junitparser.JUnitXml(f"repobridge.bitbucket {clean(document['playbook'])}")
    for target, title in view.targets.items():
        suite = junitparser.TestSuite(title)
        suite.timestamp = clean(document["started"]).removesuffix("Z")
        suite.add_property("target", clean(target))
        suite.add_property("check_mode", str(bool(document["check_mode"])).lower())
        names: Counter[str] = Counter()
        cases = []
        for host in view.hosts:
            if (host, target) in view.cells:
                cases += [_case(junitparser, view, one, names) for one in _entries(view, host, target)]
        suite.add_testcases(cases)
        xml.add_testsuite(suite)
    written = io.BytesIO()
    xml.write(written, pretty=True)
    return written.getvalue().decode()


def _entries(view: View, host: str, target: str) -> tuple[Entry, ...]:
    cell = (host, target)
    return view.entries.get(cell) or (Entry(cell, view.cells[cell], "", ""),)


def _case(package: t.Any, view: View, entry: Entry, names: Counter[str]) -> t.Any:
    """A test case. Its name is the same in every run, and unique: readers of JUnit XML keep one case of each name."""
    name = f"{entry.host}: {entry.resource}" if entry.resource else entry.host
    names[name] += 1
    case = package.TestCase(name if names[name] == 1 else f"{name} ({names[name]})", clean(entry.cell[1]) or "host")
    verdict = status_of(entry.status).verdict
    lines = details(entry)
    if verdict == "passed":
        if entry.title:
            case.system_out = "\n".join([f"{clean(entry.status)}: {entry.title}", *lines])
        return case
    kind = {"error": package.Error, "failure": package.Failure, "skipped": package.Skipped}[verdict]
    title = f"{clean(entry.status)}: {entry.title}"
    result = kind(
        shorten("; ".join([title, *entry.message[:1], *facts(entry, _SUMMARY)]), _SUMMARY), clean(entry.status)
    )
    result.text = "\n".join([title, *lines])
    case.result = [result]
    return case
