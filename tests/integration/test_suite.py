# SPDX-License-Identifier: GPL-3.0-or-later
"""One suite for every target: the requirements of a run of the collection.

The scenarios are those in ``scenarios/``, a file for each target; the suite does not know any service.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.calls import Call
from tests.sandbox.sandbox import Sandbox

from . import module_python
from .playbook import Run
from .scenario import OF_A_RUN, Failure, Scenario
from .scenarios import SCENARIOS

# More runs than any target needs, one for each of its writes.
MOST_WRITES = 60
# What a service calls a thing that every run makes anew.
_IDS = re.compile(r"\b[0-9a-f]{64}\b")

Made = Iterator[Scenario]
each_scenario = pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, marks=[pytest.mark.any_core] if kind.variant else [], id=kind.name) for kind in SCENARIOS],
)


def fresh(kind: type[Scenario], folder: Path, tick_seconds: float = 5.0) -> Scenario:
    if reason := kind.why_not():
        pytest.skip(reason)
    folder.mkdir(parents=True, exist_ok=True)
    sandbox = Sandbox(root=folder / "sandbox", tick_seconds=tick_seconds)
    scenario = kind(sandbox, folder)
    sandbox.start()
    return scenario


@pytest.fixture
def scenario(kind: type[Scenario], tmp_path: Path) -> Made:
    made = fresh(kind, tmp_path)
    yield made
    made.sandbox.stop()


def last_call(scenario: Scenario) -> int:
    """The number of the last call, for those that come after it. The log is kept whole: secrets are searched for in all of it."""
    return max((call.number for call in scenario.sandbox.calls.all(git=True)), default=0)


def calls(scenario: Scenario, since: int) -> list[Call]:
    return [call for call in scenario.sandbox.calls.all() if call.number > since]


def writes(scenario: Scenario, since: int = 0) -> list[Call]:
    """Calls that change something."""
    return [
        c for c in calls(scenario, since) if c.method not in ("GET", "HEAD") and not c.path.endswith(scenario.reading)
    ]


def nothing_twice(scenario: Scenario) -> None:
    assert scenario.made() == scenario.expected()


class VerboseRuns:
    """Real runs at the greatest verbosity: no secret of the scenario is in what they print, or in what they leave."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._left: list[tuple[str, bytes]] = []

    def run(self, playbook: str, *arguments: str, **extra: Any) -> Run:
        run = self._scenario.run(playbook, *arguments, "-vvvv", **extra)
        for file in (self._scenario.folder / "run").rglob("*"):
            if file.is_file():
                self._left.append((f"{file} of {playbook} {arguments}", file.read_bytes()))
        return run

    def have_no_secret(self) -> None:
        """Of those that the scenario has now. Each was also sent, and only to whom it belongs."""
        assert self._left
        for secret, owners in self._scenario.secrets().items():
            for name, content in self._left:
                assert secret.encode() not in content, name
            seen = [call for call in self._scenario.sandbox.calls.all(git=True) if secret in call.request_text()]
            strays = [c.line for c in seen if not any(_owns(owner, c) for owner in owners)]
            assert seen and not strays, strays


def _owns(owner: str, call: Call) -> bool:
    service, _, path = owner.partition(" ")
    return call.service == service and (not path or bool(re.search(path, call.path)))


def _findings(run: Run) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for one in run.results:
        actions, drift, others = (one["result"].get(key) for key in ("actions", "drift", "unmanaged"))
        if actions or drift or others:
            found.append((one["host"], one["action"], actions, drift, others))
    return found


def foreseen_by_both(scenario: Scenario, playbook: str) -> Run:
    """A run in check mode, by Ansible; the executor in this process has found the same in the same order."""
    theirs = scenario.run(playbook, "--check", "--diff").ok()
    ours = scenario.run_here(playbook, "--check", "--diff").ok()
    assert _findings(ours) == _findings(theirs)
    return theirs


# Ways of looking by the plan: all find the same by the same code, and each is tried in some state.
SITE, AUDIT, AUDIT_IN_CHECK_MODE = ("site", ("--check",)), ("audit", ()), ("audit", ("--check",))


def looked_at(
    scenario: Scenario, verbose: VerboseRuns, way: tuple[str, tuple[str, ...]], tasks_by_ansible: bool = False
) -> Run:
    """The run of all tasks with ``--check``; Ansible's plan, in one ``way``, has found the same, and reported it.

    The tasks run in this process, and by Ansible too if this is wanted: it has then found the same in the same order.
    """
    before = last_call(scenario)
    found = scenario.run_here(scenario.site, "--check", "--diff").ok()
    if tasks_by_ansible:
        theirs = verbose.run(scenario.site, "--check", "--diff").ok()
        assert _findings(theirs) == _findings(found)
        assert theirs.changed == found.changed
    playbook, flags = way
    more = {"repobridge_plan_first": True, "repobridge_fail_on_drift": True}
    audit, report = reported(scenario, verbose, getattr(scenario, playbook), *flags, **more)
    assert (audit.returncode != 0) is bool(found.actions), audit.output
    assert audit.changed <= found.changed
    assert "[WARNING]" not in audit.output and "[DEPRECATION" not in audit.output, audit.output
    assert report["check_mode"] and not report["counts"].get("changed")
    assert _told(report) == _expected(found)
    assert not writes(scenario, before), [call.line for call in writes(scenario, before)]
    return found


