# SPDX-License-Identifier: GPL-3.0-or-later
"""Set-ups made by hand: found by a plan, adopted by the fragment that is written of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.adopt import fragment
from tests.sandbox.sandbox import Sandbox

from .playbook import Run
from .scenario import Scenario
from .test_plan import PLAY


def started(kind: type[Scenario], folder: Path) -> Scenario:
    """A scenario with its sandbox running."""
    sandbox = Sandbox(root=folder / "sandbox")
    made = kind(sandbox, folder)
    sandbox.start()
    return made


def plan_of(scenario: Scenario, **extra: Any) -> dict[str, Any]:
    (scenario.folder / "plan.yml").write_text(PLAY)
    run = scenario.run(str(scenario.folder / "plan.yml"), **extra).ok()
    (one,) = (one["result"] for one in run.results if one["action"] == "repobridge.bitbucket.plan")
    return dict(one)


def unmanaged(plan: dict[str, Any]) -> dict[str, Any]:
    """Variable and value of what the plan has found."""
    return {one["variable"]: one["value"] for one in plan["findings"] if one["status"] == "unmanaged"}


def found_by(run: Run) -> set[tuple[str, str, str]]:
    return {
        (one["kind"], one["name"], one["variable"])
        for result in run.results
        for one in result["result"].get("unmanaged") or ()
    }


def audited(scenario: Scenario, **extra: Any) -> tuple[dict[str, Any], str]:
    """The report of an audit, and the fragment beside it."""
    folder = scenario.folder / "report"
    scenario.run(scenario.audit, repobridge_report_dir=str(folder), **extra).ok()
    return json.loads((folder / "report.json").read_text()), (folder / "adopt.yml").read_text()


def adopt(scenario: Scenario, plan: dict[str, Any]) -> None:
    """Use the fragment beside the inventory, as its comment says."""
    text = fragment({"findings": plan["findings"], "finished": "2026-11-29T16:00:00Z"})
    folder = scenario.folder / "inventories"
    folder.mkdir()
    (folder / "1.yml").write_text(scenario.inventory.read_text())
    (folder / "2.yml").write_text(text)
    scenario.inventory = folder


def webhook(sandbox: Sandbox, secret: str, url: str, description: str) -> str:
    """A webhook of acme/shop; its uuid."""
    answer = requests.post(
        f"{sandbox.bitbucket.url}/2.0/repositories/acme/shop/hooks",
        auth=("jane.doe@example.com", secret),
        json={"url": url, "description": description, "active": True, "events": ["repo:push"]},
        timeout=20,
    )
    return str(answered(answer)["uuid"])


def answered(answer: requests.Response) -> dict[str, Any]:
    assert answer.ok, (answer.request.url, answer.status_code, answer.text)
    return dict(answer.json())
