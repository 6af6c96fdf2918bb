# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a task runs: on the controller if the play sets this, otherwise on the other host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.sandbox.sandbox import ALL_SCOPES, Sandbox

from .playbook import Run, run_playbook

# Usual in the inventories of people who manage servers beside repositories.
OF_SERVERS = {
    "ansible_connection": "ssh",
    "ansible_python_interpreter": "/opt/python/of/a/server",
    "ansible_user": "ops",
}
LOOK = {"repobridge.bitbucket.bitbucket_repository_info": {"workspace": "acme", "repository": "shop", "refs": False}}


def play(folder: Path, sandbox: Sandbox, tasks: list[dict[str, Any]], **play_keywords: Any) -> Run:
    token = sandbox.populate(ALL_SCOPES)
    inventory, path = folder / "inventory.yml", folder / "play.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": {"shop": None, "engine.invalid": None}, "vars": OF_SERVERS}}))
    path.write_text(yaml.safe_dump([{"hosts": "shop", "gather_facts": False, **play_keywords, "tasks": tasks}]))
    with sandbox:
        return run_playbook(path, inventory, sandbox.environment(token), folder / "run")


def test_connection_local_of_a_play_goes_before_the_inventorys_ssh(tmp_path: Path) -> None:
    doors: list[dict[str, Any]] = [{**LOOK, "vars": {"repobridge_in_process": here}} for here in (True, False)]
    tasks: list[dict[str, Any]] = [
        *doors,
        {**LOOK, "become": True},
        {**LOOK, "connection": "local", "delegate_to": "localhost"},
    ]
    run = play(tmp_path, Sandbox(root=tmp_path / "sandbox"), tasks, connection="local").ok()
    assert [result["result"]["repository"]["slug"] for result in run.results] == ["shop"] * 4


def test_without_the_keyword_the_inventory_counts(tmp_path: Path) -> None:
    run = play(tmp_path, Sandbox(root=tmp_path / "sandbox"), [LOOK])
    assert run.returncode != 0
    assert "UNREACHABLE" in run.output


def test_the_host_of_an_engine_is_really_used(tmp_path: Path) -> None:
    """The role's plays have connection: local, which a delegated task would inherit."""
    role = {"name": "repobridge.bitbucket.gemnasium", "tasks_from": "foundation.yml"}
    run = play(
        tmp_path,
        Sandbox(root=tmp_path / "sandbox"),
        [{"ansible.builtin.include_role": role}],
        connection="local",
        vars={
            "bitbucket_workspace": "acme",
            "gemnasium_engine_host": "engine.invalid",
            "gemnasium_client_id": "x",
            "gemnasium_client_secret": "y",
        },
    )
    assert run.returncode != 0
    assert "engine.invalid" in run.output
    assert "UNREACHABLE" in run.output


def test_a_token_of_an_async_task_or_a_loop_is_never_shown(tmp_path: Path) -> None:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    sandbox.populate(ALL_SCOPES)
    sandbox.gitlab.create_project("acme", "shop")
    task = {
        "repobridge.bitbucket.gitlab_project_access_token": {
            "project": "acme/shop",
            "name": "of {{ item | default('one') }}",
            "scopes": ["api"],
            "access_level": "maintainer",
            "revoke_others": False,
        }
    }
    again = {**task, "ignore_errors": True}
    tasks = [{**again, "async": 30, "poll": 1}, {**again, "loop": ["a", "b"]}]
    shown = [{**again, "async": 30, "poll": 1, "no_log": True}, {**again, "loop": ["a", "b"], "no_log": True}]
    inventory, path = tmp_path / "inventory", tmp_path / "play.yml"
    inventory.write_text("shop\n")
    python = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    plays = [{"hosts": "shop", "connection": "local", "gather_facts": False, "vars": python, "tasks": [*tasks, *shown]}]
    path.write_text(yaml.safe_dump(plays))
    environment = {"GITLAB_API_URL": sandbox.gitlab.url, "GITLAB_API_TOKEN": sandbox.gitlab_token.secret}
    with sandbox:
        run = run_playbook(path, inventory, environment, tmp_path / "run", "-vvvv")
    assert run.returncode == 0, run.output
    assert run.output.count("needs no_log: true") >= 3
    made = [token for token in sandbox.gitlab.tokens.all.values() if token.name.startswith("of ")]
    assert len(made) == 3
    assert not [token.name for token in made if token.secret in run.output]