def reported(
    scenario: Scenario, verbose: VerboseRuns, playbook: str, *flags: str, **extra: object
) -> tuple[Run, dict[str, Any]]:
    """A run, and its report, which is among what the run leaves."""
    folder = scenario.folder / "run" / "report"
    run = verbose.run(playbook, *flags, repobridge_report_dir=str(folder), **extra)
    return run, json.loads((folder / "report.json").read_text())


Line = tuple[str, ...]


def _told(report: dict[str, Any]) -> Counter[Line]:
    """What a report says: every action and every field, as often as it says it."""
    lines: Counter[Line] = Counter()
    for one in report["findings"]:
        if one["status"] != "left out":
            lines[one["host"], one["action"], one["kind"], one["name"]] += 1
        for field in one["drift"]:
            lines[one["host"], one["name"], field["path"], *map(json.dumps, (field["actual"], field["expected"]))] += 1
    return lines


def _expected(found: Run) -> Counter[Line]:
    """The same of the tasks' results: each action once, and each of its fields once, unless it is created or deleted as a whole."""
    lines: Counter[Line] = Counter()
    for one in found.results:
        for action in one["result"].get("actions") or ():
            lines[one["host"], action["action"], action["kind"], action["name"]] += 1
            whole = action["action"] in ("create", "delete")
            for field in () if whole else action.get("drift", one["result"]["drift"]):
                values = map(json.dumps, (field["actual"], field["expected"]))
                lines[one["host"], action["name"], field["path"], *values] += 1
    return lines


@each_scenario
def test_check_mode_lists_what_the_first_run_creates_and_the_second_changes_nothing(
    scenario: Scenario,
) -> None:
    verbose = VerboseRuns(scenario)
    checked = looked_at(scenario, verbose, SITE, tasks_by_ansible=True)
    assert not any(scenario.made().values())
    first = verbose.run(scenario.site, "--diff").ok()
    assert first.changed > 0
    scenario.verify()
    nothing_twice(scenario)
    creations = [action for action in first.actions if action[0] == "create"]
    foretold = [action for action in checked.actions if action[0] == "create" and action[1] not in scenario.unseen]
    assert foretold == creations
    for plans, task_results in ((True, scenario.unplanned_results), (False, scenario.task_results)):
        before = last_call(scenario)
        second = verbose.run(scenario.site, repobridge_plan_first=plans).ok()
        assert second.changed == 0, second.actions
        made = calls(scenario, before)
        assert dict(Counter(call.service for call in made)) == scenario.budget, "\n".join(call.line for call in made)
        assert second.task_results == task_results + OF_A_RUN, second.output
    again = looked_at(scenario, verbose, AUDIT_IN_CHECK_MODE)
    assert again.changed == 0 and not again.actions
    verbose.have_no_secret()
    scenario.lose()
    lost = looked_at(scenario, verbose, AUDIT)
    assert lost.changed > 0 and lost.actions != checked.actions, lost.actions
    verbose.have_no_secret()


@each_scenario
def test_each_field_changed_by_hand_is_found_and_mended(scenario: Scenario) -> None:
    scenario.run_here(scenario.site).ok()
    right = [drift.value(scenario.sandbox) for drift in scenario.drifts]
    for drift in scenario.drifts:
        drift.spoil(scenario.sandbox)
    spoiled = [drift.value(scenario.sandbox) for drift in scenario.drifts]
    assert all(a != b for a, b in zip(right, spoiled, strict=True)), "a drift of the scenario changes nothing"
    verbose = VerboseRuns(scenario)
    found = looked_at(scenario, verbose, AUDIT, tasks_by_ansible=True)
    for drift in scenario.drifts:
        paths = [d["path"] for d in found.drift[drift.module]]
        assert drift.path in paths, f"{drift.module} {drift.path} not in {paths}"
    verbose.run(scenario.site, "--diff").ok()
    for drift, value in zip(scenario.drifts, right, strict=True):
        assert drift.value(scenario.sandbox) == value, f"{drift.module} {drift.path}"
    nothing_twice(scenario)
    assert scenario.run_here(scenario.site, "--check").ok().changed == 0
    verbose.have_no_secret()


