# SPDX-License-Identifier: GPL-3.0-or-later
"""The task ``settings`` in real runs: where variables come from, and what happens before anything is created."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.constants import DEFAULT_VAULT_ID_MATCH
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.sandbox.sandbox import Sandbox

from .playbook import Run, run_playbook
from .scenarios.gitlab_ci import GitlabCi, project

PASSWORD = "the vault's password"


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[GitlabCi]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = GitlabCi(sandbox, tmp_path)
    sandbox.start()
    yield made
    sandbox.stop()


def vaulted(text: str) -> str:
    """The value of an inline ``!vault``, to be written into YAML."""
    secret = VaultSecret(PASSWORD.encode())
    cipher = VaultLib([(DEFAULT_VAULT_ID_MATCH, secret)]).encrypt(text, secret).decode()
    return "!vault |\n" + "".join(f"            {line}\n" for line in cipher.splitlines())


def settings(scenario: GitlabCi, inventory: str, *arguments: str, play: dict[str, Any] | None = None) -> Run:
    """A play that shows what the settings came to."""
    folder = scenario.folder / "shown"
    folder.mkdir(exist_ok=True)
    path = folder / ("hosts.ini" if inventory.startswith("[") else "hosts.yml")
    path.write_text(inventory)
    task = {"repobridge.bitbucket.settings": {"target": "gitlab_ci"}, "register": "found"}
    shown = {
        "ansible.builtin.debug": {"msg": "{{ found.existing_project }} {{ found.token_days }} {{ found.connection }}"}
    }
    playbook = folder / "play.yml"
    playbook.write_text(
        yaml.safe_dump([{"hosts": "all", "gather_facts": False, **(play or {}), "tasks": [task, shown]}])
    )
    return run_playbook(playbook, path, scenario.environment, folder, *arguments)


def message(run: Run) -> str:
    run.ok()
    return str(run.results[-1]["result"]["msg"])


def test_an_inline_vault_works_for_every_service(scenario: GitlabCi, tmp_path: Path) -> None:
    environment = scenario.environment
    secrets = {
        "gitlab_api_token": environment.pop("GITLAB_API_TOKEN"),
        "bitbucket_api_token": environment.pop("BITBUCKET_API_TOKEN"),
    }
    lines = "".join(f"        {name}: {vaulted(secret)}" for name, secret in secrets.items())
    scenario.inventory.write_text(scenario.inventory_text() + lines)
    (tmp_path / "password").write_text(PASSWORD)
    run = scenario.run(scenario.site, "--vault-password-file", str(tmp_path / "password")).ok()
    assert run.changed
    scenario.verify()
    assert not any(secret in run.output for secret in secrets.values())


def test_texts_of_an_ini_inventory_are_converted(scenario: GitlabCi) -> None:
    inventory = "[gitlab_ci]\nshop\n[gitlab_ci:vars]\nbitbucket_workspace=acme\ngitlab_ci_existing_project=false\ngitlab_ci_token_days=80\n"
    assert message(settings(scenario, inventory)).startswith("False 80 ")


def test_extra_variables_are_texts(scenario: GitlabCi) -> None:
    """What a survey of AWX gives; a blank answer leaves the environment its say."""
    inventory = "all: {hosts: {shop: {bitbucket_workspace: acme}}}"
    extra = ("-e", "gitlab_ci_existing_project=false", "-e", "gitlab_ci_token_days=80", "-e", "gitlab_api_url=''")
    assert message(settings(scenario, inventory, *extra)).startswith("False 80 ")
    assert "api_url" not in message(settings(scenario, inventory, *extra))


def test_the_plays_own_defaults_stay(scenario: GitlabCi) -> None:
    inventory = "all: {hosts: {shop: {bitbucket_workspace: acme, gitlab_timeout: 7}}}"
    defaults = {"group/repobridge.bitbucket.gitlab": {"max_retries": 9, "timeout": 5}}
    found = message(settings(scenario, inventory, play={"module_defaults": defaults}))
    assert "'max_retries': 9" in found and "'timeout': 7" in found


def test_nothing_is_created_anywhere_where_one_host_is_wrong(scenario: GitlabCi) -> None:
    scenario.inventory.write_text(
        scenario.inventory_text().replace(
            "        shop:\n", "        shop:\n        stock:\n          gitlab_ci_token_days: many\n"
        )
    )
    run = scenario.run(scenario.site)
    assert run.returncode != 0
    (failure,) = run.failures
    assert "gitlab_ci_token_days" in failure["msg"] and "stock" in failure["msg"]
    assert not scenario.sandbox.calls.all()


def test_a_misspelled_variable_is_reported(scenario: GitlabCi) -> None:
    run = scenario.run(scenario.site, "--check", gitlab_ci_vizibility="private")
    assert run.returncode == 0, run.output
    assert "gitlab_ci_vizibility; did you mean gitlab_ci_visibility?" in " ".join(run.output.split())


def test_settings_are_never_shown(scenario: GitlabCi) -> None:
    secret = scenario.environment.pop("BITBUCKET_API_TOKEN")
    scenario.inventory.write_text(f"{scenario.inventory_text()}        bitbucket_api_token: {secret}\n")
    run = scenario.run(scenario.site, "-vvvv").ok()
    assert project(scenario.sandbox)
    assert secret not in run.output


WRONG_ELSEWHERE = """    oci_devops:
      hosts:
        shop:
        stock:
    upsun:
      hosts:
        stock:
"""


@pytest.mark.parametrize("playbook", ["site", "audit", "teardown"])
def test_what_is_wrong_for_a_later_target_is_known_before_the_first_call(scenario: GitlabCi, playbook: str) -> None:
    scenario.inventory.write_text(scenario.inventory_text() + WRONG_ELSEWHERE)
    run = scenario.run(getattr(scenario, playbook))
    assert run.returncode != 0
    (failure,) = run.failures
    lines = failure["msg"].splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "oci_devops, settings of shop",
        "oci_devops, settings of stock",
        "upsun, settings of stock",
    ]
    assert "oci_devops_compartment_id" in lines[0] and "bitbucket_workspace" in lines[1]
    assert not scenario.sandbox.calls.all()


def test_a_target_that_is_not_run_keeps_nobody_from_another(scenario: GitlabCi) -> None:
    scenario.inventory.write_text(scenario.inventory_text() + WRONG_ELSEWHERE)
    for tags in (("--tags", "gitlab_ci"), ("--skip-tags", "oci_devops,upsun")):
        scenario.run(scenario.site, *tags).ok()
    assert project(scenario.sandbox)
