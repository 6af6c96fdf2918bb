# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX starts them: by ansible-runner, with the inventory as a script, and credentials injected into the environment.

Sources: ``get_script_data`` and ``get_sliced_hosts`` in awx/main/models/inventory.py, ``BaseTask.run`` in awx/main/tasks/jobs.py, tag
24.6.1. In place of a container each job has a folder of its own.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

from tests.sandbox.awx import injection
from tests.tools.awx import TYPES

from .playbook import LONGEST, ROOT, environment_of_run

Values = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Reads templates for AWX as they are."""


def _as_it_is(_loader: yaml.SafeLoader, node: yaml.Node) -> str:
    return str(node.value)


_Loader.add_constructor("!unsafe", _as_it_is)


@cache
def credential_types() -> dict[str, Values]:
    """The types that ``playbooks/awx.yml`` defines, by their short names."""
    types = yaml.load((ROOT / TYPES).read_text(), Loader=_Loader)["repobridge_awx_credential_types"]
    return {one["key"]: one for one in types}


def script_data(inventory: Path, number: int = 1, count: int = 1) -> Values:
    """What AWX's inventory script prints for one slice: its hosts, and all groups and variables."""
    manager = InventoryManager(loader=DataLoader(), sources=[str(inventory)])
    hosts = sorted(manager.hosts)[number - 1 :: count]
    data: Values = {}
    for name, group in manager.groups.items():
        if name == "ungrouped":
            continue
        data[name] = {
            "hosts": [host.name for host in group.hosts if host.name in hosts],
            "children": [child.name for child in group.child_groups if child.name != "ungrouped"],
            "vars": group.vars,
        }
    plain = {
        name: {k: v for k, v in manager.hosts[name].vars.items() if not k.startswith("inventory_")} for name in hosts
    }
    variables = {name: {**values, "remote_tower_enabled": "true"} for name, values in plain.items()}
    return {**data, "_meta": {"hostvars": variables}}


@dataclass
class Job:
    """A job that runs, or has run. ``folder`` is its private data directory."""

    folder: Path
    process: subprocess.Popen[bytes]

    def end(self) -> Job:
        self.process.wait(LONGEST)
        return self

    @property
    def _artifacts(self) -> Path:
        return self.folder / "artifacts" / "job"

    @property
    def status(self) -> str:
        return (self._artifacts / "status").read_text()

    @property
    def output(self) -> str:
        return (self._artifacts / "stdout").read_text()

    def events(self, *kinds: str) -> list[Values]:
        paths = sorted(
            (self._artifacts / "job_events").glob("*.json"), key=lambda path: int(path.name.partition("-")[0])
        )
        all_events = [json.loads(path.read_text()) for path in paths]
        return [one["event_data"] for one in all_events if one["event"] in kinds]

    @property
    def actions(self) -> list[tuple[str, str, str]]:
        """What the modules did, or in check mode would do."""
        results = [one["res"] for one in self.events("runner_on_ok", "runner_item_on_ok")]
        return [(a["action"], a["kind"], a["name"]) for res in results for a in res.get("actions") or []]

    @property
    def artifacts(self) -> Values:
        """What ``set_stats`` gave to the next nodes of a workflow."""
        (stats,) = self.events("playbook_on_stats")
        return dict(stats.get("artifact_data") or {})

    def stored(self) -> str:
        """What AWX stores of its output and its events."""
        paths = [self._artifacts / "stdout", *(self._artifacts / "job_events").glob("*.json")]
        return "\n".join(path.read_text(errors="replace") for path in paths)


def start(
    playbook: str,
    inventory: Path,
    credentials: Iterable[tuple[str, Mapping[str, str]]],
    folder: Path,
    *arguments: str,
    extra: Values | None = None,
    slice_of: tuple[int, int] = (1, 1),
) -> Job:
    """Start a job. ``credentials``: the types by their short names, and the inputs."""
    for name in ("env", "inventory", "project"):
        (folder / name).mkdir(parents=True)
    script = folder / "inventory" / "hosts"
    data = json.dumps(script_data(inventory, *slice_of))
    script.write_text(f"#!{sys.executable}\n# -*- coding: utf-8 -*-\nprint({data!r})\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    types = credential_types()
    variables: dict[str, str] = {}
    for kind, inputs in credentials:
        variables.update(injection.environment(types[kind], dict(inputs), folder / "env"))
    environment = {
        **variables,
        "JOB_ID": "7",
        "AWX_HOST": "https://awx.example.com",
        "ANSIBLE_FORCE_COLOR": "True",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
    }
    (folder / "env" / "envvars").write_text(json.dumps(environment))
    # AWX's own are there too, in each job.
    own = {"awx_job_id": 7, "tower_job_template_name": "site", "awx_user_name": "jane"}
    (folder / "env" / "extravars").write_text(json.dumps({**own, **(extra or {})}))
    (folder / "env" / "cmdline").write_text(" ".join(["--forks", "5", *arguments]))
    kept = {
        name: value for name, value in environment_of_run(folder, {}).items() if not name.startswith("ANSIBLE_CALLBACK")
    }
    kept.pop("REPOBRIDGE_POLL_INTERVAL")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "ansible_runner", "run", str(folder), "-p", playbook, "-i", "job", "--quiet"]
    with (folder / "runner.txt").open("wb") as file:
        process = subprocess.Popen(
            command, env={**kept, "PATH": path}, cwd=folder / "project", stdout=file, stderr=subprocess.STDOUT
        )
    return Job(folder, process)
