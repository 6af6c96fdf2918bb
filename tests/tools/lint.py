# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.lint [quick | STEP…]``: every check but the tests, side by side, with the time of each.

Steps that are well say one line; of the others the whole output is shown. The exit status is 1 if one of them is not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import sanity

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
# What stands before a file's path where a tool was given the collection as Ansible wants it.
PLACE = "ansible_collections/repobridge/bitbucket"

Check = Callable[[], tuple[int, str]]


def command(*arguments: str) -> Check:
    """A step that is one command, of this Python environment."""

    def run() -> tuple[int, str]:
        path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections")}
        program = [str(BIN / arguments[0]), *arguments[1:]]
        done = subprocess.run(
            program, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return done.returncode, re.sub(rf"\S*/({PLACE})/", "", done.stdout)

    return run


@dataclass(frozen=True)
class Step:
    name: str
    run: Check
    quick: bool = True


# The longest first: the others run beside it.
STEPS = (
    Step("sanity", sanity.run, quick=False),
    Step("ansible-lint", command("ansible-lint", "--offline", "--nocolor", "-q"), quick=False),
    Step(
        "docs",
        command(
            "antsibull-docs",
            "lint-collection-docs",
            "--plugin-docs",
            "--skip-rstcheck",
            "--validate-collection-refs=all",
            ".",
        ),
    ),
    Step("types", command("mypy", "--no-color-output", "--no-error-summary")),
    Step("changelog", command("antsibull-changelog", "lint")),
    Step("ruff", command("ruff", "check", "--quiet", "--output-format", "concise", ".")),
    Step("format", command("ruff", "format", "--check", "--quiet", "--output-format", "concise", ".")),
    Step("yamllint", command("yamllint", "--strict", ".")),
    Step("generated", command("python", "-m", "tests.tools.generate", "--check")),
    Step("tree", command("python", "-m", "tests.tools.tree")),
)


def chosen(arguments: list[str]) -> list[Step]:
    """The steps to run: all, the quick ones, or those that are named."""
    if not arguments:
        return list(STEPS)
    unknown = set(arguments) - {step.name for step in STEPS} - {"quick"}
    if unknown:
        sys.exit(
            f"No such step: {', '.join(sorted(unknown))}. There are {', '.join(s.name for s in STEPS)}, and quick."
        )
    return [step for step in STEPS if step.name in arguments or (step.quick and "quick" in arguments)]


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    failed = []

    def run(step: Step) -> None:
        start = time.monotonic()
        status, output = step.run()
        verdict = "failed" if status else "ok"
        report = f"{step.name:<14}{verdict:<8}{time.monotonic() - start:6.1f} s"
        if status:
            failed.append(step.name)
            report += "\n" + output.rstrip()
        print(report, flush=True)

    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        list(pool.map(run, chosen(arguments)))
    result = f"{', '.join(sorted(failed))} failed" if failed else "all is well"
    print(f"lint: {result}, {time.monotonic() - began:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
