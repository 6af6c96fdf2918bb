# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets with everything in them that encoders escape: no piece of one is found where it does not belong.

One play has a host for each form of the secrets, and tasks for each service: with the right credential, and with answers that
repeat all that the service knows of the secret. It runs through both doors at the greatest verbosity, with everything that can
be made to write down what happens.
"""

from __future__ import annotations

import html
import itertools
import json
import re
import time
from base64 import b64encode
from collections.abc import Iterable
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
NEW_EVENTS = ["repo:push", "repo:fork"]
# Ways in which an answer repeats a secret. Bodies that are cut must be redacted first.
ECHOES = {
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
        for host, form in {"wrapped": " {}\r\n".format, "special": str}.items():
            made = {service: canary(SPECIAL if host == "special" else "") for service in SERVICES}
            self._log_in_with(host, made)
            self.secrets |= {f"{service} of {host}": secret for service, secret in made.items()}
            self.variables[host] = {
                **{f"{service}_secret": form(secret) for service, secret in made.items()},
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


def module(name: str, /, _task: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """A task."""
    return {f"repobridge.bitbucket.{name}": options, **(_task or {})}


BITBUCKET = {"username": "jane.doe@example.com", "api_token": "{{ bitbucket_secret }}"}
GITLAB = {"api_token": "{{ gitlab_secret }}"}
CDS = {"username": "{{ inventory_hostname }}", "password": "{{ cds_secret }}"}
WEBHOOK = {
    **BITBUCKET,
    "workspace": "acme",
    "repository": "shop",
    "url": "https://build.example.com/{{ inventory_hostname }}",
    "events": ["repo:push"],
    "secret": "{{ webhook_secret }}",
}
VARIABLES = {
    **GITLAB,
    "project": "{{ gitlab_project }}",
    "variables": [{"key": "{{ inventory_hostname }}", "secret_value": "{{ variable_secret }}", "masked": False}],
}
FILES = {
    "bitbucket_url": "{{ dc_url }}",
    "username": "{{ inventory_hostname }}",
    "password": "{{ dc_secret }}",
    "workspace": "ACME",
    "repository": "shop",
    "branch": "main",
    "files": [{"path": "new.txt", "content": "new\n"}],
}
VAULT = {"compartment_id": "{{ compartment }}", "name": "canaries"}
SECRET = {
    "compartment_id": "{{ compartment }}",
    "name": "canary-{{ inventory_hostname }}",
    "vault_id": "{{ vault.resource.id }}",
    "key_id": "{{ key.resource.id }}",
    "content": "{{ vault_secret }}",
}
GITLAB_BROKEN = "acme/broken-{{ inventory_hostname }}-text"
IN_BACKGROUND = {"async": 60, "poll": 1}
CHECK = {"check_mode": True}


def right() -> list[dict[str, Any]]:
    """Tasks that do what they are for."""
    return [
        module("bitbucket_credential_info", use="oci_devops", **BITBUCKET),
        module("bitbucket_webhook", **WEBHOOK, _task=CHECK),
        module("bitbucket_webhook", **WEBHOOK, _task={"register": "hook"}),
        module("bitbucket_webhook", **{**WEBHOOK, "events": NEW_EVENTS, "secret": "{{ vault_secret }}"}, _task=CHECK),
        module("bitbucket_commit_files", **FILES, _task=CHECK),
        module("gitlab_project_info", project="{{ gitlab_project }}", **GITLAB),
        module("gitlab_project_variables", **VARIABLES, _task={"loop": [1, 2], "register": "variables"}),
        module("gitlab_project_variables", **VARIABLES, _task={"loop": [1], "no_log": True}),
        module("gitlab_project_variables", **VARIABLES, _task=IN_BACKGROUND),
        module(
            "gitlab_project_info",
            project="{{ gitlab_project }}",
            _task={"environment": {"GITLAB_API_TOKEN": "{{ gitlab_secret }}", "LANG": "C.UTF-8"}},
        ),
        module("cds_info", **CDS),
        module("upsun_integration_info", project="{{ upsun_project }}", api_token="{{ upsun_secret }}"),
        module("oci_vault", **VAULT, _task={"run_once": True, "register": "vault"}),
        module(
            "oci_vault_key", **VAULT, vault_id="{{ vault.resource.id }}", _task={"run_once": True, "register": "key"}
        ),
        module("oci_vault_secret", **SECRET, _task=CHECK),
        module("oci_vault_secret", **SECRET, _task={"register": "secret"}),
        {"set_fact": {"kept": ["{{ hook }}", "{{ variables }}", "{{ secret }}"], "cacheable": True}},
        {"debug": {"var": "kept"}},
    ]


def wrong(echoes: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Tasks that fail: by options that are refused, and by answers with a secret in them (services, and ways to answer)."""
    tasks = [
        module("gitlab_project_info", project="acme/x", api_tokn="{{ gitlab_secret }}"),
        module("gitlab_project_variables", **{**VARIABLES, "variables": {"COLOUR": "{{ variable_secret }}"}}),
        module("gitlab_project_variables", **{**VARIABLES, "variables": ["{{ variable_secret }}"]}),
        module("gitlab_project_variables", **{**VARIABLES, "variables": "key=X secret={{ variable_secret }}"}),
        module("gitlab_project_info", project="acme/x", api_token=["{{ gitlab_secret }}"]),
        module("gitlab_project_info", project="acme/x", **GITLAB, timeout="{{ gitlab_secret }}"),
        module("gitlab_project_info", project="acme/x", **GITLAB, api_url="https://x:{{ gitlab_secret }}@gitlab.com"),
        module("bitbucket_webhook", **{**WEBHOOK, "url": None, "secret_url": "https://x:{{ webhook_secret }}/"}),
        module("oci_devops_connection", name="x", project_id="x", secret_id="{{ vault_secret }}"),
    ]
    for service, echo in echoes:
        broken = f"broken-{{{{ inventory_hostname }}}}-{echo}"
        tasks.append(
            {
                "bitbucket": module("bitbucket_webhook", **{**WEBHOOK, "repository": broken}),
                "gitlab": module("gitlab_project_variables", **{**VARIABLES, "project": f"acme/{broken}"}),
                "upsun": module(
                    "upsun_integration_info", project=broken.replace("-", ""), api_token="{{ upsun_secret }}"
                ),
                "cds": module(
                    "cds_project", project=f"BROKEN{{{{ inventory_hostname | upper }}}}{echo.upper()}", **CDS
                ),
            }[service]
        )
    tasks.append(module("gitlab_project_variables", **{**VARIABLES, "project": GITLAB_BROKEN}, _task=IN_BACKGROUND))
    return [{**task, "ignore_errors": True} for task in tasks]


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


