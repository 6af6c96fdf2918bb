# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports at the end of a run how many interruption points were tested: a number that silently shrinks would prove
less."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    points = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "crash_points" and report.when == "call"
    ]
    if points:
        terminalreporter.write_line(f"crash points tried: {sum(points)}")
