# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of ansible-playbook: the CPU seconds of its whole process tree, its API calls, task results and peak memory.

The sandbox lives in the measuring process and starts ``git`` itself. The kernel's account of the run's own process is taken
when it ends (wait4): it has what that process and every descendant that was waited for have used, and nothing of the sandbox.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.integration.playbook import Run, start_playbook
from tests.sandbox.sandbox import Sandbox

# Seconds. A run of 400 repositories takes many minutes; what takes longer than this hangs.
LONGEST = 3600
# Reading a process's memory map holds it up for less than a millisecond; so often is enough for what lives for seconds.
SAMPLE_SECONDS = 0.1
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


class BenchError(RuntimeError):
    """A run that was to be measured failed, or was not converged; the text is its output."""


@dataclass(frozen=True)
class Measured:
    """What a run took."""

    cpu_seconds: float
    calls: dict[str, int]
    tasks: int
    pss_mib: float

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "cpu_seconds": round(self.cpu_seconds, 3), "pss_mib": round(self.pss_mib, 1)}


class Memory(threading.Thread):
    """The largest proportional set size (PSS) of one process: shared pages count in proportion to those who share them."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.file = Path(f"/proc/{pid}/smaps_rollup")
        self.peak_mib = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_SECONDS):
            with contextlib.suppress(OSError):
                if found := _PSS.search(self.file.read_text()):
                    self.peak_mib = max(self.peak_mib, int(found[1]) / 1024)

    def end(self) -> float:
        self._ended.set()
        self.join()
        return self.peak_mib


def cpu_seconds(process: subprocess.Popen[Any], longest: float = LONGEST) -> float:
    """Wait for the end of a process: user and system seconds of its own and of its descendants."""
    timer = threading.Timer(longest, os.killpg, (process.pid, signal.SIGABRT))
    timer.daemon = True
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


@dataclass
class Bench:
    """Where runs take place: a sandbox, and a folder for what they write."""

    sandbox: Sandbox
    folder: Path
    environment: dict[str, str]

    def run(self, playbook: str | Path, inventory: Path, **options: Any) -> Run:
        """A run that is not measured and may change something."""
        done, _ = self._run(playbook, inventory, **options)
        return done

    def measure(self, playbook: str | Path, inventory: Path, **options: Any) -> Measured:
        """A run that must find everything converged."""
        self.sandbox.calls.clear()
        done, measured = self._run(playbook, inventory, **options)
        if done.changed:
            raise BenchError(f"Not converged:\n{done.output}")
        return measured

    def _run(
        self,
        playbook: str | Path,
        inventory: Path,
        extra: dict[str, Any] | None = None,
        environment: dict[str, str] | None = None,
    ) -> tuple[Run, Measured]:
        # The record of results is for tests; to write it is no part of the run.
        env = {**self.environment, "REPOBRIDGE_RECORD": "", **(environment or {})}
        started = start_playbook(playbook, inventory, env, self.folder / "run", extra=extra)
        memory = Memory(started.process.pid)
        memory.start()
        seconds = cpu_seconds(started.process)
        peak = memory.end()
        done = started.end()
        if done.returncode:
            raise BenchError(done.output)
        calls = Counter(call.service for call in self.sandbox.calls.all())
        return done, Measured(seconds, dict(sorted(calls.items())), done.task_results, peak)


def load() -> float:
    """How busy the machine is, for the record: the CPU seconds hardly depend on it."""
    return round(os.getloadavg()[0], 2)


def now() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())
