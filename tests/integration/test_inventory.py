# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin bitbucket_repositories in real programs: ansible-inventory, and the playbooks that use its hosts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.sandbox import Sandbox

from .playbook import environment_of_run
from .scenarios.gitlab_ci import GitlabCi

SOURCE = """\
plugin: repobridge.bitbucket.bitbucket_repositories
workspaces: [acme]
name: shop
groups:
  gitlab_ci: true
"""
MALICIOUS = "{{ lookup('ansible.builtin.pipe', 'touch hacked') }}"


class FromBitbucket(GitlabCi):
    """The same repository, whose host comes from Bitbucket."""

    def inventory_text(self) -> str:
        self.variables = yaml.safe_load(super().inventory_text())["all"]["children"]["gitlab_ci"].get("vars", {})
        group_vars = self.folder / "group_vars"
        group_vars.mkdir()
        (group_vars / "gitlab_ci.yml").write_text(yaml.safe_dump(self.variables))
        return SOURCE

    def list(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        program = str(Path(sys.executable).with_name("ansible-inventory"))
        return subprocess.run(
            [program, "-i", str(self.inventory), *arguments],
            env=environment_of_run(self.folder, {**self.environment, **environment}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def hosts(self, *arguments: str) -> dict[str, Any]:
        done = self.list("--list", *arguments)
        assert done.returncode == 0 and "WARNING" not in done.stderr, done.stderr
        assert self.environment["BITBUCKET_API_TOKEN"] not in done.stdout + done.stderr
        return dict(json.loads(done.stdout))


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[FromBitbucket]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = FromBitbucket(sandbox, tmp_path)
    with sandbox:
        yield made


def text(value: Any) -> Any:
    """Up to ansible-core 2.18 the program marks what is unsafe."""
    return value["__ansible_unsafe"] if isinstance(value, dict) else value


def test_ansible_inventory_lists_the_repositories(scenario: FromBitbucket) -> None:
    found = scenario.hosts()
    assert found["gitlab_ci"]["hosts"] == ["acme/shop"]
    own = found["_meta"]["hostvars"]["acme/shop"]
    assert (text(own["bitbucket_workspace"]), text(own["bitbucket_repository"])) == ("acme", "shop")
    assert text(own["bitbucket_repository_facts"]["main_branch"]) == "main"
    assert [call.path for call in scenario.sandbox.calls.all()] == ["/2.0/repositories/acme"]


def test_the_playbooks_work_with_its_hosts(scenario: FromBitbucket) -> None:
    """From nothing to a converged repository and back; the name of the host says the workspace."""
    scenario.run(scenario.site).ok()
    scenario.verify()
    assert scenario.made() == scenario.expected()
    again = scenario.run(scenario.site).ok()
    assert not again.changed
    scenario.run(scenario.teardown).ok()


def test_texts_of_bitbucket_are_not_templates_in_a_play(scenario: FromBitbucket) -> None:
    scenario.sandbox.bitbucket.repository("acme", "shop").description = MALICIOUS
    scenario.inventory.write_text(f"{SOURCE}compose:\n  seen: \"'see ' ~ repository.description\"\n")
    play = scenario.folder / "play.yml"
    shown = {"ansible.builtin.debug": {"msg": "{{ bitbucket_repository_facts.description }} {{ seen }}"}}
    play.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [shown]}]))
    run = scenario.run(str(play)).ok()
    assert run.results[-1]["result"]["msg"] == f"{MALICIOUS} see {MALICIOUS}"
    assert not list(scenario.folder.rglob("hacked"))


def test_a_list_that_cannot_be_read_leaves_nothing_to_do(scenario: FromBitbucket) -> None:
    secret = scenario.environment["BITBUCKET_API_TOKEN"] = "an-api-token-that-is-wrong"
    listed = scenario.list("--list")
    words = " ".join(listed.stderr.split())
    assert "List the repositories of acme: Bitbucket answered 401" in words and secret not in words
    run = scenario.run(scenario.site)
    assert run.returncode == 2 and secret not in run.output
    assert "The inventory has no host, or could not be parsed" in run.failures[0]["msg"]
    assert scenario.list("--list", ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true").returncode != 0
