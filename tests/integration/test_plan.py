# SPDX-License-Identifier: GPL-3.0-or-later
"""The module ``plan``: one task that finds for all hosts what a check-mode run of the roles finds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import git_process
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.redact import Redactor
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.actions import actions
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.executor import Executor, TaskResult
from tests.sandbox.sandbox import Sandbox

from .here import command_line, world_of
from .playbook import Run, environment_of_run
from .scenarios.gitlab_ci import GitlabCi
from .scenarios.oci_devops import OciDevops
from .test_suite import writes
from .test_targets_together import allow_both

PLAY = """\
- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - name: Plan
      repobridge.bitbucket.plan:
      run_once: true
      tags: [always]
"""


class Fleet(GitlabCi):
    """Three repositories with GitLab CI/CD, two of them in OCI DevOps too."""

    reading = (*GitlabCi.reading, *OciDevops.reading)

    def inventory_text(self) -> str:
        inventory = yaml.safe_load(super().inventory_text())
        groups = inventory["all"]["children"]
        groups["gitlab_ci"]["hosts"] |= {slug: self.add_repository(slug) for slug in ("barn", "cellar")}
        groups["oci_devops"] = {
            "hosts": {"shop": {}, "cellar": {}},
            "vars": {"oci_devops_compartment_id": self.sandbox.oci.compartment_id},
        }
        self.groups = groups
        return str(yaml.safe_dump(inventory))

    def set(self, group: str, host: str, **variables: Any) -> None:
        self.groups[group]["hosts"][host] = variables
        self.inventory.write_text(yaml.safe_dump({"all": {"children": self.groups}}))

    def plan(self, *arguments: str) -> dict[str, Any]:
        self.sandbox.calls.clear()
        run = self.run(str(self.play), *arguments).ok()
        assert not writes(self), [call.line for call in writes(self)]
        (one,) = (one["result"] for one in run.results if one["action"] == "repobridge.bitbucket.plan")
        self.output = run.output
        return dict(one)

    @property
    def play(self) -> Path:
        path = self.folder / "plan.yml"
        path.write_text(PLAY)
        return path


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    fleet = Fleet(sandbox, tmp_path)
    allow_both(fleet)
    with sandbox:
        yield fleet


def foreseen(run: Run) -> set[tuple[str, str, str, str]]:
    """What a check-mode run of the roles would do, by host; the order of hosts is not that of one list."""
    return {
        (one["host"], action["action"], action["kind"], action["name"])
        for one in run.results
        for action in one["result"].get("actions") or ()
    }


def planned(plan: dict[str, Any]) -> set[tuple[str, str, str, str]]:
    return {(one["host"], one["action"], one["kind"], one["name"]) for one in plan["findings"]}


def test_it_finds_what_check_mode_finds_for_all_hosts_and_targets(fleet: Fleet) -> None:
    empty = fleet.plan()
    assert planned(empty) == foreseen(fleet.run(fleet.site, "--check").ok())
    assert empty["targets"] == {
        "gitlab_ci": dict.fromkeys(("barn", "cellar", "shop"), "missing"),
        "oci_devops": dict.fromkeys(("cellar", "shop"), "missing"),
    }
    fleet.run_here(fleet.site).ok()
    converged = fleet.plan("-vvvv")
    assert (converged["findings"], converged["differs"]) == ([], {"gitlab_ci": [], "oci_devops": []})
    for secret in fleet.secrets():
        assert secret not in fleet.output
    # One of its projects is changed by hand.
    project = fleet.sandbox.gitlab.find_project("acme/barn")
    assert project
    project.settings["description"] = "changed"
    spoiled = fleet.plan()
    assert planned(spoiled) == foreseen(fleet.run(fleet.site, "--check").ok()) != set()
    assert spoiled["differs"] == {"gitlab_ci": ["barn"], "oci_devops": []}
    assert "  GitLab CI/CD: 2 ok, 1 drift\n" in fleet.output
    assert "  OCI DevOps: 2 ok\n" in fleet.output
    (one,) = spoiled["findings"]
    assert (one["status"], one["drift"][0]["actual"]) == ("drift", "changed")


def test_one_hosts_failure_is_a_finding_of_that_host_and_target(fleet: Fleet) -> None:
    fleet.run_here(fleet.site).ok()
    fleet.set("gitlab_ci", "shop", gitlab_ci_mirror="sideways")
    fleet.set("gitlab_ci", "cellar", gitlab_ci_repository="nowhere")
    plan = fleet.plan()
    assert plan["targets"] == {
        "gitlab_ci": {"barn": "ok", "cellar": "error", "shop": "error"},
        "oci_devops": {"cellar": "ok", "shop": "ok"},
    }
    said = {one["host"]: one["message"] for one in plan["findings"]}
    assert "sideways" in said["shop"]
    assert "nowhere" in said["cellar"]


def test_limit_and_tags_count(fleet: Fleet) -> None:
    limited = fleet.plan("--limit", "barn,cellar")
    assert {target: list(hosts) for target, hosts in limited["targets"].items()} == {
        "gitlab_ci": ["barn", "cellar"],
        "oci_devops": ["cellar"],
    }
    tagged = fleet.plan("--tags", "oci_devops")
    assert list(tagged["targets"]) == ["oci_devops"]


class Many(GitlabCi):
    """Six repositories in one workspace, and their projects in one group."""

    slugs = ("shop", "barn", "cellar", "attic", "yard", "shed")

    def inventory_text(self) -> str:
        inventory = yaml.safe_load(super().inventory_text())
        hosts = inventory["all"]["children"]["gitlab_ci"]["hosts"]
        hosts |= {slug: self.add_repository(slug) for slug in self.slugs[1:]}
        return str(yaml.safe_dump(inventory))

    def plan_here(self) -> list[TaskResult]:
        """The plan in this process, with its calls alone in the log."""
        self.sandbox.calls.clear()
        found: list[TaskResult] = []
        with mock.patch.dict(os.environ, environment_of_run(self.folder / "run", self.environment), clear=True):
            world = replace(world_of(self.inventory, self.extra, command_line().parse_args(["--check"])), is_plan=True)
            Executor(world, actions(), found.append).run("site")
        assert not [one.result for one in found if one.status == "failed"]
        return found

    def calls(self) -> dict[str, int]:
        return dict(Counter(call.service for call in self.sandbox.calls.all()))

    def git_requests(self) -> int:
        return sum(call.is_git for call in self.sandbox.calls.all(git=True))


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Many]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    many = Many(sandbox, tmp_path)
    with sandbox:
        many.run_here(many.site).ok()
        yield many


def drift(found: list[TaskResult]) -> dict[tuple[str, str], Any]:
    """What differs, by host and task."""
    return {(one.host, one.task.name): one.result["drift"] for one in found if one.result.get("drift")}


def test_what_it_costs(many: Many, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exact numbers of calls, and of what costs processor time: processes, and texts that are searched for secrets."""
    texts = 0
    text = Redactor.text

    def counted(self: Redactor, value: str) -> str:
        nonlocal texts
        texts += 1
        return text(self, value)

    monkeypatch.setattr(Redactor, "text", counted)
    monkeypatch.setattr(git_process.Git, "_run", mock.Mock(side_effect=AssertionError("a process was started")))
    assert drift(many.plan_here()) == {}
    hosts = len(many.slugs)
    # Webhooks; variables, mirror and tokens. The repositories and the projects are a list each.
    assert many.calls() == {"bitbucket": hosts + 1, "gitlab": 3 * hosts + 1}
    assert many.git_requests() in (3 * hosts, 3 * hosts + 1)  # the first asks what the server can do
    assert texts <= 400 * hosts


def test_lists_and_single_reads_find_the_same(many: Many) -> None:
    """What a list does not have is read by itself, and an answer that is no list is no answer."""
    gitlab = many.sandbox.gitlab
    for slug, description in (("barn", "changed"), ("yard", "changed too")):
        project = gitlab.find_project(f"acme/{slug}")
        assert project
        project.settings["description"] = description
    together = many.plan_here()
    assert set(drift(together)) == {("barn", "Project"), ("yard", "Project")}
    calls = many.calls()
    for match in (r"^bitbucket GET /2.0/repositories/acme\?", r"^gitlab GET /api/v4/groups/acme/projects\?"):
        many.sandbox.faults.add("status", match=match, status=403, times=None)
    alone = many.plan_here()
    shown = [
        [(one.host, one.task.name, one.status, one.result.get("drift"), one.result.get("repository")) for one in found]
        for found in (together, alone)
    ]
    assert shown[0] == shown[1]
    assert sum(many.calls().values()) == sum(calls.values()) + 2 * len(many.slugs)
