# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench.variables``: ten variables of a GitLab project, by community.general and by this collection.

Both set them in an empty project and then find them converged, in one run on one sandbox. Needs community.general beside
ansible-core (the package ``ansible`` has it).
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from tests.integration.playbook import run_playbook
from tests.sandbox.sandbox import Sandbox

NUMBER = 10


def play(module: str, options: dict[str, object]) -> str:
    task = {"name": "Ten variables", module: options}
    setting = {"hosts": "all", "connection": "local", "gather_facts": False, "tasks": [task]}
    return json.dumps([{**setting, "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}])


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary, Sandbox() as sandbox:
        folder = Path(temporary)
        environment = sandbox.environment(sandbox.populate())
        (folder / "inventory").write_text("bench\n")
        login = {"api_url": sandbox.gitlab.url, "api_token": sandbox.gitlab_token.secret}
        owner = next(iter(sandbox.gitlab.users.values()))
        cases = {}
        for name, module, key in (
            ("community.general", "community.general.gitlab_project_variable", "name"),
            ("repobridge.bitbucket", "repobridge.bitbucket.gitlab_project_variables", "key"),
        ):
            path = name.replace(".", "-")
            sandbox.gitlab.create_project("acme", path, owner)
            values = [{key: f"VARIABLE_{n}", "value": f"value-{n}"} for n in range(NUMBER)]
            cases[name] = play(module, {**login, "project": f"acme/{path}", "variables": values})
        empty = json.dumps([{"hosts": "all", "gather_facts": False, "tasks": []}])
        began = time.perf_counter()
        (folder / "play.yml").write_text(empty)
        run_playbook(folder / "play.yml", folder / "inventory", environment, folder / "run")
        print(f"{'an empty play':<40} {time.perf_counter() - began:>6.2f} s")
        for what in ("set", "converged"):
            for name, text in cases.items():
                (folder / "play.yml").write_text(text)
                sandbox.calls.clear()
                began = time.perf_counter()
                run = run_playbook(folder / "play.yml", folder / "inventory", environment, folder / "run")
                seconds = time.perf_counter() - began
                assert run.returncode == 0, run.output
                assert bool(run.changed) is (what == "set"), run.output
                calls = len(sandbox.calls.all("gitlab"))
                print(f"{name + ', ' + what:<40} {seconds:>6.2f} s  {calls:>3} calls")


if __name__ == "__main__":
    main()
