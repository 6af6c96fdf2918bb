# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of ``make bench`` that no change may worsen: ratios of CPU seconds within one run, with a wide margin."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.operation import FEWEST
from tests.bench.fleet import Fleet
from tests.bench.measure import Measured, cpu_seconds
from tests.bench.plot import steps
from tests.bench.report import fleet_costs, task_costs
from tests.bench.tasks import BASE, Case, Tasks
from tests.sandbox.sandbox import Sandbox

from .scenario import OF_A_RUN
from .scenarios import SCENARIOS

pytestmark = [pytest.mark.any_core, pytest.mark.xdist_group("bench")]
BURN = "import time\nwhile time.process_time() < {}: pass\n"
ROUNDS = 2
# The longest role.
LONGEST = max(SCENARIOS, key=lambda kind: 0 if kind.variant or kind.why_not() else kind.task_results)


def test_cpu_of_the_whole_tree_is_counted_and_nothing_else() -> None:
    """A grandchild counts; a thread of the measuring process does not, nor another child of it, as the sandbox's git is."""
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN.format(0.6)!r}], check=True)"
    ended = threading.Event()

    def busy() -> None:
        subprocess.run([sys.executable, "-c", BURN.format(1.5)], check=True)
        while not ended.is_set():
            sum(range(1000))

    other = threading.Thread(target=busy)
    other.start()
    try:
        with subprocess.Popen([sys.executable, "-c", child], start_new_session=True) as process:
            found = cpu_seconds(process)
    finally:
        ended.set()
        other.join()
    assert process.returncode == 0
    assert 0.6 <= found < 1.4


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tasks]:
    with Sandbox() as sandbox:
        tasks = Tasks(sandbox, tmp_path_factory.mktemp("bench") / "tasks", only=("webhook",))
        tasks.converge()
        yield tasks


def test_a_task_in_the_controller_costs_little_more_than_debug(tasks: Tasks) -> None:
    """Two to three times as much, and a module process ten times; more than that is another door than the one that was meant."""
    cases = {(case.job, case.door, case.settings): case for case in tasks.cases}
    base, inside = cases[BASE, "none", False], cases["webhook", "controller", False]
    process = cases["webhook", "process", False]
    # The least of two: whatever else ran on the machine only adds.
    costs = {case.name: min(_cost(tasks, case) for _ in range(ROUNDS)) for case in (base, inside)}
    costs[process.name] = _cost(tasks, process)
    assert costs[inside.name] < 5 * costs[base.name], costs
    assert costs[inside.name] < costs[process.name] / 2, costs


def _cost(tasks: Tasks, case: Case) -> float:
    few, many = tasks.measure(case)
    calls = {} if case.job == BASE else {"bitbucket": 1}
    assert few.calls == calls
    assert many.calls == {name: number * (1 + case.many) for name, number in calls.items()}
    assert (few.tasks, many.tasks) == (1, 1 + case.many)
    return (many.cpu_seconds - few.cpu_seconds) / case.many


def test_cost_of_a_run_is_linear_and_a_plan_saves_most_of_it(tmp_path: Path) -> None:
    """Each repository more costs about the same; calls and task results of each are exactly as many.

    A run that begins with a plan reads repositories from a list, makes the same calls else, and no repository is in a task result.
    """
    fleets = [Fleet(LONGEST, size, tmp_path / str(size)) for size in (1, 4, 10)]
    try:
        for fleet in fleets:
            fleet.converge()
        found = {fleet.size: fleet.measure(plan_first=False) for fleet in fleets}
        planned = {fleet.size: fleet.measure() for fleet in fleets}
    finally:
        for fleet in fleets:
            fleet.end()
    one, four, ten = found[1], found[4], found[10]
    early = (four.cpu_seconds - one.cpu_seconds) / 3
    late = (ten.cpu_seconds - four.cpu_seconds) / 6
    assert 0 < late < 2 * early, (early, late)
    assert one.calls == LONGEST.budget and one.tasks == LONGEST.task_results + OF_A_RUN
    assert _more(four, ten, 6) == _more(one, four, 3)
    for size, of in planned.items():
        # One list in place of a reading for each repository.
        listed = size - 1 if size >= FEWEST else 0
        assert of.calls == {**found[size].calls, "bitbucket": found[size].calls["bitbucket"] - listed}, size
    assert {of.tasks for of in planned.values()} == {LONGEST.unplanned_results + OF_A_RUN}
    assert planned[10].cpu_seconds - planned[1].cpu_seconds < (ten.cpu_seconds - one.cpu_seconds) / 2, (planned, found)


def _more(small: Measured, large: Measured, repositories: int) -> dict[str, float]:
    """What each repository more has brought."""
    calls = {name: (large.calls[name] - number) / repositories for name, number in small.calls.items()}
    return {**calls, "task results": (large.tasks - small.tasks) / repositories}


def test_report_takes_medians_and_ratios_of_the_same_round() -> None:
    def task(name: str, seconds: float) -> dict[str, object]:
        one = {"cpu_seconds": 1.0, "calls": {}}
        many = {"cpu_seconds": 1.0 + seconds, "calls": {"bitbucket": 10}}
        return {"job": name, "name": name, "tasks": 10, "one": one, "many": many}

    rounds = [task(BASE, 0.1), task("a", 0.2), task(BASE, 0.4), task("a", 0.8), task(BASE, 0.1), task("a", 9.0)]
    base, other = task_costs({"tasks": rounds})
    assert (base["ratio"], round(other["ratio"], 3), round(other["ms"], 3), other["calls"]) == (1, 2, 80, 1)

    def fleet(target: str, size: int, seconds: float) -> dict[str, object]:
        found = {"cpu_seconds": seconds, "calls": {"oci": 3 * size}, "tasks": 2 * size, "pss_mib": 50.0 + size}
        return {"target": target, "repositories": size, **found}

    costs = fleet_costs(
        {"fleets": [fleet("x", 1, 2), fleet("x", 11, 4), fleet(BASE, 1, 1), fleet(BASE, 11, 1.5), fleet("x", 11, 4)]}
    )
    last = costs[-1]
    assert (last["target"], last["repositories"], last["more_ms"], last["ratio"]) == ("x", 11, 200, 4)
    assert (last["calls"], last["results"], last["rounds"]) == (3, 2, 2)


@pytest.mark.parametrize(("largest", "expected"), [(9.5, [0, 2, 4, 6, 8, 10]), (0.9, [0, 0.2, 0.4, 0.6, 0.8, 1.0])])
def test_an_axis_has_round_numbers(largest: float, expected: list[float]) -> None:
    assert steps(largest) == pytest.approx(expected)
