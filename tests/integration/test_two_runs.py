# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs of a playbook at the same time, and runs that are killed: afterwards each object exists once.

If a service returns a value only once, each of two runs needs its own: the guarantee is that one further run leaves
one.
"""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.calls import Call
from tests.sandbox.sandbox import Sandbox

from .playbook import Started
from .scenario import Scenario
from .scenarios import SCENARIOS

pytestmark = pytest.mark.any_core

TOGETHER = [kind for kind in SCENARIOS if kind.together]
KILLED = [kind for kind in SCENARIOS if kind.killed]
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

    def __init__(self, scenario: Scenario) -> None:
        self.met: list[str] = []
        self.over = False
        self._scenario = scenario
        self._barriers: dict[str, threading.Barrier] = defaultdict(lambda: threading.Barrier(2))
        self._first: dict[str, Call] = {}
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> None:
        creation = self._scenario.contested(call)
        if self.over or creation is None or creation in self.met:
            return
        with self._lock:
            barrier = self._barriers[creation]
            first = self._first.setdefault(creation, call)
        try:
            if barrier.wait(NO_LONGER) == 0:
                self.met.append(creation)
        except threading.BrokenBarrierError:
            self.over = True
        if creation in self._scenario.in_turn and first is not call:
            until = time.monotonic() + NO_LONGER
            while first.status is None and time.monotonic() < until:
                time.sleep(0.01)


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


def one_of_each(scenario: Scenario, besides: tuple[str, ...] = ()) -> None:
    made, expected = (
        {k: v for k, v in kinds.items() if k not in besides} for kinds in (scenario.made(), scenario.expected())
    )
    assert made == expected


def converges_to_one_of_each(scenario: Scenario) -> None:
    """One run leaves one of each, and the next finds nothing to do."""
    scenario.sandbox.calls.watchers.clear()
    scenario.run_here(scenario.site).ok()
    one_of_each(scenario)
    scenario.verify()
    assert scenario.run_here(scenario.site).ok().changed == 0


@pytest.mark.parametrize("kind", TOGETHER, ids=lambda kind: kind.name)
def test_two_runs_at_the_same_time_create_one_of_each(scenario: Scenario) -> None:
    meeting = Meeting(scenario)
    scenario.sandbox.calls.watchers.append(meeting)
    started = [scenario.begin(scenario.site, folder) for folder in ("one", "two")]
    ended = [run.end() for run in started]
    if not scenario.may_fail_together:
        for run in ended:
            run.ok()
    one_of_each(scenario, scenario.own_of_each_run)
    # Both runs sent every creation before either was applied: names that happen to be unique prove nothing here.
    assert len(meeting.met) == scenario.meetings(), meeting.met
    converges_to_one_of_each(scenario)


@pytest.mark.parametrize("kind", KILLED, ids=lambda kind: kind.name)
def test_killed_runs_are_carried_on(scenario: Scenario) -> None:
    """At moments that differ from each other and are the same in every run of the tests."""
    calls = sum(scenario.budget.values())
    moments = random.Random(11)
    killed = 0
    for _ in range(scenario.kills):
        killer = Killer(moments.randint(1, 2 * calls))
        scenario.sandbox.calls.watchers[:] = [killer]
        killer.run = scenario.begin(scenario.site, "killed")
        killed += killer.run.end().returncode == -9
    assert killed, "no run was killed"
    converges_to_one_of_each(scenario)
