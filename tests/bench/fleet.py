# SPDX-License-Identifier: GPL-3.0-or-later
"""A scenario of the test suite with many repositories instead of one."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from tests.integration.scenario import Scenario
from tests.integration.scenarios import SCENARIOS
from tests.sandbox.sandbox import Sandbox

from .measure import Bench, Measured

HOST = "shop"


@functools.cache
def scenarios() -> dict[str, type[Scenario]]:
    """The first scenario of each role that can be tried on this machine, by its name."""
    roles: dict[str, type[Scenario]] = {}
    for kind in SCENARIOS:
        if kind.why_not() is None:
            roles.setdefault(kind.__module__, kind)
    return {kind.name: kind for kind in roles.values()}


class Fleet:
    """``size`` converged repositories of one target, on a sandbox of their own."""

    def __init__(self, kind: type[Scenario], size: int, folder: Path) -> None:
        self.size = size
        folder.mkdir(parents=True)
        self.sandbox = Sandbox(root=folder / "sandbox")
        # What the services would allow in an hour is not what is measured.
        limits = self.sandbox.bitbucket.rate_limits.limits
        limits.update(dict.fromkeys(limits, 10**9))
        self.scenario = kind(self.sandbox, folder)
        self._enlarge()
        self.bench = Bench(self.sandbox, folder, self.scenario.environment)
        self.sandbox.start()

    def _enlarge(self) -> None:
        inventory: dict[str, Any] = yaml.safe_load(self.scenario.inventory_text())
        more = {slug: self.scenario.add_repository(slug) for slug in (f"{HOST}-{n:03}" for n in range(1, self.size))}
        for group in inventory["all"]["children"].values():
            if HOST in group.get("hosts", {}):
                group["hosts"].update(more)
        self.scenario.inventory.write_text(yaml.safe_dump(inventory, sort_keys=False))

    def converge(self) -> None:
        self.bench.run(self.scenario.site, self.scenario.inventory, extra=self.scenario.extra)

    def measure(self, playbook: str | Path | None = None, plan_first: bool = True) -> Measured:
        """A run of ``site``, or of a playbook of the caller's own for the same hosts.

        Without a plan first all hosts go through all tasks of their roles.
        """
        extra = {**self.scenario.extra, "repobridge_plan_first": plan_first}
        return self.bench.measure(playbook or self.scenario.site, self.scenario.inventory, extra=extra)

    def end(self) -> None:
        self.sandbox.stop()
