# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench.report``: writes the tables (bench.md) and the plot (bench.svg) from docs/bench.json."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.integration.playbook import ROOT

from .plot import plot
from .tasks import BASE

Raw = dict[str, Any]


def task_costs(raw: Raw) -> list[dict[str, Any]]:
    """By case: milliseconds and calls of one task, and the ratio to ``debug`` of the same round; medians."""
    names = list(dict.fromkeys(one["name"] for one in raw["tasks"]))
    by_name = {name: [one for one in raw["tasks"] if one["name"] == name] for name in names}
    base = [_per_task(one) for one in by_name.get(BASE, [])]
    out = []
    for name, ones in by_name.items():
        costs = [_per_task(one) for one in ones]
        calls = sum(ones[-1]["many"]["calls"].values()) - sum(ones[-1]["one"]["calls"].values())
        out.append(
            {
                "job": ones[0]["job"],
                "name": name,
                "ms": 1000 * statistics.median(costs),
                "ratio": statistics.median(cost / other for cost, other in zip(costs, base, strict=False)),
                "calls": calls / ones[-1]["tasks"],
            }
        )
    return out


def _per_task(one: dict[str, Any]) -> float:
    return float(one["many"]["cpu_seconds"] - one["one"]["cpu_seconds"]) / float(one["tasks"])


def fleet_costs(raw: Raw) -> list[dict[str, Any]]:
    """By target and size: CPU seconds (median), what each repository more has cost since the size before, and so on."""
    keys = list(dict.fromkeys((one["target"], one["repositories"]) for one in raw["fleets"]))
    out: list[dict[str, Any]] = []
    for target, size in sorted(keys, key=lambda key: (key[0] != BASE, key)):
        ones = [one for one in raw["fleets"] if (one["target"], one["repositories"]) == (target, size)]
        seconds = statistics.median(one["cpu_seconds"] for one in ones)
        before = next((one for one in reversed(out) if one["target"] == target), None)
        more = 1000 * (seconds - before["seconds"]) / (size - before["repositories"]) if before else None
        debug = next((one["more_ms"] for one in out if (one["target"], one["repositories"]) == (BASE, size)), None)
        out.append(
            {
                "target": target,
                "repositories": size,
                "seconds": seconds,
                "more_ms": more,
                "ratio": more / debug if more and debug else None,
                "calls": sum(ones[-1]["calls"].values()) / size,
                "results": ones[-1]["tasks"] / size,
                "pss_mib": max(one["pss_mib"] for one in ones),
                "rounds": len(ones),
            }
        )
    return out


def write(raw: Raw, folder: Path) -> None:
    tasks, fleets = task_costs(raw), fleet_costs(raw)
    (folder / "bench.svg").write_text(plot(tasks, fleets))
    (folder / "bench.md").write_text(text(raw, tasks, fleets))


def text(raw: Raw, tasks: list[dict[str, Any]], fleets: list[dict[str, Any]]) -> str:
    """The page; ``make bench`` writes it."""
    machine = raw["machine"]
    peer = machine["community_general"]
    label = f" ({raw['label']})" if raw["label"] else ""
    lines = [
        f"# What a converged run costs{label}",
        "",
        f"Written by `make bench` on {raw['date']}: collection {machine['collection']}, ansible-core {machine['ansible_core']}, "
        f"Python {machine['python']}, "
        + (f"community.general {peer}, " if peer else "")
        + f"{machine['processors']} processors. "
        f"Medians of {raw['rounds']} interleaved rounds; the load of the machine at the start of each was "
        f"{', '.join(str(one) for one in raw['load'])}. Raw figures: [bench.json](bench.json).",
        "",
        (
            "All figures are CPU seconds (user and system) of `ansible-playbook` and its processes, and calls that arrived at the "
            "sandbox. They are not wall time. Compare ratios, not milliseconds: those are of this machine."
        ),
        "",
        "![Cost of a task and of a repository](bench.svg)",
        "",
        "## One converged task",
        "",
        (
            "The difference between a play with one such task and a play with many, divided by their number. "
            "*In the controller* is the default on a local connection; *module process* is the same module with "
            "`repobridge_in_process: false`, as on any other host. *With role settings*: as in a role, each option is a reference to what "
            "the role's first task has resolved, and so are the connection options in `module_defaults`."
        ),
        "",
        *_table(
            ("job", "task", "CPU ms", "÷ debug", "calls"),
            (
                (one["job"], one["name"], f"{one['ms']:.0f}", f"{one['ratio']:.1f}", f"{one['calls']:g}")
                for one in tasks
            ),
        ),
        "",
        *_peer_notes(peer),
        "## Converged repositories",
        "",
        (
            "`repobridge.bitbucket.site` for so many repositories of one target, each with its own sandbox; *all tasks* is without the "
            "plan that comes first. *Each more* is the cost of "
            "a repository between the size before and this one: if it stays the same, the cost is linear. *÷ debug* divides it by what one "
            "`debug` task per host costs between the same sizes. *Memory* is the peak of the controller's PSS, without its "
            "forks."
        ),
        "",
        *_table(
            (
                "target",
                "repositories",
                "CPU s",
                "each more, ms",
                "÷ debug",
                "calls each",
                "task results each",
                "memory, MiB",
                "rounds",
            ),
            (
                (
                    one["target"],
                    str(one["repositories"]),
                    f"{one['seconds']:.1f}",
                    "" if one["more_ms"] is None else f"{one['more_ms']:.0f}",
                    "" if one["ratio"] is None else f"{one['ratio']:.1f}",
                    f"{one['calls']:.2f}".rstrip("0").rstrip("."),
                    f"{one['results']:.2f}".rstrip("0").rstrip("."),
                    f"{one['pss_mib']:.0f}",
                    str(one["rounds"]),
                )
                for one in fleets
            ),
        ),
    ]
    if raw["failed"]:
        lines += ["", "Not measured, because the run failed: " + "; ".join(raw["failed"]) + "."]
    return "\n".join(lines) + "\n"


def _peer_notes(peer: str | None) -> list[str]:
    if not peer:
        return ["community.general was not installed.", ""]
    return [
        (
            "community.general's modules are measured as they are installed, but for the address of Bitbucket's API, which is a constant "
            "in it and points at the sandbox here. The jobs are as near to each other as the options allow; `gitlab_project_variables` and "
            "`gitlab_project_variable` manage ten variables."
        ),
        "",
    ]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Numbers to the right."""
    found = list(rows)
    right = [all(row[i].replace(".", "").isdigit() or not row[i] for row in found) for i in range(len(head))]
    marks = ["---:" if one else "---" for one in right]
    return [f"| {' | '.join(row)} |" for row in (head, tuple(marks), *found)]


def main() -> None:
    folder = ROOT / "docs"
    write(json.loads((folder / "bench.json").read_text()), folder)


if __name__ == "__main__":
    main()
