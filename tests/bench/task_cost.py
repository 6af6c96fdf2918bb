# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench.task_cost``: what one converged task costs, by each door, beside ``debug``. One run, one machine.

The cost of a task is (time of a play with many of them - time of a play with few) / difference: start-up and the one
import of the SDK are in both.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from tests.integration.playbook import run_playbook
from tests.sandbox.sandbox import Sandbox

TOPIC = """
    - repobridge.bitbucket.oci_notification_topic:
        name: bench
        compartment_id: "{{ compartment }}"
        description: For measuring"""
WEBHOOK = """
    - repobridge.bitbucket.bitbucket_webhook:
        workspace: acme
        repository: shop
        url: https://ci.example.com/hook
        description: For measuring
        events: [repo:push]"""
DEBUG = """
    - ansible.builtin.debug:
        msg: For measuring"""
CASES = {
    "debug": (DEBUG, True, 40),
    "oci_notification_topic, in process": (TOPIC, True, 40),
    "oci_notification_topic, module": (TOPIC, False, 8),
    "bitbucket_webhook, in process": (WEBHOOK, True, 40),
    "bitbucket_webhook, module": (WEBHOOK, False, 8),
}


def play(task: str, number: int, in_process: bool) -> str:
    return f"""
- hosts: all
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
    repobridge_in_process: {str(in_process).lower()}
  tasks:{task * number}
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.task_cost", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as temporary, Sandbox() as sandbox:
        folder = Path(temporary)
        environment = sandbox.environment(sandbox.populate())
        (folder / "inventory").write_text("bench\n")
        extra = {"compartment": sandbox.oci.compartment_id}
        costs: dict[str, list[float]] = {name: [] for name in CASES}

        def seconds(text: str) -> float:
            (folder / "play.yml").write_text(text)
            began = time.perf_counter()
            run_playbook(folder / "play.yml", folder / "inventory", environment, folder / "run", extra=extra).ok()
            return time.perf_counter() - began

        for task, in_process, _ in CASES.values():
            seconds(play(task, 1, in_process))  # converge, and warm the caches
        for _ in range(rounds):
            for name, (task, in_process, number) in CASES.items():
                few = seconds(play(task, 1, in_process))
                many = seconds(play(task, 1 + number, in_process))
                costs[name].append((many - few) / number)
    print(f"{'one converged task':<40} {'median ms':>10} {'min ms':>8}   ({rounds} rounds)")
    for name, values in costs.items():
        print(f"{name:<40} {statistics.median(values) * 1000:>10.1f} {min(values) * 1000:>8.1f}")


if __name__ == "__main__":
    main()
