# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebooks, by ansible-rulebook: a push to Bitbucket starts a playbook for that repository, an unsigned message nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from ephemeral_port_reserve import reserve

from tests.sandbox.sandbox import Sandbox

from .playbook import environment_of_run
from .scenarios.gitlab_ci import GitlabCi

RULEBOOK = shutil.which("ansible-rulebook", path=str(Path(sys.executable).parent))
SECRET = "secret-of-the-webhook"
LONGEST = 120


def why_not() -> str:
    """Why rulebooks can't be tried on this machine."""
    if not RULEBOOK:
        return "ansible-rulebook is not installed: make eda"
    java = shutil.which("java")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""
    version = re.search(r'version "(\d+)', said)
    return "" if version and int(version[1]) >= 17 else "there is no Java 17 on this machine"


pytestmark = [pytest.mark.any_core, pytest.mark.skipif(bool(why_not()), reason=why_not())]


class Fleet(GitlabCi):
    """Two repositories, so that a playbook can run for one of them."""

    def inventory_text(self) -> str:
        inventory = yaml.safe_load(super().inventory_text())
        inventory["all"]["children"]["gitlab_ci"]["hosts"]["stock"] = {}
        return str(yaml.safe_dump(inventory))


class Rulebook:
    """A rulebook that runs in a process of its own, and waits for webhooks at ``url``."""

    def __init__(self, fleet: Fleet, name: str) -> None:
        port = reserve()
        self.url = f"http://127.0.0.1:{port}/"
        self._log = fleet.folder / "rulebook.txt"
        variables = fleet.folder / "variables.yml"
        variables.write_text(
            yaml.safe_dump(
                {
                    "repobridge_webhook_secret": SECRET,
                    "repobridge_webhook_address": "127.0.0.1",
                    "repobridge_webhook_port": port,
                }
            )
        )
        environment = environment_of_run(fleet.folder, fleet.environment)
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        # The playbook is a process of the rulebook; its results are in the log.
        environment.pop("ANSIBLE_CALLBACKS_ENABLED")
        assert RULEBOOK
        command = [RULEBOOK, "--rulebook", f"repobridge.bitbucket.{name}", "--inventory", str(fleet.inventory)]
        with self._log.open("wb") as file:
            self._process = subprocess.Popen(
                [*command, "--vars", str(variables), "--verbose"],
                env=environment,
                cwd=fleet.folder,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_for(lambda: "Waiting for events" in self.log)

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def wait_for(self, done: Callable[[], Any]) -> None:
        until = time.monotonic() + LONGEST
        while not done():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < until, self.log
            time.sleep(0.1)

    def recap(self, number: int = 1) -> set[str]:
        """The hosts of the playbook's run that ended as the ``number``-th."""
        plain = re.compile(r"\x1b\[[0-9;]*m")
        found: list[str] = []

        def ended() -> bool:
            found[:] = plain.sub("", self.log).split("PLAY RECAP")[1:]
            return len(found) >= number and bool(re.search(r"failed=\d+", found[number - 1]))

        self.wait_for(ended)
        return set(re.findall(r"^(\S+)\s+: ok=", found[number - 1], re.MULTILINE))

    def stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    fleet = Fleet(sandbox, tmp_path)
    with sandbox:
        yield fleet


@pytest.fixture
def start(fleet: Fleet) -> Iterator[Callable[[str], Rulebook]]:
    started: list[Rulebook] = []

    def begin(name: str) -> Rulebook:
        started.append(Rulebook(fleet, name))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


def add_webhook(fleet: Fleet, url: str, secret: str) -> None:
    """As the module ``bitbucket_webhook`` and the page *Webhooks* do."""
    body = {"url": url, "description": "Events", "active": True, "events": ["repo:push"], "secret": secret}
    path = f"{fleet.sandbox.bitbucket.url}/2.0/repositories/acme/shop/hooks"
    assert fleet.token.user
    answer = requests.post(path, json=body, auth=(fleet.token.user.email, fleet.token.secret), timeout=10)
    assert answer.status_code == 201, answer.text


def add_webhook_of_data_center(fleet: Fleet, url: str) -> None:
    body = {
        "name": "Events",
        "url": url,
        "active": True,
        "events": ["repo:refs_changed"],
        "configuration": {"secret": SECRET},
    }
    path = f"{fleet.sandbox.bitbucket_dc.url}/rest/api/latest/projects/ACME/repos/shop/webhooks"
    headers = {"Authorization": f"Bearer {fleet.sandbox.bitbucket_dc_token.secret}"}
    answer = requests.post(path, json=body, headers=headers, timeout=10)
    assert answer.status_code == 201, answer.text


def test_a_push_starts_the_audit_of_its_repository(fleet: Fleet, start: Callable[[str], Rulebook]) -> None:
    rulebook = start("bitbucket_audit")
    add_webhook(fleet, rulebook.url, "another secret")
    fleet.sandbox.bitbucket.commit("acme", "shop", "main", {"a.txt": "1\n"})
    (refused,) = fleet.sandbox.bitbucket.wait_for_deliveries()
    assert [attempt.status for attempt in refused.attempts][-1] == 401
    for body in ({"repository": {"full_name": "acme/stock"}}, {}):
        unsigned = requests.post(rulebook.url, json=body, headers={"X-Event-Key": "repo:push"}, timeout=10)
        assert unsigned.status_code == 400, "a message without a signature"

    fleet.sandbox.bitbucket.repository("acme", "shop").hooks.clear()
    add_webhook(fleet, rulebook.url, SECRET)
    fleet.sandbox.bitbucket.commit("acme", "shop", "main", {"a.txt": "2\n"})
    assert rulebook.recap() == {"shop"}
    assert not fleet.sandbox.gitlab.find_project("acme/shop"), "an audit changes nothing"

    # Data Center has other events, other payloads, and the same signature.
    add_webhook_of_data_center(fleet, rulebook.url)
    fleet.sandbox.bitbucket_dc.commit("ACME", "shop", "main", {"a.txt": "3\n"})
    assert rulebook.recap(2) == {"shop"}
    assert "PLAY RECAP" not in rulebook.log.split("PLAY RECAP", 2)[2], (
        "the message without a signature started something"
    )
    assert SECRET not in rulebook.log


def test_a_push_converges_its_repository(fleet: Fleet, start: Callable[[str], Rulebook]) -> None:
    rulebook = start("bitbucket_site")
    add_webhook(fleet, rulebook.url, SECRET)
    fleet.sandbox.bitbucket.commit("acme", "shop", "main", {"a.txt": json.dumps(1)})
    assert rulebook.recap() == {"shop"}
    assert fleet.sandbox.gitlab.find_project("acme/shop")
    assert not fleet.sandbox.gitlab.find_project("acme/stock")
