# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets with all characters that encoders escape: no part of them is found in any output.

One play has a host for each form of the secrets, and tasks for each service: with the right credential, and with answers that
repeat all that the service knows of the secret. It runs on both execution paths at the greatest verbosity, with all logging
enabled.
"""

from __future__ import annotations

import html
import itertools
import json
import re
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from tests.sandbox.calls import Call
from tests.sandbox.faults import Fault
from tests.sandbox.sandbox import ALL_SCOPES, Sandbox

from . import canaries
from .canaries import SPECIAL, canary
from .canary_tasks import UNSENDABLE, right, weak, wrong
from .playbook import Run, run_playbook

DOORS = {"in process": True, "module": False}
SERVICES = ("bitbucket", "dc", "gitlab", "cds", "upsun", "webhook", "variable", "vault")
# Where each may arrive: the credentials of a service at that service, and what is stored where it is stored.
PLACES = {
    "bitbucket": "bitbucket ",
    "dc": "bitbucket-dc ",
    "gitlab": "gitlab ",
    "cds": "cds ",
    "upsun": "upsun",
    "webhook": "bitbucket .*/hooks",
    "variable": "gitlab .*/variables",
    "vault": "oci .*/secrets",
}
BEFORE = "It is as it is. " * 40
# Ways in which an answer repeats a secret. Bodies that are cut must be redacted first.
ECHOES: dict[str, Callable[[str], tuple[int, str, str]]] = {
    "json": lambda said: (400, "application/json", json.dumps({"error": {"message": said}, "message": said})),
    "text": lambda said: (500, "text/plain", BEFORE[:460] + said),
    "page": lambda said: (500, "text/html", f"<html><body><p>{BEFORE[:170]}{said}</p></body></html>"),
    "nulls": lambda said: (200, "application/json", json.dumps({"values": [None], "uuid": None, "echo": said})),
}

ECHOING = ("bitbucket", "gitlab", "cds", "upsun")
# What a module does with an answer is the same behind both doors, so one of each must do for the slow one.
TRIED = {"in process": list(itertools.product(ECHOING, ECHOES)), "module": list(zip(ECHOING, ECHOES, strict=True))}


def said_of(secret: str, user: str) -> str:
    """What an answer has of a secret: in all its forms, and in the other order, so that a cut hits each."""
    known = sorted(canaries.forms(secret, user))
    return " ".join([*known, html.escape(json.dumps(secret.strip())), quote(quote(secret.strip(), safe=""), safe="")])


class Company:
    """A sandbox, and an inventory with variables for each host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = Sandbox(root=folder / "sandbox", tick_seconds=60)
        sandbox = self.sandbox
        sandbox.populate()
        sandbox.gitlab.pipelines.enabled = False
        self.secrets: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.variables: dict[str, dict[str, Any]] = {}
        self.project = self._gitlab_project()
        sandbox.start()

    def hide_canaries(self, in_process: bool) -> None:
        """Every host gets credentials of its own for every service, in the host's form."""
        for host, form in (("wrapped", " {}\r\n"), ("special", "{}")):
            made = {service: canary(SPECIAL if host == "special" else "") for service in SERVICES}
            self._log_in_with(host, made)
            self.secrets |= {f"{service} of {host}": secret for service, secret in made.items()}
            self.variables[host] = {
                **{f"{service}_secret": form.format(secret) for service, secret in made.items()},
                "repobridge_in_process": in_process,
            }
            for service in ECHOING:
                self._echo(host, service, made[service])

    def _gitlab_project(self) -> str:
        gitlab = self.sandbox.gitlab
        group = gitlab.find_namespace("acme")
        assert group
        return gitlab.create_project(group, "shop").full_path

    def _log_in_with(self, host: str, made: dict[str, str]) -> None:
        """Accounts whose secrets are the host's."""
        sandbox = self.sandbox
        jdoe = sandbox.bitbucket.users["jdoe"]
        token = sandbox.bitbucket.create_api_token(jdoe, ALL_SCOPES)
        sandbox.bitbucket.vault.credentials[made["bitbucket"]] = token
        token.secret = made["bitbucket"]
        builder = sandbox.bitbucket_dc.create_user(host, password=made["dc"])
        sandbox.bitbucket_dc.grant(builder, "PROJECT_ADMIN", "ACME")
        owner = sandbox.gitlab.find_user("jdoe")
        assert owner
        sandbox.gitlab.create_token(owner).secret = made["gitlab"]
        sandbox.cds.create_user(host, made["cds"], "ADMIN")
        sandbox.upsun.create_api_token(sandbox.upsun_token.user).secret = made["upsun"]

    def _echo(self, host: str, service: str, secret: str) -> None:
        """Calls for ``broken-HOST-ECHO`` are answered with the host's secret of the service."""
        user = {"bitbucket": "jane.doe@example.com"}.get(service, host)
        for name, echo in ECHOES.items():
            status, kind, body = echo(said_of(secret, user))
            fault = self.sandbox.faults.add(
                "body",
                match=rf"(?i)^{service}\S* \S+ \S*broken-?{host}-?{name}",
                times=None,
                status=status,
                content_type=kind,
                body=body,
            )
            self.faults.append(fault)

    def run(self, tasks: list[dict[str, Any]], **more: str) -> Run:
        """A run with everything that writes down what happens; ``more`` are environment variables."""
        inventory = self.folder / "inventory"
        inventory.mkdir(exist_ok=True)
        hosts = {host: {**variables} for host, variables in self.variables.items()}
        (inventory / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}, allow_unicode=True))
        sandbox = self.sandbox
        common = {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "gitlab_project": self.project,
            "compartment": sandbox.oci.compartment_id,
            "upsun_project": sandbox.upsun_project.id,
            "dc_url": sandbox.bitbucket_dc.url,
        }
        playbook = self.folder / "canaries.yml"
        play = {"hosts": "all", "connection": "local", "gather_facts": False, "vars": common, "tasks": tasks}
        playbook.write_text(yaml.safe_dump([play], sort_keys=False, width=1000))
        run = self.folder / "run"
        environment = {
            "BITBUCKET_API_URL": sandbox.bitbucket.url,
            "BITBUCKET_SITE_URL": sandbox.bitbucket.url,
            "GITLAB_API_URL": sandbox.gitlab.url,
            "UPSUN_API_URL": sandbox.upsun.api_url,
            "UPSUN_AUTH_URL": sandbox.upsun.auth_url,
            "CDS_API_URL": sandbox.cds.url,
            "OCI_CONFIG_FILE": str(sandbox.oci.write_config(sandbox.root / "oci-config")),
            "OCI_ENDPOINT": sandbox.oci.url,
            "REPOBRIDGE_MAX_RETRIES": "0",
            "ANSIBLE_CALLBACKS_ENABLED": "record,junit",
            "JUNIT_OUTPUT_DIR": str(run / "junit"),
            "ANSIBLE_LOG_PATH": str(run / "ansible.log"),
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(run / "facts"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
        }
        done = run_playbook(playbook, inventory, {**environment, **more}, run, "-vvvv", "--diff")
        # What watches a module in the background removes the module's file some seconds after its end.
        until = time.monotonic() + 60
        while any((run / "ansible-remote-tmp").glob("*/*")) and time.monotonic() < until:
            time.sleep(0.1)
        return done


def strays(calls: list[Call], secrets: dict[str, str]) -> list[str]:
    """Requests with secrets that do not belong there; the secrets of one host are a matter of that host alone."""
    searched = canaries.Searched(secrets)
    out = []
    for call in calls:
        for found in searched.found(call.request_text()):
            place = PLACES[found.partition(" ")[0]]
            if not re.match(place, f"{call.service} {call.path}"):
                out.append(f"{call.line}: {found}")
    return out


@pytest.mark.parametrize("door", DOORS)
def test_no_piece_of_a_secret_is_found_anywhere(tmp_path: Path, door: str) -> None:
    company = Company(tmp_path)
    company.hide_canaries(DOORS[door])
    searched = canaries.Searched(company.secrets)
    with canaries.ProcessList(searched.found) as processes:
        run = company.run([*right(), *wrong(TRIED[door])])
    calls = company.sandbox.calls.all(git=True) + company.sandbox.stranger.calls
    company.sandbox.stop()
    assert run.returncode == 0, run.output
    failed = [r for r in run.results if r["status"] == "ignored"]
    assert len(failed) == len(wrong(TRIED[door])) * len(company.variables), [r["action"] for r in failed]
    fired = [fault.match for fault in company.faults if fault.fired]
    assert len(fired) == len(TRIED[door]) * len(company.variables), fired
    assert "git" in processes.programs
    found = [*searched.found(run.output), *searched.below(company.folder / "run"), *processes.found]
    assert not found, "\n".join(found)
    assert not strays(calls, company.secrets)


def test_words_and_what_cannot_be_sent_and_what_is_made(tmp_path: Path) -> None:
    """Both doors are hosts of one play here."""
    company = Company(tmp_path)
    sandbox = company.sandbox
    word = sandbox.bitbucket_dc.create_user("word", password="main")
    sandbox.bitbucket_dc.grant(word, "PROJECT_ADMIN", "ACME")
    for host, in_process in {"here": True, "module": False}.items():
        # In variables: of a failed task, ansible-core shows the lines in the playbook.
        company.variables[host] = {
            "repobridge_in_process": in_process,
            "token": sandbox.gitlab_token.secret,
            "word": "main",
            "unsendable": list(UNSENDABLE),
        }
    run = company.run(
        weak(), REPOBRIDGE_CA_PATH="", GITLAB_API_TOKEN=" ", BITBUCKET_AUTH_METHOD="", BITBUCKET_EDITION=" "
    )
    calls = sandbox.calls.all(git=True)
    sandbox.stop()
    assert run.returncode == 0, run.output

    messages = [r["result"]["msg"] for r in run.results if r["status"] in ("ignored", "failed")]
    refusals = (*UNSENDABLE.values(), "with a loop the task needs no_log", "with async the task needs no_log")
    for text in refusals:
        assert len([one for one in messages if text in one]) == len(DOORS), (text, messages)
    assert not [call.line for call in calls if "canary" in call.request_text()]

    made = {token.secret for token in sandbox.gitlab.tokens.all.values()}
    known = {f"token {number}": secret for number, secret in enumerate(made)} | {"x": "canary-canary"}
    searched = canaries.Searched(known)
    found = [*searched.found(run.output), *searched.below(company.folder / "run")]
    assert not found, "\n".join(found)

    assert "is an ordinary word" in run.output
    read = [r["result"] for r in run.results if r["action"].endswith("repository_info") and r["status"] == "ok"]
    assert [result["repository"]["main_branch"] for result in read] == ["main", "main"]
    written = [
        run.output,
        *(path.read_text("utf-8", "replace") for path in (tmp_path / "run").rglob("*") if path.is_file()),
    ]
    pair = b64encode(b"word:main").decode()
    credential = re.compile(r"word:main|(password|secret|secret_value)[\\\"']*\s*[:=]\s*[\\\"']*main")
    for text in written:
        assert pair not in text
        assert not credential.search(text), credential.search(text)
