# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks of test_canaries: those that do what they are for, those that fail, and those with weak secrets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.uses import USES

Options = dict[str, Any]
NEW_EVENTS = ["repo:push", "repo:fork"]


def module(name: str, /, _task: Options | None = None, **options: Any) -> Options:
    """A task."""
    return {f"repobridge.bitbucket.{name}": options, **(_task or {})}


BITBUCKET: Options = {"username": "jane.doe@example.com", "api_token": "{{ bitbucket_secret }}"}
GITLAB: Options = {"api_token": "{{ gitlab_secret }}"}
CDS: Options = {"username": "{{ inventory_hostname }}", "password": "{{ cds_secret }}"}
WEBHOOK: Options = {
    **BITBUCKET,
    "workspace": "acme",
    "repository": "shop",
    "url": "https://build.example.com/{{ inventory_hostname }}",
    "events": ["repo:push"],
    "secret": "{{ webhook_secret }}",
}
VARIABLES: Options = {
    **GITLAB,
    "project": "{{ gitlab_project }}",
    "variables": [{"key": "{{ inventory_hostname }}", "secret_value": "{{ variable_secret }}", "masked": False}],
}
FILES: Options = {
    "bitbucket_url": "{{ dc_url }}",
    "username": "{{ inventory_hostname }}",
    "password": "{{ dc_secret }}",
    "workspace": "ACME",
    "repository": "shop",
    "branch": "main",
    "files": [{"path": "new.txt", "content": "new\n"}],
}
VAULT: Options = {"compartment_id": "{{ compartment }}", "name": "canaries"}
SECRET: Options = {
    "compartment_id": "{{ compartment }}",
    "name": "canary-{{ inventory_hostname }}",
    "vault_id": "{{ vault.resource.id }}",
    "key_id": "{{ key.resource.id }}",
    "content": "{{ vault_secret }}",
}
GITLAB_BROKEN = "acme/broken-{{ inventory_hostname }}-text"
USE = next(iter(USES))
IN_BACKGROUND: Options = {"async": 60, "poll": 1}
CHECK: Options = {"check_mode": True}


def right() -> list[Options]:
    """Tasks that do what they are for."""
    return [
        module("bitbucket_credential_info", use=USE, **BITBUCKET),
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


def wrong(echoes: Iterable[tuple[str, str]]) -> list[Options]:
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
    tasks += wrong_links()
    return [{**task, "ignore_errors": True} for task in tasks]


def wrong_links() -> list[Options]:
    """Tasks with two services, whose credentials stand in options of options or come from the environment."""
    place: Options = {"workspace": "acme", "repository": "shop", "project": GITLAB_BROKEN}
    mirror: Options = {
        "url": "https://bitbucket.org/acme/shop.git",
        "auth_user": "x",
        "auth_password": "{{ webhook_secret }}",
    }
    environment: Options = {
        "GITLAB_API_TOKEN": "{{ gitlab_secret }}",
        "BITBUCKET_USERNAME": "jane.doe@example.com",
        "BITBUCKET_API_TOKEN": "{{ bitbucket_secret }}",
    }
    in_place: Options = {"bitbucket": BITBUCKET, "gitlab": GITLAB}
    broken: Options = {**place, "repository": "broken-{{ inventory_hostname }}-json", "main_branch": "main"}
    return [
        module("gitlab_ci_pull", **place, **mirror, **in_place),
        module("gitlab_ci_pull", **place, **mirror, _task={"environment": environment}),
        module("gitlab_ci_push", **broken, **in_place),
        module("gitlab_ci_push", **broken, _task={"environment": environment}),
        module("gitlab_ci_push", **broken, bitbucket=BITBUCKET, gitlab={"api_tokn": "{{ gitlab_secret }}"}),
        module("gitlab_ci_push", **broken, bitbucket=BITBUCKET, gitlab="{{ gitlab_secret }}"),
    ]


# What can't be part of a header, or of a password.
UNSENDABLE = {
    "glpat-\u200bcanary-canary": "U+200B at position 7",
    "glpat\ncanary-canary": "U+000A at position 6",
    "canary-canary\0": "U+0000 at position 14",
    "canary-canary\n-canary-canary": "U+000A at position 14",
}
MINT: Options = {
    "api_token": "{{ token }}",
    "project": "{{ gitlab_project }}",
    "scopes": ["api"],
    "access_level": "maintainer",
}
WORD: Options = {
    "bitbucket_url": "{{ dc_url }}",
    "username": "word",
    "password": "{{ word }}",
    "workspace": "ACME",
    "repository": "shop",
}


def weak() -> list[Options]:
    """Tasks with a password that is a word, and with what is no credential at all; those of tokens last."""
    info: Options = {"project": "{{ gitlab_project }}"}
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
