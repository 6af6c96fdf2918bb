# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes in an inventory in real runs: the first play fails, and no service is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from .playbook import Run, run_playbook

RIGHT = """\
[gitlab_ci]
acme/shop
acme/stock
[web]
web1
[all:vars]
bitbucket_username=jane@example.com
bitbucket_api_token=a-token-of-bitbucket
"""
MISSPELLED = RIGHT.replace("[gitlab_ci]", "[GitLab-CI]")
SITE = "repobridge.bitbucket.site"
# A service that is called anyway fails at once.
NOWHERE = {
    **dict.fromkeys(("BITBUCKET_API_URL", "GITLAB_API_URL", "OCI_ENDPOINT"), "http://127.0.0.1:9"),
    "REPOBRIDGE_MAX_RETRIES": "0",
}


def run(folder: Path, inventory: str, playbook: str, *arguments: str, **environment: str) -> Run:
    path = folder / "hosts.ini"
    path.write_text(inventory)
    return run_playbook(playbook, path, {**NOWHERE, **environment}, folder, *arguments)


def message(run: Run) -> str:
    """The error of the first play, and that there is nothing after it."""
    assert run.returncode == 2, run.output
    assert [one["task"] for one in run.results] == ["Settings of all targets"]
    (failure,) = run.failures
    return str(failure["msg"])


@pytest.mark.parametrize("playbook", ["site", "audit", "teardown", "settings"])
def test_without_a_host_in_a_group_of_ours_the_first_play_fails(tmp_path: Path, playbook: str) -> None:
    said = message(run(tmp_path, MISSPELLED, f"repobridge.bitbucket.{playbook}"))
    assert "a group GitLab-CI; did you mean gitlab_ci?" in said
    assert "The groups are oci_devops, gitlab_ci, " in said


@pytest.mark.parametrize(
    ("inventory", "environment"),
    [
        ("", {}),
        ("[gitlab_ci\nshop", {}),
        ("all: [", {}),
        ("[gitlab_ci]\n", {}),
    ],
)
def test_an_empty_inventory_or_one_that_cannot_be_parsed_is_no_success(
    tmp_path: Path, inventory: str, environment: dict[str, str]
) -> None:
    done = run(tmp_path, inventory, SITE, **environment)
    assert "The inventory has no host, or could not be parsed, so there is nothing to do." in message(done)
    # With a limit there is not even the implicit localhost to say so.
    limited = run(tmp_path, inventory, SITE, "--limit", "shop")
    assert limited.returncode not in (0, 2)
    assert "The inventory has no host, or could not be parsed." in " ".join(limited.output.split())


def test_core_itself_may_refuse_an_inventory(tmp_path: Path) -> None:
    for variable in ("ANSIBLE_INVENTORY_UNPARSED_FAILED", "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"):
        done = run(tmp_path, "[gitlab_ci\nshop", SITE, **{variable: "true"})
        assert done.returncode == 1 and not done.results


def test_a_limit_that_leaves_none_of_our_hosts_is_said(tmp_path: Path) -> None:
    said = message(run(tmp_path, RIGHT, SITE, "--limit", "web1"))
    assert "--limit web1 leaves no host of the groups of this collection" in said


def test_a_limit_that_leaves_hosts_of_one_target_is_fine(tmp_path: Path) -> None:
    inventory = RIGHT + "[upsun]\nacme/barn upsun_project=abc\n"
    settings = "repobridge.bitbucket.settings"
    for limit, checked in (
        ("acme/shop", {"gitlab_ci": 1}),
        ("acme/barn,web1", {"upsun": 1}),
        ("gitlab_ci", {"gitlab_ci": 2}),
    ):
        done = run(tmp_path, inventory, settings, "--limit", limit).ok()
        assert done.results[0]["result"]["checked"] == checked
    done = run(tmp_path, inventory, settings).ok()
    assert done.results[0]["result"]["checked"] == {"gitlab_ci": 2, "upsun": 1}


def test_mistakes_beside_the_right_names_are_warnings_and_with_strict_errors(tmp_path: Path) -> None:
    inventory = RIGHT + "[gitlabci]\nbarn\n[gitlab_ci:vars]\ngitlab_ci_vizibility=private\n"
    done = run(tmp_path, inventory, "repobridge.bitbucket.settings")
    assert done.returncode == 0, done.output
    output = " ".join(done.output.split())
    assert output.count("No target has a group gitlabci; did you mean gitlab_ci? It has 1 host") == 1
    assert output.count("gitlab_ci_vizibility; did you mean gitlab_ci_visibility? It is set for 2 hosts.") == 1
    said = message(run(tmp_path, inventory, SITE, "-e", "repobridge_strict=true"))
    assert ["gitlabci" in line for line in said.splitlines()] == [True, False]
    assert "gitlab_ci_vizibility" in said


def test_the_same_repository_twice_is_an_error(tmp_path: Path) -> None:
    inventory = RIGHT.replace("acme/stock", "Shop bitbucket_workspace=acme")
    assert "the hosts acme/shop and Shop are the same repository" in message(run(tmp_path, inventory, SITE))


@pytest.mark.parametrize("playbook", ["gitlab_ci", "cds"])
def test_the_playbook_of_one_target_needs_hosts_too(tmp_path: Path, playbook: str) -> None:
    done = run(tmp_path, MISSPELLED, f"repobridge.bitbucket.{playbook}")
    assert done.returncode not in (0, 2) and not done.results
    assert "No host of the inventory is in a group of " in " ".join(done.output.split())


def test_a_part_of_a_target_is_enough_for_its_playbook(tmp_path: Path) -> None:
    done = run(
        tmp_path, "[cds_engine]\nlocalhost ansible_connection=local\n", "repobridge.bitbucket.cds", "--list-hosts"
    )
    assert done.returncode == 0, done.output