@each_scenario
def test_teardown_leaves_nothing_and_site_brings_it_back(scenario: Scenario) -> None:
    scenario.run_here(scenario.site).ok()
    verbose = VerboseRuns(scenario)
    before = last_call(scenario)
    foretold = verbose.run(scenario.teardown, "--check", "--diff").ok()
    assert _findings(scenario.run_here(scenario.teardown, "--check", "--diff").ok()) == _findings(foretold)
    assert not writes(scenario, before), [call.line for call in writes(scenario, before)]
    gone = verbose.run(scenario.teardown, "--diff").ok()
    scenario.by_hand()
    assert not any(scenario.made().values()), scenario.made()
    assert gone.actions == foretold.actions
    verbose.have_no_secret()
    again = scenario.run_here(scenario.teardown).ok()
    assert again.changed == 0
    scenario.run_here(scenario.site).ok()
    nothing_twice(scenario)
    scenario.verify()


@pytest.mark.parametrize("kind", [kind for kind in SCENARIOS if not kind.variant], ids=lambda kind: kind.name)
def test_no_secret_leaves_its_place_where_every_task_is_a_module_process(scenario: Scenario) -> None:
    """The other tests search the runs in the controller's process; the modules of a variant are those of the scenario it varies."""
    verbose = VerboseRuns(scenario)
    scenario.environment["ANSIBLE_PIPELINING"] = "true"  # test_canaries.py has the modules as files
    python = str(module_python.install(scenario.folder))
    how = {"repobridge_in_process": False, "repobridge_plan_first": False, "ansible_python_interpreter": python}
    verbose.run(scenario.site, "--diff", **how).ok()
    nothing_twice(scenario)
    scenario.verify()
    verbose.have_no_secret()


@pytest.mark.any_core
@each_scenario
@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
def test_a_run_cut_off_at_any_write_is_carried_on_by_the_next(
    scenario: Scenario, applied: bool, record_property: Callable[[str, object], None]
) -> None:
    """The network dies at the next write, again and again: before it is applied, or after that and before the answer.

    Every run gets one write further than the one before it, so each write is once the last that was applied. A run that is
    cut where it reads leaves what a run leaves that is cut at the write that follows, so only writes are counted. The runs
    are in this process; test_two_runs.py kills real ones.
    """
    cuts: list[str] = []
    repeated = 0
    run = scenario.run_here
    while cut := _cut_at_next_write(scenario, run, applied, repeated):
        # What is only asked for (to validate, to fetch) is asked for again until its answer arrives.
        repeated = repeated + 1 if cut in cuts[-1:] else 0
        cuts.append(cut)
        assert len(cuts) < MOST_WRITES, "the runs do not get any further:\n" + "\n".join(cuts)
    # A target that writes once has no second write to be cut before.
    assert cuts or not applied, "not a single write was cut"
    run(scenario.site).ok()
    nothing_twice(scenario)
    scenario.verify()
    assert run(scenario.site).ok().changed == 0
    record_property("crash_points", len(cuts))


def _cut_at_next_write(scenario: Scenario, run: Callable[[str], Run], applied: bool, skip: int) -> str | None:
    """A run that dies at its first write (applied) or its second (before it is), after ``skip`` more; None if it has none.

    Returns the call that was cut.
    """
    reading = "|".join(re.escape(end) for end in scenario.reading)
    write = rf"^\S+ (POST|PUT|PATCH|DELETE) (?!\S*({reading})(\?|$))"
    faults = scenario.sandbox.faults
    kind = "apply_then_drop" if applied else "drop"
    cut = faults.add(kind, match=write, skip=skip + (0 if applied else 1), times=1, peers=False)
    faults.add("drop", times=None, after=cut, peers=False)
    scenario.environment["REPOBRIDGE_MAX_RETRIES"] = "0"
    scenario.sandbox.calls.clear()
    broken = run(scenario.site)
    faults.clear()
    scenario.environment.pop("REPOBRIDGE_MAX_RETRIES")
    if not cut.fired:
        broken.ok()
        return None
    if broken.returncode == 0:  # what the last write did can be seen by git, which is not cut
        nothing_twice(scenario)
        scenario.verify()
    line = next(call.line for call in scenario.sandbox.calls.all(git=True) if call.fault)
    return _IDS.sub("ID", line)


# The first of each scenario fails in a real ansible-playbook, which shows what the operator reads; the others in this process.
FAILURES = [
    pytest.param(kind, failure, number == 0, id=f"{kind.name}-{failure.name}")
    for kind in SCENARIOS
    for number, failure in enumerate(kind.failures)
]


@pytest.mark.any_core
@pytest.mark.parametrize(("kind", "failure", "by_ansible"), FAILURES)
def test_a_failure_names_cause_and_remedy_and_the_next_run_finishes(
    scenario: Scenario, failure: Failure, by_ansible: bool
) -> None:
    run = scenario.run if by_ansible else scenario.run_here
    failure.arrange(scenario)
    failed = run(scenario.site)
    assert failed.returncode != 0
    said = _messages(failed)
    assert all(word in said for word in failure.words), said
    assert "Traceback" not in failed.output
    failure.mend(scenario)
    scenario.run_here(scenario.site).ok()
    nothing_twice(scenario)
    scenario.verify()


def _messages(run: Run) -> str:
    return "\n".join(str(result.get("msg")) for result in run.failures)