# What can't be part of a header, or of a password.
UNSENDABLE = {
    "glpat-\u200bcanary-canary": "U+200B at position 7",
    "glpat\ncanary-canary": "U+000A at position 6",
    "canary-canary\0": "U+0000 at position 14",
    "canary-canary\n-canary-canary": "U+000A at position 14",
}
MINT = {"api_token": "{{ token }}", "project": "{{ gitlab_project }}", "scopes": ["api"], "access_level": "maintainer"}
WORD = {
    "bitbucket_url": "{{ dc_url }}",
    "username": "word",
    "password": "{{ word }}",
    "workspace": "ACME",
    "repository": "shop",
}


def weak() -> list[dict[str, Any]]:
    """Tasks with a password that is a word, and with what is no credential at all; those of tokens last."""
    info = {"project": "{{ gitlab_project }}"}
    name = "{{ inventory_hostname }}-"
    refused = [
        module("gitlab_project_info", **info, api_token="{{ unsendable[0] }}"),
        module("gitlab_project_info", **info, api_token="{{ unsendable[1] }}"),
        module("upsun_integration_info", project="x", api_token="{{ unsendable[2] }}"),
        module("bitbucket_repository_info", **{**WORD, "password": "{{ unsendable[3] }}"}),
        module("gitlab_project_access_token", **MINT, name="x", _task={"loop": [1]}),
        module("gitlab_project_access_token", **MINT, name="x", _task=IN_BACKGROUND),
    ]
    return [
        module("bitbucket_repository_info", **WORD, _task={"register": "repository"}),
        module("bitbucket_webhook", **WORD, url=f"https://x/{name}", events=["repo:refs_changed"], secret="{{ word }}"),
        module(
            "gitlab_project_variables",
            api_token="{{ token }}",
            **info,
            variables=[{"key": "{{ inventory_hostname }}", "secret_value": "{{ word }}", "masked": False}],
        ),
        *({**task, "ignore_errors": True} for task in refused),
        module(
            "gitlab_project_info",
            **info,
            api_url="",
            api_token=None,
            _task={"environment": {"GITLAB_API_TOKEN": "{{ token }}", "REPOBRIDGE_TIMEOUT": " ", "GITLAB_CI": ""}},
        ),
        module(
            "gitlab_project_access_token", **MINT, name=f"{name}{{{{ item }}}}", _task={"loop": [1], "no_log": True}
        ),
        module("gitlab_project_access_token", **MINT, name=f"{name}once", _task={"register": "minted"}),
        {"ansible.builtin.assert": {"that": ["minted.token is match('glpat-')", "repository.repository is defined"]}},
    ]


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
