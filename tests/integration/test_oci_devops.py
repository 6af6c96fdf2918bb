# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the target ``oci_devops`` that are not in the suite for all targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.sandbox import OCI_DEVOPS_SCOPES, Sandbox

from .playbook import Run, run_playbook
from .scenarios.oci_devops import OciDevops, git_refs

pytestmark = pytest.mark.any_core

# Repositories: Read, Pull requests: Read, Webhooks: Read and write.
ACCESS_SCOPES = ("repository", "pullrequest", "webhook")


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[OciDevops]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    made = OciDevops(sandbox, tmp_path)
    sandbox.start()
    yield made
    sandbox.stop()


def host_vars(scenario: OciDevops, **hosts: str) -> None:
    """An inventory of these hosts, each with its own lines of variables (YAML flow)."""
    lines = "\n".join(f"        {name}: {{{values}}}" for name, values in hosts.items())
    scenario.inventory.write_text(f"""---
all:
  children:
    oci_devops:
      hosts:
{lines}
      vars:
        bitbucket_workspace: acme
        oci_devops_compartment_id: {scenario.sandbox.oci.compartment_id}
""")


def calls(scenario: OciDevops) -> dict[str, int]:
    return dict(Counter(call.service for call in scenario.sandbox.calls.all()))


def only_a_second_mirror(run: Run) -> None:
    """The run warns that there is another mirror of the repository; another foundation of this collection is no news."""
    warnings = [line for line in run.output.splitlines() if "[WARNING]" in line]
    assert run.returncode == 0 and warnings, run.output
    assert all("oci_devops_mirror_repository" in line for line in warnings), run.output


def test_repositories_share_a_foundation_and_different_projects_have_their_own(scenario: OciDevops) -> None:
    host_vars(scenario, shop="", stock="")
    scenario.run_here(scenario.site).ok()
    assert scenario.made() == {**scenario.expected(), "repository": ["shop", "stock"]}
    scenario.sandbox.calls.clear()
    assert scenario.run_here(scenario.site).ok().changed == 0
    assert calls(scenario) == {"bitbucket": 4, "oci": 10 + 2 * 3}
    host_vars(scenario, shop="", stock="oci_devops_name: warehouse")
    only_a_second_mirror(scenario.run_here(scenario.site))
    assert scenario.made()["project"] == ["repobridge", "warehouse"]


def test_the_repository_part_alone_finds_its_foundation(scenario: OciDevops) -> None:
    """As a sliced AWX job runs it: two reads more to find project and connection, none with their OCIDs."""
    scenario.run_here(scenario.site).ok()
    scenario.sandbox.calls.clear()
    assert scenario.run(scenario.site, "--tags", "repositories").ok().changed == 0
    assert calls(scenario) == {"bitbucket": 2, "oci": 5}
    oci = scenario.sandbox.oci
    scenario.sandbox.calls.clear()
    ids = {f"oci_devops_{kind}_id": oci.all(kind)[0]["id"] for kind in ("project", "connection")}
    assert scenario.run_here(scenario.site, "--tags", "repositories", **ids).ok().changed == 0
    assert calls(scenario) == {"bitbucket": 2, "oci": 3}


def test_the_repository_part_says_that_there_is_no_foundation(scenario: OciDevops) -> None:
    failed = scenario.run_here(scenario.site, "--tags", "repositories")
    assert failed.returncode != 0
    assert "foundation" in failed.output
    assert "the DevOps project repobridge and the connection bitbucket" in failed.failures[0]["msg"]
    assert "--tags foundation" in failed.failures[0]["msg"]
    assert not scenario.sandbox.oci.all("repository")


def test_a_new_token_becomes_a_new_version_and_nothing_else_changes(scenario: OciDevops) -> None:
    scenario.run_here(scenario.site).ok()
    bitbucket, oci = scenario.sandbox.bitbucket, scenario.sandbox.oci
    token = bitbucket.create_api_token(bitbucket.users["jdoe"], OCI_DEVOPS_SCOPES)
    old, scenario.token = scenario.token, token
    scenario.environment["BITBUCKET_API_TOKEN"] = token.secret
    bitbucket.revoke(old)
    rotated = scenario.run_here(scenario.site).ok()
    assert rotated.actions == [("update", "oci_vault_secret", "repobridge-bitbucket")]
    assert oci.secret_contents(oci.all("secret")[0]["id"]) == [old.secret.encode(), token.secret.encode()]
    bitbucket.commit("acme", "shop", "main", {"NEWS": "1\n"})
    scenario.run_here(scenario.site).ok()
    scenario.verify()


