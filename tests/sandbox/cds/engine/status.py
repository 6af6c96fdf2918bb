# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service says at ``/mon/status``: facts, and the goroutines it has started. The answer is 200 whatever it says.

(engine/service/service.go: commonMonitoring; sdk/goroutine.go: GetStatus; Status in engine/hooks/hooks_handlers.go)
"""

from __future__ import annotations

from typing import Any

from ..versions import Version

RESYNC = "scheduler-resync-init"


def status_lines(kind: str, name: str, version: Version, now: str) -> list[dict[str, Any]]:
    facts = [("Version", version.text), ("Uptime", "1m0s"), ("Time", now)]
    lines = [_line(component, value) for component, value in facts + _goroutines(kind, version)]
    for line in lines:
        line |= {"type": kind} | ({"service": name, "hostname": "localhost"} if version.has_consumers else {})
    if kind == "hooks":
        # The engine adds these in another way, and they do not say whose they are.
        nobody = {"type": ""} | ({"service": "", "hostname": ""} if version.has_consumers else {})
        lines += [_line("Queue", "0") | nobody, _line("Balance", "0/0") | nobody]
    return lines


def _goroutines(kind: str, version: Version) -> list[tuple[str, str]]:
    """Since 0.48.0. One that has done its work is still expected to run, and so its line says AL for ever."""
    if not version.since(0, 48, 0):
        return []
    running = ["service_metrics"]
    if kind == "hooks" and version.era == "C":
        running += ["dequeueRepositoryEvent", "dequeueRepositoryEventCallback", "cleanRepositoryEvent"]
    out = [(f"goroutine/{name}", "Running") for name in running]
    return [*out, (f"goroutine/{RESYNC}", "NOT running")] if kind == "hooks" and version.has_resync else out


def _line(component: str, value: str) -> dict[str, Any]:
    return {"status": "AL" if value == "NOT running" else "OK", "component": component, "value": value}
