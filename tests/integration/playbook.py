# SPDX-License-Identifier: GPL-3.0-or-later
"""Real ansible-playbook runs, and their results."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT / ".build" / "collections"
# No run here takes a tenth of it (seconds). One that hangs ends with what its threads were doing, not with the whole suite.
LONGEST = 300
_RECAP = re.compile(
    r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)\s+skipped=(\d+)", re.MULTILINE
)
# Whoever runs the tests may have real accounts in the environment.
_FOREIGN = re.compile(
    r"^(OCI|BITBUCKET|GITLAB|CDS|UPSUN|PLATFORMSH|DOCKER|ANSIBLE|REPOBRIDGE|HTTPS?_PROXY|https?_proxy)"
)


@dataclass
class Run:
    """One finished run."""

    returncode: int
    output: str
    results: list[dict[str, Any]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """Changed tasks, by the recap, of all hosts."""
        return sum(int(line[2]) for line in _RECAP.findall(self.output))

    @property
    def task_results(self) -> int:
        """Results of tasks, skipped ones included, by the recap, of all hosts; a loop is one."""
        return sum(int(line[1]) + sum(map(int, line[3:6])) for line in _RECAP.findall(self.output))

    @property
    def actions(self) -> list[tuple[str, str, str]]:
        """What the modules did, or in check mode would do: (action, kind, name)."""
        return [(a["action"], a["kind"], a["name"]) for r in self.results for a in r["result"].get("actions") or []]

    @property
    def drift(self) -> dict[str, list[dict[str, Any]]]:
        """Differences found, by module (without the collection's name)."""
        out: dict[str, list[dict[str, Any]]] = {}
        for r in self.results:
            out.setdefault(r["action"].rpartition(".")[2], []).extend(r["result"].get("drift") or [])
        return out

    @property
    def failures(self) -> list[dict[str, Any]]:
        return [r["result"] for r in self.results if r["status"] in ("failed", "unreachable")]

    def ok(self) -> Run:
        """The run itself, if it went well and without a warning."""
        assert self.returncode == 0, self.output
        assert "[WARNING]" not in self.output and "[DEPRECATION" not in self.output, self.output
        return self


@dataclass
class Started:
    """A run that has not ended yet."""

    process: subprocess.Popen[bytes]
    record: Path
    output: Path

    def end(self, longest: float = LONGEST) -> Run:
        """Wait for its end, not for that of processes it may have left behind."""
        try:
            self.process.wait(longest)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGABRT)  # which shows where its threads stand
            self.process.wait()
        output = self.output.read_text(errors="replace")
        results = [json.loads(line) for line in self.record.read_text().splitlines()] if self.record.exists() else []
        return Run(self.process.returncode, output, results)

    def kill(self) -> None:
        """End it and its workers at once, as an operator's ``kill -9`` or a lost machine does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        # Workers of ansible-core >= 2.19 are in sessions of their own, and are known by the arguments they share with the run.
        arguments = "\0".join(map(str, cast("list[str]", self.process.args)[1:]))
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if arguments in (folder / "cmdline").read_text(errors="replace"):
                    os.kill(int(folder.name), signal.SIGKILL)


def run_playbook(
    playbook: str | Path,
    inventory: Path,
    environment: dict[str, str],
    folder: Path,
    *arguments: str,
    extra: dict[str, Any] | None = None,
) -> Run:
    """Run ``playbook`` (a file, or a playbook of the collection by its name) in ``folder``, which gets all it writes."""
    return start_playbook(playbook, inventory, environment, folder, *arguments, extra=extra).end()


def start_playbook(
    playbook: str | Path,
    inventory: Path,
    environment: dict[str, str],
    folder: Path,
    *arguments: str,
    extra: dict[str, Any] | None = None,
) -> Started:
    """As ``run_playbook``, without waiting for the end. The run is a process group of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "record.jsonl"
    record.unlink(missing_ok=True)
    output = folder / "output.txt"
    env = {**environment_of_run(folder, environment), "REPOBRIDGE_RECORD": str(record)}
    command = [sys.executable, "-m", "ansible", "playbook", "-i", str(inventory), str(playbook), *arguments]
    if extra:
        command += ["-e", json.dumps(extra)]
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, env=env, cwd=folder, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    return Started(process, record, output)


def environment_of_run(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """The environment of a run that writes all it writes into ``folder``; ``environment`` is what the operator sets."""
    kept = {k: v for k, v in os.environ.items() if not _FOREIGN.match(k)}
    return {
        **kept,
        "HOME": str(folder),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "PYTHONFAULTHANDLER": "1",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_FORCE_COLOR": "0",
        "ANSIBLE_ASYNC_DIR": str(folder / "ansible-async"),
        "ANSIBLE_REMOTE_TEMP": str(folder / "ansible-remote-tmp"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "ansible-tmp"),
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "NO_PROXY": "127.0.0.1",
        "REPOBRIDGE_POLL_INTERVAL": "0.01",
        **environment,
    }