def test_a_push_is_fetched_and_verified_by_the_next_run(scenario: OciDevops) -> None:
    scenario.run_here(scenario.site).ok()
    bitbucket = scenario.sandbox.bitbucket
    bitbucket.commit("acme", "shop", "main", {"NEWS": "2\n"})
    bitbucket.delete_branch("acme", "shop", "feature/cart")
    bitbucket.tag("acme", "shop", "v2.0", "main", message="annotated")
    foretold = scenario.run_here(scenario.site, "--check").ok()
    assert foretold.actions == [("sync", "oci_devops_mirror_repository", "shop")]
    assert scenario.run_here(scenario.site).ok().actions == foretold.actions
    scenario.verify()


def test_what_somebody_else_owns_is_used_and_stays(scenario: OciDevops) -> None:
    """By name with oci_devops_existing, by OCID, and never made where it is missing."""
    scenario.run_here(scenario.site, oci_devops_name="theirs").ok()
    oci = scenario.sandbox.oci
    theirs = ["vault", "key", "topic", "project"]
    names = {f"oci_devops_{part}_name": "theirs" for part in theirs}
    by_name = {**names, "oci_devops_existing": theirs, "oci_devops_connection_name": "ours"}
    by_id = {
        **{f"oci_devops_{part}_id": oci.all(part)[0]["topicId" if part == "topic" else "id"] for part in theirs},
        "oci_devops_vault_management_endpoint": oci.all("vault")[0]["managementEndpoint"],
        "oci_devops_connection_name": "ours-too",
        "oci_devops_secret_name": "ours-too",
    }
    more = {"oci_devops_existing": [*theirs, "log"], "oci_devops_repository_name": "shop-too"}
    before = {part: [dict(r) for r in oci.all(part)] for part in theirs}
    for variables in (
        {**by_name, **more},
        {**by_id, "oci_devops_existing": ["log"], "oci_devops_repository_name": "three"},
    ):
        only_a_second_mirror(scenario.run_here(scenario.site, **variables))
        assert scenario.run_here(scenario.site, **variables).ok().changed == 0
        scenario.run_here(scenario.teardown, **variables).ok()
        assert {part: oci.all(part) for part in theirs} == before
    missing = scenario.run_here(scenario.site, oci_devops_existing=["vault"], oci_devops_vault_name="nobodys")
    assert missing.returncode != 0
    assert "nobodys does not exist" in missing.output
    assert [v["displayName"] for v in oci.all("vault")] == ["theirs"]


def test_teardown_says_what_oci_only_schedules(scenario: OciDevops) -> None:
    scenario.run_here(scenario.site).ok()
    output = scenario.run_here(scenario.teardown).ok().output
    for thing in ("vault repobridge", "key repobridge", "secret repobridge-bitbucket"):
        assert f"The {thing} is scheduled for deletion at " in output


def test_an_access_token_is_enough(scenario: OciDevops) -> None:
    """A repository's own token: Bearer for REST, x-token-auth for git, nobody's personal account."""
    token = scenario.sandbox.bitbucket.create_access_token("repository", "acme", "shop", scopes=ACCESS_SCOPES)
    for name in ("BITBUCKET_USERNAME", "BITBUCKET_API_TOKEN"):
        del scenario.environment[name]
    scenario.environment["BITBUCKET_ACCESS_TOKEN"] = token.secret
    scenario.token = token
    scenario.run_here(scenario.site).ok()
    scenario.verify()
    assert scenario.sandbox.oci.all("connection")[0]["username"] == "x-token-auth"


