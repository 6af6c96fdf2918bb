# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench``: all measurements in one run, interleaved. Writes docs/bench.json, .svg and .md.

Every round measures everything once, so that other load on the machine affects all measurements alike; medians are
reported.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from tests.integration.playbook import ROOT
from tests.sandbox.sandbox import Sandbox

from . import peers, report
from .fleet import Fleet, scenarios
from .measure import BenchError, load, now
from .tasks import Tasks

SIZES = (1, 25, 100, 400)
ROUNDS = 3
# Without a plan first.
ALL_TASKS = "all tasks"
# Many plays' worth of debug on the hosts of a fleet: what ansible-core itself costs at that size.
DEBUG = """\
- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
        msg: For measuring
"""


def machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "ansible_core": version("ansible-core"),
        "collection": yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"],
        "community_general": peers.version(found) if (found := peers.installed()) else None,
        "processors": os.cpu_count(),
        "system": platform.system(),
    }


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def measure_tasks(tasks: Tasks, into: list[dict[str, Any]]) -> None:
    for case in tasks.cases:
        few, many = tasks.measure(case)
        into.append(
            {
                "job": case.job,
                "name": case.name,
                "module": case.module,
                "door": case.door,
                "tasks": case.many,
                "one": few.as_dict(),
                "many": many.as_dict(),
            }
        )


def measure_fleet(name: str, fleet: Fleet, into: list[dict[str, Any]]) -> None:
    into.append({"target": name, "repositories": fleet.size, **fleet.measure().as_dict()})
    into.append(
        {"target": f"{name}, {ALL_TASKS}", "repositories": fleet.size, **fleet.measure(plan_first=False).as_dict()}
    )


def measure_debug(fleet: Fleet, into: list[dict[str, Any]]) -> None:
    play = fleet.bench.folder / "debug.yml"
    play.write_text(DEBUG)
    into.append({"target": "debug", "repositories": fleet.size, **fleet.measure(play).as_dict()})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="repositories of a fleet")
    parser.add_argument("--targets", nargs="*", default=list(scenarios()), help="the fleets of these sizes")
    parser.add_argument("--more", nargs="*", default=[], metavar="TARGET=SIZE", help="and these, measured once")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--label", default="", help="what is measured, for the heading")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "docs", help="folder for bench.json, bench.svg and bench.md"
    )
    options = parser.parse_args()
    raw: dict[str, Any] = {
        "label": options.label,
        "date": now(),
        "machine": machine(),
        "rounds": options.rounds,
        "load": [],
        "tasks": [],
        "fleets": [],
        "failed": [],
    }
    wanted = [(name, size) for size in options.sizes for name in options.targets]
    with tempfile.TemporaryDirectory() as temporary, Sandbox() as sandbox:
        folder = Path(temporary)
        tasks = Tasks(sandbox, folder / "tasks")
        for case in list(tasks.cases):
            if not attempt(f"{case.name}: converge", partial(tasks.converge_one, case), raw):
                tasks.cases.remove(case)
        fleets: dict[tuple[str, int], Fleet] = {}
        for name, size in wanted:
            fleet = Fleet(scenarios()[name], size, folder / f"{name}-{size}")
            if attempt(f"{name} {size}: converge", fleet.converge, raw):
                fleets[name, size] = fleet
        by_size = {size: fleet for (_, size), fleet in fleets.items()}
        for number in range(options.rounds):
            say(f"round {number + 1} of {options.rounds}")
            raw["load"].append(load())
            measure_tasks(tasks, raw["tasks"])
            for fleet in by_size.values():
                measure_debug(fleet, raw["fleets"])
            save(raw, options.output)
            for (name, size), fleet in fleets.items():
                attempt(f"{name} {size}", partial(measure_fleet, name, fleet, raw["fleets"]), raw)
                save(raw, options.output)
        for fleet in fleets.values():
            fleet.end()
        for name, _, size in (one.partition("=") for one in options.more):
            fleet = Fleet(scenarios()[name], int(size), folder / f"{name}-{size}")
            if attempt(f"{name} {size}: converge", fleet.converge, raw):
                attempt(f"{name} {size}", partial(measure_fleet, name, fleet, raw["fleets"]), raw)
                measure_debug(fleet, raw["fleets"])
            fleet.end()
            save(raw, options.output)


def attempt(what: str, do: Callable[[], Any], raw: dict[str, Any]) -> bool:
    """One that fails leaves the others; that it failed is in the report."""
    say(what)
    try:
        do()
    except BenchError as wrong:
        raw["failed"].append(what)
        say(f"failed: {str(wrong)[-3000:]}")
        return False
    return True


def save(raw: dict[str, Any], folder: Path) -> None:
    (folder / "bench.json").write_text(json.dumps(raw, indent=1) + "\n")
    report.write(raw, folder)


if __name__ == "__main__":
    main()
