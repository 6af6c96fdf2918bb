# SPDX-License-Identifier: GPL-3.0-or-later
"""Set-ups that somebody made without the collection, under names of their own, through the services' APIs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
import yaml

from tests.sandbox.sandbox import Sandbox

from .here import run_here

OCI_NAMES = {
    "oci_devops_vault_name": "Team vault",
    "oci_devops_key_name": "team-key",
    "oci_devops_secret_name": "bitbucket-token",
    "oci_devops_dynamic_group_name": "devops-readers",
    "oci_devops_policy_name": "devops-reads-secrets",
    "oci_devops_topic_name": "devops-mail",
    "oci_devops_project_name": "code",
    "oci_devops_log_group_name": "team-logs",
    "oci_devops_log_name": "code-log",
    "oci_devops_connection_name": "Bitbucket of acme",
    "oci_devops_repository_name": "shop-mirror",
}


def oci_devops(sandbox: Sandbox, environment: dict[str, str], folder: Path, **more: Any) -> None:
    """What the vendor's procedure leads to: the same calls in the console, without the collection's tags."""
    place = {"oci_devops_compartment_id": sandbox.oci.compartment_id, "bitbucket_workspace": "acme"}
    hosts = {"all": {"children": {"oci_devops": {"hosts": {"shop": {**place, **OCI_NAMES, **more}}}}}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inventory.yml").write_text(yaml.safe_dump(hosts))
    run_here("repobridge.bitbucket.site", folder / "inventory.yml", environment, folder / "run", extra={}).ok()
    for kind in sandbox.oci.store.kinds:
        for resource in sandbox.oci.all(kind):
            if "freeformTags" in resource:
                resource["freeformTags"] = {}
            if resource.get("description"):
                resource["description"] = "Ask Jane"


def gitlab_mirror(sandbox: Sandbox, secret: str, path: str = "storefront", **rules: Any) -> int:
    """A project that pulls acme/shop, a token, and the webhook that starts the mirror; the project's id."""
    send = requests.Session()
    send.headers["PRIVATE-TOKEN"] = sandbox.gitlab_token.secret
    api = sandbox.gitlab.api_url
    group = sandbox.gitlab.find_namespace("acme")
    assert group
    project = _ok(
        send.post(f"{api}/projects", json={"path": path, "namespace_id": group.id, "description": "Ask Jane"})
    )
    mirror = {
        "enabled": True,
        "url": sandbox.bitbucket.clone_url("acme", "shop"),
        "auth_user": "x-bitbucket-api-token-auth",
        "auth_password": secret,
        "mirror_trigger_builds": True,
        **rules,
    }
    _ok(send.put(f"{api}/projects/{project['id']}/mirror/pull", json=mirror))
    token = {"name": "hook", "scopes": ["api"], "access_level": 40, "expires_at": "2027-10-01"}
    made = _ok(send.post(f"{api}/projects/{project['id']}/access_tokens", json=token))
    url = f"{api}/projects/{project['id']}/mirror/pull?private_token={made['token']}"
    webhook(sandbox, secret, url, "Tell GitLab")
    return int(project["id"])


def webhook(sandbox: Sandbox, secret: str, url: str, description: str) -> str:
    """A webhook of acme/shop; its uuid."""
    answer = requests.post(
        f"{sandbox.bitbucket.url}/2.0/repositories/acme/shop/hooks",
        auth=("jane.doe@example.com", secret),
        json={"url": url, "description": description, "active": True, "events": ["repo:push"]},
        timeout=20,
    )
    return str(_ok(answer)["uuid"])


def _ok(answer: requests.Response) -> dict[str, Any]:
    assert answer.ok, (answer.request.url, answer.status_code, answer.text)
    return dict(answer.json())