def test_a_token_of_two_hours_is_refused_before_oci_is_touched(scenario: OciDevops) -> None:
    consumer = scenario.sandbox.bitbucket.create_oauth_consumer("acme", ("account", "project", *ACCESS_SCOPES))
    for name in ("BITBUCKET_USERNAME", "BITBUCKET_API_TOKEN"):
        del scenario.environment[name]
    scenario.environment.update(BITBUCKET_CLIENT_ID=consumer.key, BITBUCKET_CLIENT_SECRET=consumer.secret)
    failed = scenario.run_here(scenario.site)
    assert failed.returncode != 0
    assert "oci_devops can't work with this kind of credential (oauth_consumer)" in failed.output
    assert "It takes: api_token, " in failed.output
    assert not scenario.sandbox.calls.all("oci")


def test_module_defaults_of_the_group_reach_the_modules(scenario: OciDevops) -> None:
    play = scenario.folder / "defaults.yml"
    play.write_text(f"""
- hosts: all
  connection: local
  gather_facts: false
  module_defaults:
    group/repobridge.bitbucket.oci:
      endpoint: {scenario.sandbox.oci.url}
      config_file_location: {scenario.environment["OCI_CONFIG_FILE"]}
  tasks:
    - repobridge.bitbucket.oci_notification_topic:
        name: defaults
        compartment_id: {scenario.sandbox.oci.compartment_id}
""")
    run_playbook(play, scenario.inventory, {}, scenario.folder / "run").ok()
    assert [topic["name"] for topic in scenario.sandbox.oci.all("topic")] == ["defaults"]


def test_a_mirror_that_fails_says_why_and_the_next_run_finishes(scenario: OciDevops) -> None:
    """The address is wrong: git's own words come through OCI's work request to the operator."""
    failed = scenario.run_here(
        scenario.site, oci_devops_repository_url=f"{scenario.sandbox.bitbucket.url}/acme/no-such.git"
    )
    assert failed.returncode != 0
    assert "not found" in failed.output.lower() or "does not exist" in failed.output
    scenario.run_here(scenario.site).ok()
    scenario.verify()
    assert git_refs(scenario.sandbox.oci.mirror_folder(scenario.sandbox.oci.all("repository")[0]["id"]))


def test_what_hosts_share_is_found_once_and_each_has_few_tasks(scenario: OciDevops) -> None:
    host_vars(scenario, shop="", stock="")
    scenario.run(scenario.site).ok()
    again = scenario.run(scenario.site).ok()
    per_host = Counter(result["host"] for result in again.results)
    assert per_host["stock"] <= 8  # the first host does the work for the foundation
    scenario.sandbox.calls.clear()
    alone = scenario.run_here(scenario.site, "--tags", "repositories").ok()
    assert alone.changed == 0
    assert calls(scenario) == {"bitbucket": 2 * 2, "oci": 2 + 2 * 3}


def test_a_foundation_that_others_use_stays(scenario: OciDevops) -> None:
    host_vars(scenario, shop="", stock="")
    scenario.run_here(scenario.site).ok()
    for arguments in (("--check",), ()):
        run = scenario.run(scenario.teardown, "--limit", "shop", *arguments)
        assert run.returncode == 0, run.output
        assert run.actions == [("delete", "oci_devops_mirror_repository", "shop")]
        assert "other repositories use it: stock." in " ".join(run.output.split())
    assert scenario.made() == {**scenario.expected(), "repository": ["stock"]}
    scenario.run_here(scenario.teardown).ok()
    assert not any(scenario.made().values())


def test_a_host_that_leaves_keeps_the_foundation_of_those_that_stay(scenario: OciDevops) -> None:
    host_vars(scenario, shop="", stock="")
    scenario.run_here(scenario.site).ok()
    host_vars(scenario, shop="oci_devops_state: absent", stock="")
    assert scenario.run_here(scenario.site).ok().actions == [("delete", "oci_devops_mirror_repository", "shop")]
    assert scenario.made() == {**scenario.expected(), "repository": ["stock"]}
    host_vars(scenario, shop="oci_devops_state: absent", stock="oci_devops_state: absent")
    scenario.run_here(scenario.site).ok()
    assert not any(scenario.made().values())
