# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs of a playbook at the same time, and runs that are killed: what exists afterwards exists once."""

from __future__ import annotations

import random
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.calls import Call
from tests.sandbox.sandbox import Sandbox

from .playbook import Started
from .scenario import Scenario
from .scenarios.oci_devops import OciDevops

pytestmark = pytest.mark.any_core

# Targets of which a creation is one in two runs. The others find what exists by names that their services keep unique.
SCENARIOS: tuple[type[Scenario], ...] = (OciDevops,)
each_scenario = pytest.mark.parametrize("kind", SCENARIOS, ids=lambda kind: kind.name)
KILLS = 6
# A run that does not come to the meeting is not waited for any longer (seconds); nothing depends on how long it is.
NO_LONGER = 30


@pytest.fixture
def scenario(kind: type[Scenario], tmp_path: Path) -> Iterator[Scenario]:
    if reason := kind.why_not():
        pytest.skip(reason)
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = kind(sandbox, tmp_path)
    sandbox.start()
    yield made
    sandbox.stop()


class Meeting:
    """Holds a creation until the other run sends the same one: neither has seen what the other creates."""

    def __init__(self) -> None:
        self.met: list[str] = []
        self.over = False
        self._barriers: dict[str, threading.Barrier] = defaultdict(lambda: threading.Barrier(2))
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> None:
        token = {name.lower(): value for name, value in call.headers.items()}.get("opc-retry-token", "")
        if self.over or not re.fullmatch("[0-9a-f]{64}", token):  # the SDK's own tokens are shorter
            return
        with self._lock:
            barrier = self._barriers[call.path]
        try:
            if barrier.wait(NO_LONGER) == 0:
                self.met.append(call.path)
        except threading.BrokenBarrierError:
            self.over = True


class Killer:
    """Kills a run at its ``number``-th call, which is applied all the same."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.run: Started | None = None

    def __call__(self, _call: Call) -> None:
        self.left -= 1
        if self.left == 0:
            assert self.run
            self.run.kill()


def converges_to_one_of_each(scenario: Scenario) -> None:
    scenario.sandbox.calls.watchers.clear()
    scenario.run(scenario.site).ok()
    assert scenario.made() == scenario.expected()
    scenario.verify()
    assert scenario.run(scenario.site).ok().changed == 0


@each_scenario
def test_two_runs_at_the_same_time_create_one_of_each(scenario: Scenario) -> None:
    meeting = Meeting()
    scenario.sandbox.calls.watchers.append(meeting)
    started = [scenario.begin(scenario.site, folder) for folder in ("one", "two")]
    for run in started:
        run.end().ok()
    assert scenario.made() == scenario.expected()
    # Both runs sent every creation before either was applied: names that happen to be unique prove nothing here.
    assert len(meeting.met) == sum(len(names) for names in scenario.expected().values()), meeting.met
    converges_to_one_of_each(scenario)


@each_scenario
def test_killed_runs_are_carried_on(scenario: Scenario) -> None:
    """At moments that differ from each other and are the same in every run of the tests."""
    calls = sum(scenario.budget.values())
    moments = random.Random(11)
    killed = 0
    for _ in range(KILLS):
        killer = Killer(moments.randint(1, 2 * calls))
        scenario.sandbox.calls.watchers[:] = [killer]
        killer.run = scenario.begin(scenario.site, "killed")
        killed += killer.run.end().returncode == -9
    assert killed, "no run was killed"
    converges_to_one_of_each(scenario)
