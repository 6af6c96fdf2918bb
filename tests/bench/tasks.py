# SPDX-License-Identifier: GPL-3.0-or-later
"""The cost of one converged task on each execution path, compared with ``debug`` and the same job of other collections.

The cost of a task is (CPU of a play with many of them - CPU of a play with one) / difference: start-up and the one import
of an SDK are in both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.integration.playbook import COLLECTIONS
from tests.sandbox.sandbox import ALL_SCOPES, Sandbox

from . import peers
from .measure import Bench, Measured

OURS, THEIRS = "repobridge.bitbucket", "community.general"
BASE = "debug"
# So many tasks more in the play with many of them: each module process costs as much as ten tasks in the controller.
MANY_IN_PROCESS, MANY_PROCESSES = 30, 5
_SCOPES = (*ALL_SCOPES, "admin:repository:bitbucket", "read:pipeline:bitbucket", "admin:pipeline:bitbucket")
# The variable that stands for what a role's first task, settings, registers.
_SETTINGS = "bench_settings"


@dataclass(frozen=True)
class Case:
    """A task. ``door`` says where it runs: in the controller's process, or as a module process of its own."""

    job: str
    module: str
    options: dict[str, Any]
    door: str = "process"
    settings: bool = False
    play: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        door = {"controller": ", in the controller", "process": ", module process"}.get(self.door, "")
        return f"{self.module.removeprefix('ansible.builtin.')}{door}{', with role settings' if self.settings else ''}"

    @property
    def many(self) -> int:
        return MANY_PROCESSES if self.door == "process" else MANY_IN_PROCESS

    def text(self, number: int) -> str:
        variables = {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "repobridge_in_process": self.door == "controller",
            **self.play.get("vars", {}),
        }
        setting = {"hosts": "all", "connection": "local", "gather_facts": False, **self.play, "vars": variables}
        first = setting.pop("first", [])
        return json.dumps([{**setting, "tasks": [*first, *[{"name": "Measured", self.module: self.options}] * number]}])


