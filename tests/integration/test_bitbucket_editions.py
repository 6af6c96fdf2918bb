# SPDX-License-Identifier: GPL-3.0-or-later
"""The role bitbucket for both editions: the same facts, and a clear word where a target works with one of them only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.use import TOKENS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.uses import USES
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from tests.sandbox.sandbox import Sandbox

from .playbook import Run, run_playbook

pytestmark = pytest.mark.any_core

ON_DATA_CENTER = [name for name, use in USES.items() if use.data_center]
# Targets that keep a token look at it first.
CLOUD_ALONE = [name for name in TARGETS if not USES[name].data_center and USES[name].cloud.kinds == TOKENS]

_FACTS = ("bitbucket_credential", "bitbucket_repository_facts")


class Company:
    """One sandbox; a run is for Cloud or for Data Center."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = Sandbox(root=folder / "sandbox")
        token = self.sandbox.populate()
        cloud = self.sandbox.environment(token)
        self.environments = {
            "cloud": cloud,
            # What points at Cloud may stay, as it would in an AWX job template.
            "data_center": {**cloud, **self.sandbox.data_center_environment()},
        }
        self.workspaces = {"cloud": "acme", "data_center": "ACME"}
        (folder / "inventory").write_text("shop\n")
        self.sandbox.start()

    def run(self, edition: str, role: str, **variables: Any) -> Run:
        shown = "{{ " + "{" + ", ".join(f"'{name}': {name}" for name in _FACTS) + "} | to_json }}"
        play = {
            "hosts": "all",
            "connection": "local",
            "gather_facts": False,
            "vars": {
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                "bitbucket_workspace": self.workspaces[edition],
                **variables,
            },
            "tasks": [
                {"name": "Role", "ansible.builtin.include_role": {"name": f"repobridge.bitbucket.{role}"}},
                {
                    "name": "Facts",
                    "ansible.builtin.copy": {"content": shown, "dest": str(self.folder / "facts.json"), "mode": "0600"},
                },
            ],
        }
        path = self.folder / "play.yml"
        path.write_text(yaml.safe_dump([play], sort_keys=False, width=1000))
        return run_playbook(path, self.folder / "inventory", self.environments[edition], self.folder / "run")

    def facts(self, edition: str, **variables: Any) -> dict[str, dict[str, Any]]:
        self.run(edition, "bitbucket", **variables).ok()
        return dict(json.loads((self.folder / "facts.json").read_text()))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(tmp_path_factory.mktemp("editions"))
    yield made
    made.sandbox.stop()


def test_the_facts_are_the_same_for_both(company: Company) -> None:
    for permission in (False, True):
        cloud, here = (
            company.facts(edition, bitbucket_check_permission=permission) for edition in ("cloud", "data_center")
        )
        for name in _FACTS:
            assert set(cloud[name]) == set(here[name])
        repository = here["bitbucket_repository_facts"]
        assert (repository["full_name"], repository["main_branch"]) == ("ACME/shop", "main")
        assert repository["refs"] == company.sandbox.bitbucket_dc.refs("ACME", "shop")
        credential = here["bitbucket_credential"]
        assert (credential["edition"], credential["kind"]) == ("data_center", "personal_http_token")
        assert credential["permission"] == ("admin" if permission else None)
        assert (cloud["bitbucket_credential"]["edition"], here["bitbucket_credential"]["git_user"]) == ("cloud", "jdoe")
        secrets = (company.sandbox.bitbucket_dc_token.secret, company.sandbox.bitbucket_dc_user.password)
        assert not any(secret in json.dumps(here) for secret in secrets)


def test_a_preflight_for_a_target_is_four_calls(company: Company) -> None:
    before = len(company.sandbox.calls.all())
    company.facts("data_center", bitbucket_use=ON_DATA_CENTER[:1])
    calls = company.sandbox.calls.all()[before:]
    assert len(calls) == 4 and all(call.method == "GET" for call in calls)


@pytest.mark.parametrize("target", CLOUD_ALONE)
def test_a_target_that_is_for_cloud_alone_says_so_before_it_touches_anything(company: Company, target: str) -> None:
    hosts = {"shop": None}
    settings = {"bitbucket_workspace": "ACME", "oci_devops_compartment_id": company.sandbox.oci.compartment_id}
    inventory = company.folder / "target.yml"
    inventory.write_text(yaml.safe_dump({"all": {"vars": settings, "children": {target: {"hosts": hosts}}}}))
    before = len(company.sandbox.calls.all())
    environment = company.environments["data_center"]
    run = run_playbook(f"repobridge.bitbucket.{target}", inventory, environment, company.folder / "run")
    assert run.returncode
    assert f"The target {target} works with repositories of Bitbucket Cloud, not of Data Center." in run.output
    assert all(call.method == "GET" for call in company.sandbox.calls.all()[before:])


def test_an_address_that_may_be_either_is_asked_about(company: Company) -> None:
    url = company.sandbox.bitbucket_dc.url
    kept = company.environments["cloud"]
    company.environments["cloud"] = {name: value for name, value in kept.items() if not name.startswith("BITBUCKET_")}
    try:
        run = company.run("cloud", "bitbucket", bitbucket_api_url=url, bitbucket_access_token="BBDC-token")
    finally:
        company.environments["cloud"] = kept
    assert "Set bitbucket_edition to cloud or data_center" in run.output
