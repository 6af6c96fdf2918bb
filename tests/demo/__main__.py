# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.demo``: builds and installs the collection, starts the sandbox, and runs all targets against it.

It ends with an audit of what somebody has changed, whose report is also a page.

Exits with 1 if a result is not as expected, and stops everything that it started.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.sandbox.gemnasium import daemon
from tests.sandbox.sandbox import ALL_SCOPES, Sandbox

from . import targets
from .targets import Wrong

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".build" / "demo"
_PLAN_FAILED = re.compile(r"^  \w.*: .*\b\d+ (error|forbidden)\b.*$", re.MULTILINE)
_RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.MULTILINE)


def title(text: str) -> None:
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(f"\n{bold}== {text}{plain}", flush=True)


def program(name: str) -> str:
    """A command of the same Python environment."""
    return str(Path(sys.executable).with_name(name))


def install() -> Path:
    """Build the collection and install it as a user would; the folder for ANSIBLE_COLLECTIONS_PATH."""
    dist, collections = FOLDER / "dist", FOLDER / "collections"
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    galaxy = [program("ansible-galaxy"), "collection"]

    def run(*arguments: str) -> None:
        subprocess.run([*galaxy, *arguments, "--force"], check=True, stdout=subprocess.DEVNULL, env=environment)

    run("build", "--output-path", str(dist), str(ROOT))
    (archive,) = dist.glob("*.tar.gz")
    run("install", "--offline", "-p", str(collections), str(archive))
    return collections


def playbook(name: str, environment: dict[str, str], *arguments: str) -> tuple[int, float]:
    """Run a playbook of the collection before the reader's eyes; (changed tasks, seconds). :raises Wrong: it failed."""
    reports = ("-e", "repobridge_report_dir=report")
    command = [program("ansible-playbook"), "-i", "inventory.yml", f"repobridge.bitbucket.{name}", *reports, *arguments]
    print("$ " + " ".join(["ansible-playbook", *command[1:]]), flush=True)
    began = time.monotonic()
    process = subprocess.Popen(
        command, cwd=FOLDER, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout
    output = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        output += line
    if process.wait():
        raise Wrong(f"{name} ended with {process.returncode}")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    if failed := _PLAN_FAILED.search(plain):
        raise Wrong(f"the plan of {name} could not look at all: {failed[0].strip()}")
    return sum(int(found[2]) for found in _RECAP.findall(plain)), time.monotonic() - began


def main() -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    title("Build the collection and install it")
    collections = install()
    with Sandbox(root=FOLDER / "sandbox") as sandbox:
        if reason := daemon.why_not():
            print(f"Without Gemnasium Enterprise: {reason}")
        else:
            sandbox.gemnasium.run()
        token = sandbox.populate(ALL_SCOPES)
        sandbox.bitbucket.open_pull_request("acme", "shop", "feature/cart", title="A cart")
        sandbox.bitbucket_dc.open_pull_request("ACME", "shop", "feature/cart", title="A cart")
        sandbox.run_cds()
        (FOLDER / "inventory.yml").write_text(targets.inventory(sandbox))
        environment = {
            **{
                k: v
                for k, v in os.environ.items()
                if not k.startswith(
                    ("OCI_", "BITBUCKET_", "GITLAB_", "CDS_", "UPSUN_", "PLATFORMSH_", "DOCKER_", "ANSIBLE_")
                )
            },
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_LOCAL_TEMP": str(FOLDER / "ansible-tmp"),
            "ANSIBLE_FORCE_COLOR": "1" if sys.stdout.isatty() else "0",
            "NO_PROXY": "127.0.0.1",
            **sandbox.environment(token),
        }
        try:
            lines = steps(sandbox, environment)
        except Wrong as wrong:
            print(f"\nThe demo is not as it should be: {wrong}", file=sys.stderr)
            return 1
    title("What was done")
    print("\n".join(lines))
    return 0


def steps(sandbox: Sandbox, environment: dict[str, str]) -> list[str]:
    """Check, converge, converge again; then somebody changes something, which an audit finds and the next run mends."""
    title("What would a run do? (check mode on an empty account)")
    playbook("site", environment, "--check")
    if sandbox.oci.all("project"):
        raise Wrong("check mode made something")
    if not counts().get("missing"):
        raise Wrong(f"everything should be missing, and the report says {counts()}")
    title("Do it")
    first, seconds = playbook("site", environment)
    if not first:
        raise Wrong("the first run should have changed something")
    title("Do it again: nothing to change")
    sandbox.calls.clear()
    again, again_seconds = playbook("site", environment)
    calls = Counter(call.service for call in sandbox.calls.all())
    if again:
        raise Wrong(f"the second run changed {again} things")
    title("Somebody deletes all webhooks of a repository. Audit: what differs?")
    sandbox.bitbucket.repository("acme", "shop").hooks.clear()
    playbook("audit", environment)
    missed = counts()
    if not missed.get("missing"):
        raise Wrong(f"the audit should miss the webhooks, and reports {missed}")
    (FOLDER / "report").rename(FOLDER / "audit")
    title("Set it right, and audit again: no difference")
    playbook("site", environment)
    playbook("audit", environment, "-e", "repobridge_fail_on_drift=true")
    page = FOLDER / "audit" / "report.html"
    first_line = (
        f"First run: {first} changes in {seconds:.1f} s. Second run: none in {again_seconds:.1f} s, "
        + ", ".join(f"{number} calls to {service}" for service, number in sorted(calls.items()))
        + ". Audit after webhooks were deleted: "
        + ", ".join(f"{number} {status}" for status, number in missed.items())
        + f". Its report as a page: {page}"
    )
    return [first_line, *targets.lines(sandbox)]


def counts() -> dict[str, int]:
    """How many pairs of repository and target have each status, by the last report."""
    report = json.loads((FOLDER / "report" / "report.json").read_text())
    return dict(report["counts"])


if __name__ == "__main__":
    sys.exit(main())