class Tasks:
    """All cases on one sandbox, converged once."""

    def __init__(self, sandbox: Sandbox, folder: Path, only: tuple[str, ...] = ()) -> None:
        """``only`` these jobs, and the base."""
        self.sandbox = sandbox
        self.folder = folder
        folder.mkdir(parents=True)
        self.inventory = folder / "inventory"
        self.inventory.write_text("bench\n")
        sandbox.populate()
        self.token = token = sandbox.bitbucket.create_api_token(sandbox.bitbucket.users["jdoe"], _SCOPES)
        self.bench = Bench(sandbox, folder, sandbox.environment(token))
        sandbox.bitbucket.repository("acme", "shop").pipelines.enabled = True
        self.login = {"api_url": sandbox.gitlab.url, "api_token": sandbox.gitlab_token.secret}
        self.peer = peers.installed()
        if self.peer:
            place = peers.with_api_url(self.peer, folder / "peers", sandbox.bitbucket.url)
            self.bench.environment["ANSIBLE_COLLECTIONS_PATH"] = f"{COLLECTIONS}:{place}"
        self.bitbucket_login = {"user": "jane.doe@example.com", "password": token.secret}
        self.cases = [one for one in self._cases() if not only or one.job in (BASE, *only)]

    def _cases(self) -> list[Case]:
        hook = {"events": ["repo:push"], "description": "For measuring"}
        place = {"workspace": "acme", "repository": "shop"}
        webhook = {**place, **hook, "url": "https://ci.example.com/hook"}
        topic = {"name": "bench", "compartment_id": self.sandbox.oci.compartment_id, "description": "For measuring"}
        # As in the roles: one variable holds what settings has resolved, of the connection only what is set; each option is a
        # reference to it.
        login = {"username": "jane.doe@example.com", "api_token": self.token.secret, "timeout": 30.0, "max_retries": 4}
        settings = {"connection": {"bitbucket": {**login, "api_url": self.sandbox.bitbucket.url}}, **webhook}
        as_a_role: dict[str, Any] = {
            "module_defaults": {f"group/{OURS}.bitbucket": f"{{{{ {_SETTINGS}.connection.bitbucket }}}}"},
            "first": [{"name": "Settings", "ansible.builtin.set_fact": {_SETTINGS: settings}}],
        }
        templated = {name: f"{{{{ {_SETTINGS}.{name} }}}}" for name in webhook}
        cases = [
            Case(BASE, "ansible.builtin.debug", {"msg": "For measuring"}, "none"),
            Case("webhook", f"{OURS}.bitbucket_webhook", webhook, "controller"),
            Case("webhook", f"{OURS}.bitbucket_webhook", templated, "controller", True, as_a_role),
            Case("webhook", f"{OURS}.bitbucket_webhook", webhook),
            Case("topic", f"{OURS}.oci_notification_topic", topic, "controller"),
            Case("topic", f"{OURS}.oci_notification_topic", topic),
        ]
        for job, ours, theirs in self._jobs():
            cases += [Case(job, *ours, door) for door in ("controller", "process")]
            cases += [Case(job, *theirs)] if self.peer or not theirs[0].startswith(THEIRS) else []
        return cases

    def _jobs(self) -> list[tuple[str, tuple[str, dict[str, Any]], tuple[str, dict[str, Any]]]]:
        """The same job, by each collection, with objects of its own where GitLab's defaults would differ.

        The variable of the pipelines is the same for both: theirs looks for a missing one on page after page, without end
        where an empty page says how long a page may be.
        """
        owner = next(iter(self.sandbox.gitlab.users.values()))
        for path in ("ours", "theirs"):
            self.sandbox.gitlab.create_project("acme", path, owner, files={"README.md": "# Bench\n"})
        expires = (self.sandbox.clock.datetime() + timedelta(days=200)).date().isoformat()
        ours = {**self.login, "project": "acme/ours"}
        theirs = {**self.login, "project": "acme/theirs"}
        values = [(f"VARIABLE_{n}", f"value-{n}") for n in range(10)]
        token = {"name": "bench", "scopes": ["api"], "access_level": "maintainer"}
        branch = {"name": "release/*", "push_access_level": "maintainer"}
        place = {"workspace": "acme", "repository": "shop"}
        url = f"{self.sandbox.gitlab.url}/api/v4/projects/acme%2Fours"
        return [
            (
                "project",
                (f"{OURS}.gitlab_project", {**ours, "description": "Bench"}),
                (f"{THEIRS}.gitlab_project", {**self.login, "name": "theirs", "group": "acme", "description": "Bench"}),
            ),
            (
                "variables",
                (
                    f"{OURS}.gitlab_project_variables",
                    {**ours, "variables": [{"key": k, "value": v} for k, v in values]},
                ),
                (
                    f"{THEIRS}.gitlab_project_variable",
                    {**theirs, "variables": [{"name": k, "value": v} for k, v in values]},
                ),
            ),
            (
                "token",
                (f"{OURS}.gitlab_project_access_token", {**ours, **token}),
                (f"{THEIRS}.gitlab_project_access_token", {**theirs, **token, "expires_at": expires}),
            ),
            (
                "branch",
                (f"{OURS}.gitlab_protected_branch", {**ours, **branch}),
                (f"{THEIRS}.gitlab_protected_branch", {**theirs, **branch, "merge_access_levels": "maintainer"}),
            ),
            (
                "pipeline variable",
                (
                    f"{OURS}.bitbucket_pipeline_variables",
                    {**place, "variables": [{"key": "BENCH", "value": "For measuring"}]},
                ),
                (
                    f"{THEIRS}.bitbucket_pipeline_variable",
                    {**place, **self.bitbucket_login, "name": "BENCH", "value": "For measuring", "state": "present"},
                ),
            ),
            (
                "repository",
                (f"{OURS}.bitbucket_repository_info", {**place, "refs": False}),
                ("ansible.builtin.uri", {"url": url, "headers": {"PRIVATE-TOKEN": self.login["api_token"]}}),
            ),
        ]

    def converge(self) -> None:
        for case in self.cases:
            self.converge_one(case)

    def converge_one(self, case: Case) -> None:
        self.bench.run(self.play(case, 1), self.inventory)

    def measure(self, case: Case) -> tuple[Measured, Measured]:
        """A play with one of it, and one with ``case.many`` more."""
        few, many = (self.bench.measure(self.play(case, number), self.inventory) for number in (1, 1 + case.many))
        return few, many

    def play(self, case: Case, number: int) -> Path:
        file = self.folder / "play.yml"
        file.write_text(case.text(number))
        return file
