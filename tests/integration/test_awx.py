# SPDX-License-Identifier: GPL-3.0-or-later
"""``playbooks/awx.yml`` with the modules of awx.awx, against the sandbox's part of AWX's API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.options import validated
from tests.sandbox.awx import Awx, injection
from tests.sandbox.awx.model import Thing
from tests.sandbox.server import Server

from .playbook import COLLECTIONS, ROOT, Run, run_playbook

AWX_COLLECTION = ROOT / ".build" / "awx"
pytestmark = [
    pytest.mark.skipif(
        not (AWX_COLLECTION / "ansible_collections" / "awx" / "awx").is_dir(),
        reason="awx.awx is not installed: make awx",
    ),
]

CREDENTIALS = [
    {
        "name": "Bitbucket of Acme",
        "type": "bitbucket",
        "inputs": {"username": "jane@example.com", "api_token": "token-of-bitbucket"},
    },
    {
        "name": "GitLab of Acme",
        "type": "gitlab",
        "inputs": {"api_url": "https://gitlab.example.com", "api_token": "token-of-gitlab"},
    },
    {
        "name": "OCI of Acme",
        "type": "oci",
        "inputs": {"tenancy": "ocid1.tenancy.oc1..a", "api_user_key": "-----BEGIN KEY-----\n"},
    },
]
SECRETS = ("token-of-bitbucket", "token-of-gitlab", "-----BEGIN KEY-----", "token-of-chat")
VARIABLES: dict[str, Any] = {
    "repobridge_awx_project_url": "https://bitbucket.org/acme/automation.git",
    "repobridge_awx_image": "registry.example.com/repobridge-ee:1.0.0",
    "repobridge_awx_credentials": CREDENTIALS,
    "repobridge_awx_notification": {
        "type": "slack",
        "configuration": {"token": "token-of-chat", "channels": ["#builds"], "hex_color": ""},
    },
}


class World:
    """A server with AWX on it, and runs of the playbook."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.awx = Awx(server)
        self.folder = folder

    def run(self, *arguments: str, **variables: Any) -> Run:
        inventory = self.folder / "inventory.yml"
        inventory.write_text("all: {}\n")
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": f"{COLLECTIONS}:{AWX_COLLECTION}",
            "ANSIBLE_CALLBACKS_ENABLED": "record,modules_of_awx",
            "CONTROLLER_HOST": self.awx.url,
            "CONTROLLER_OAUTH_TOKEN": self.awx.token,
        }
        extra = {**VARIABLES, **variables}
        return run_playbook("repobridge.bitbucket.awx", inventory, environment, self.folder, *arguments, extra=extra)

    def named(self, kind: str, name: str) -> Thing:
        return self.awx.world.named(kind, name)

    def linked(self, thing: Thing, association: str) -> list[str]:
        kind = thing.kind.associations[association]
        found = [self.awx.world.get(kind, number) for number in thing.associated.get(association, ())]
        return [one.name for one in found if one]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Server(root=tmp_path / "sandbox") as server:
        yield World(server, tmp_path)


def test_it_defines_all_once(world: World) -> None:
    first = world.run()
    assert first.returncode == 0, first.output
    assert first.changed > 0
    _check_what_is_there(world)
    _check_what_is_injected(world)
    second = world.run()
    assert second.returncode == 0, second.output
    assert second.changed == 0, second.output
    for secret in SECRETS:
        assert secret not in first.output + second.output + json.dumps([*first.results, *second.results])


def _check_what_is_there(world: World) -> None:
    # Without it AWX skips requirements.yml.
    assert world.linked(world.named("organizations", "Repobridge"), "galaxy_credentials") == ["Ansible Galaxy"]
    templates = {
        name: world.named("job_templates", f"repobridge: {name}")
        for name in ("site", "repositories", "audit", "teardown")
    }
    for template in templates.values():
        assert world.linked(template, "credentials") == [one["name"] for one in CREDENTIALS]
    of = {name: template.values for name, template in templates.items()}
    assert {name: (one["playbook"], one["job_type"], one["job_slice_count"]) for name, one in of.items()} == {
        "site": ("repobridge.bitbucket.site", "run", 1),
        "repositories": ("repobridge.bitbucket.site", "run", 4),
        "audit": ("repobridge.bitbucket.audit", "check", 1),
        "teardown": ("repobridge.bitbucket.teardown", "run", 1),
    }
    assert world.linked(templates["audit"], "notification_templates_error") == ["repobridge"]
    questions = {
        name: {q["variable"]: q["default"] for q in template.survey.get("spec", [])}
        for name, template in templates.items()
    }
    assert questions == {
        "site": {"repobridge_plan_first": "true"},
        "repositories": {},
        "audit": {"repobridge_fail_on": "drift,missing,unmanaged,forbidden,error"},
        "teardown": {},
    }
    answer = questions["audit"]["repobridge_fail_on"]
    assert validated({"fail_on": answer})["fail_on"] == answer.split(",")
    source = world.named("inventory_sources", "Repositories").values
    assert source["source_path"] == "inventory/bitbucket_repositories.yml"
    assert world.awx.world.get("credentials", source["credential"]) is world.named("credentials", "Bitbucket of Acme")
    schedule = world.named("schedules", "repobridge: audit").values
    assert schedule["unified_job_template"] == templates["audit"].id

    # audit, where it fails approval, then foundation, repositories in slices, audit again.
    nodes = {one.name: one for one in world.awx.world.all("workflow_job_template_nodes")}
    linked = {
        (name, when, after)
        for name, one in nodes.items()
        for when in ("success", "failure")
        for after in world.linked(one, f"{when}_nodes")
    }
    assert linked == {
        ("audit", "failure", "approval"),
        ("approval", "success", "foundation"),
        ("foundation", "success", "repositories"),
        ("repositories", "success", "report"),
    }
    assert nodes["foundation"].values["job_tags"] == "foundation"
    approval = world.awx.world.get("unified_job_templates", nodes["approval"].values["unified_job_template"])
    assert approval
    assert approval.kind.list == "workflow_approval_templates"
    assert approval.values["timeout"] == 259200


def _check_what_is_injected(world: World) -> None:
    """From the definition in AWX to the environment of a job: the templates arrived there unresolved."""
    folder = world.folder / "job"
    folder.mkdir()
    environment: dict[str, str] = {}
    for name in ("Bitbucket of Acme", "OCI of Acme"):
        used = world.named("credentials", name)
        kind = world.awx.world.get("credential_types", used.values["credential_type"])
        assert kind
        environment.update(injection.environment(kind.values, used.values["inputs"], folder))
    assert environment["BITBUCKET_API_TOKEN"] == "token-of-bitbucket"
    assert environment["BITBUCKET_API_URL"] == ""
    assert Path(environment["OCI_USER_KEY_FILE"]).read_text() == "-----BEGIN KEY-----\n"


def test_required_variables_are_named(world: World) -> None:
    run = world.run(repobridge_awx_project_url="")
    assert run.returncode != 0
    assert "repobridge_awx_project_url" in run.output
    assert not list(world.awx.world.all("projects"))
