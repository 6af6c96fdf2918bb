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
    """A sandbox in which every host has credentials of its own for every service, in the host's form."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = Sandbox(root=folder / "sandbox", tick_seconds=60)
        sandbox = self.sandbox
        sandbox.populate()
        sandbox.gitlab.pipelines.enabled = False
        self.secrets: dict[str, str] = {}
        self.faults: list[Fault] = []
        self.variables: dict[str, dict[str, Any]] = {}
        project = self._gitlab_project()
        for host, form in {"wrapped": " {}\r\n".format, "special": str}.items():
            special = SPECIAL if host == "special" else ""
            made = {service: canary(special) for service in SERVICES}
            self._log_in_with(host, made)
            self.secrets |= {f"{service} of {host}": secret for service, secret in made.items()}
            self.variables[host] = {
                **{f"{service}_secret": form(secret) for service, secret in made.items()},
                "gitlab_project": project,
            }
        sandbox.start()
        for host, made in self.variables.items():
            for service in ECHOING:
                self._echo(host, service, made[f"{service}_secret"].strip())

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

    def run(self, tasks: list[dict[str, Any]], in_process: bool) -> Run:
        inventory = self.folder / "inventory"
        inventory.mkdir(exist_ok=True)
        hosts = {host: {**variables} for host, variables in self.variables.items()}
        (inventory / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}, allow_unicode=True))
        sandbox = self.sandbox
        common = {
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "repobridge_in_process": in_process,
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
            "ANSIBLE_CALLBACKS_ENABLED": "record,junit,tree",
            "JUNIT_OUTPUT_DIR": str(run / "junit"),
            "ANSIBLE_CALLBACK_TREE_DIR": str(run / "tree"),
            "ANSIBLE_LOG_PATH": str(run / "ansible.log"),
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(run / "facts"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
        }
        return run_playbook(playbook, inventory, environment, run, "-vvvv", "--diff")


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
    searched = canaries.Searched(company.secrets)
    with canaries.ProcessList(searched.found) as processes:
        run = company.run([*right(), *wrong(TRIED[door])], DOORS[door])
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
