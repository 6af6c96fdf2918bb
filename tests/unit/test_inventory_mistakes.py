# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with an inventory as a whole: no host, misspelled names, hosts that would overwrite each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.all_hosts import check_all, of_ours
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.names import (
    groups_of_targets,
    misspelled_groups,
    nobody,
    similar_group,
    unknown,
)

ROOT = Path(__file__).resolve().parents[2]
LOGIN = {"bitbucket_username": "jane@example.com", "bitbucket_api_token": "a-token-of-bitbucket"}
COMPARTMENT = "ocid1.compartment.oc1..a"
# By target: what a host needs beside the repository.
NEEDED: dict[str, dict[str, Any]] = {
    "gitlab_ci": {},
    "oci_devops": {"oci_devops_compartment_id": COMPARTMENT},
    "cds": {},
    "upsun": {"upsun_project": "abc"},
    "gemnasium": {"gemnasium_client_id": "key", "gemnasium_client_secret": "s3cret-of-it"},
}
each_target = pytest.mark.parametrize("target", TARGETS)


def check(hosts: dict[str, dict[str, Any]], group: str = "gitlab_ci", **options: Any) -> list[str]:
    """The warnings for an inventory with one group. :raises InvalidInput:"""
    groups = {"all": list(hosts), group: list(hosts), **options.pop("groups", {})}
    warnings: list[str] = []
    variables = {
        host: {"group_names": [group], "bitbucket_workspace": "acme", **LOGIN, **NEEDED.get(group, {}), **own}
        for host, own in hosts.items()
    }
    environment = options.pop("environment", {})
    check_all(variables, groups, None, environment, ["all"], [], warn=warnings.append, **options)
    return warnings


def refused(hosts: dict[str, dict[str, Any]], group: str = "gitlab_ci", **options: Any) -> list[str]:
    """The lines of the error."""
    with pytest.raises(InvalidInput) as error:
        check(hosts, group, **options)
    return str(error.value).splitlines()


# -- no host --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["gitlab-ci", "GitLab_CI", "gitlabci", "gitlab_cis", "gitlb_ci"])
def test_a_group_that_is_nearly_one_of_a_target_is_named(name: str) -> None:
    message = nobody({"all": ["shop"], name: ["shop"]})
    assert f"a group {name}; did you mean gitlab_ci?" in message
    assert all(group in message for group in groups_of_targets())


def test_without_hosts_it_is_said_whether_there_are_none_or_others() -> None:
    assert "could not be parsed" in nobody({"all": [], "ungrouped": []})
    assert "could not be parsed" not in nobody({"all": ["web1"], "ungrouped": ["web1"]})
    assert "did you mean" not in nobody({"all": ["web1"], "ungrouped": ["web1"], "web": ["web1"]})
    assert "Without a host: upsun." in nobody({"all": ["web1"], "upsun": []})


def test_a_limit_without_hosts_of_ours_is_said() -> None:
    message = nobody({"all": ["web1", "shop"], "upsun": ["shop"], "gitlab_ci": []}, "web1")
    assert "--limit web1" in message and "hosts in upsun." in message


def test_a_host_that_has_a_groups_name_is_named() -> None:
    assert "a host upsun, which should be a group" in nobody({"all": ["upsun"]})
    (warning,) = check({"shop": {}}, groups={"all": ["shop", "upsun"]})
    assert "a host upsun, which should be a group" in warning


def test_hosts_of_other_groups_are_not_looked_at() -> None:
    read: list[str] = []

    def variables(host: str) -> dict[str, Any]:
        read.append(host)
        return {}

    assert of_ours(["web1", "shop"], {"all": ["web1", "shop"], "upsun": ["shop"]}, variables) == {"shop": {}}
    assert read == ["shop"]
    with pytest.raises(InvalidInput, match="No host"):
        check_all({}, {"all": ["web1"]}, None, {}, None, None)


# -- misspelled names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("oci_devop", "oci_devops"),
        ("ocidevops", "oci_devops"),
        ("OCI-DevOps", "oci_devops"),
        ("gemnasum", "gemnasium"),
        ("upsn", "upsun"),
        ("cds_engines", "cds_engine"),
        ("gitlab", None),
        ("gitlab_ci_production", None),
        ("cdn", None),
        ("all", None),
        ("cds", None),
    ],
)
def test_a_group_beside_the_right_ones_must_be_very_similar(name: str, meant: str | None) -> None:
    assert similar_group(name) == meant


def test_a_misspelled_group_counts_only_with_hosts_that_are_left_out() -> None:
    groups = {"all": ["shop", "stock"], "gitlab_ci": ["shop"], "gitlab_cis": ["shop", "stock"]}
    assert misspelled_groups(groups) == [
        "No target has a group gitlab_cis; did you mean gitlab_ci? It has 1 host that no group of GitLab CI/CD has."
    ]
    assert not misspelled_groups({**groups, "gitlab_ci": ["shop", "stock"]})


def test_an_unknown_variable_is_reported_once_with_the_number_of_hosts() -> None:
    hosts: dict[str, dict[str, Any]] = {
        f"shop{number}": {"gitlab_ci_vizibility": "private", "gitlab_runner_token": 1, "x": 1} for number in range(3)
    }
    assert check(hosts) == [
        "No role has a variable gitlab_ci_vizibility; did you mean gitlab_ci_visibility? It is set for 3 hosts."
    ]


def test_a_variable_with_the_prefix_of_a_target_is_reported_without_a_similar_one() -> None:
    names = dict.fromkeys(("upsun_zzzz", "upsun_projct", "oci_compartment_id", "gitlab_token", "repobridge_strct"), 1)
    assert unknown(names) == [
        "No role has a variable gitlab_token; did you mean gitlab_api_token? It is set for 1 host.",
        "No role has a variable repobridge_strct; did you mean repobridge_strict? It is set for 1 host.",
        "No role has a variable upsun_projct; did you mean upsun_project? It is set for 1 host.",
        "No role has a variable upsun_zzzz. It is set for 1 host.",
    ]


def test_documented_and_registered_variables_are_known() -> None:
    assert not unknown(dict.fromkeys((*declared.of_all(), *TARGETS, *groups_of_targets()), 1))


def test_every_variable_of_the_playbooks_is_known() -> None:
    used = {
        name
        for folder in ("playbooks", "roles", "plugins")
        for path in (ROOT / folder).rglob("*.[yp]*")
        if path.suffix in (".yml", ".py")
        for name in re.findall(r"\brepobridge_[a-z_]*[a-z]\b", path.read_text())
    }
    assert used <= declared.of_all()


@pytest.mark.parametrize("strict", [True, "true", "yes"])
def test_with_strict_mistakes_are_errors(strict: Any) -> None:
    groups = {"ocidevops": ["stock"]}
    hosts = {"shop": {"gitlab_ci_vizibility": "private"}, "barn": {"repobridge_strict": strict}}
    lines = refused(hosts, groups=groups)
    assert ["ocidevops" in lines[0], "gitlab_ci_vizibility" in lines[1], len(lines)] == [True, True, 2]
    hosts["barn"]["repobridge_strict"] = "no"
    assert len(check(hosts, groups=groups)) == 2


def test_tags_that_leave_no_host_are_a_warning() -> None:
    variables = {"shop": {"group_names": ["gitlab_ci"], "bitbucket_workspace": "acme", **LOGIN}}
    groups = {"all": ["shop"], "gitlab_ci": ["shop"]}
    warnings: list[str] = []
    assert check_all(variables, groups, None, {}, ["upsun"], [], warn=warnings.append) == {}
    assert warnings == ["No host is in a group that the tags select: upsun."]


# -- one repository twice -------------------------------------------------------------------------------------------------


@each_target
def test_the_name_of_a_host_says_workspace_and_repository(target: str) -> None:
    """acme/shop needs no variable, and is the same as shop in the workspace acme."""
    lines = refused({"acme/shop": {"bitbucket_workspace": None}, "Shop": {}}, target)
    assert len(lines) == 1
    assert lines[0].startswith(f"{target}: the hosts acme/shop and Shop are the same repository, acme/Shop.")


@each_target
def test_the_variable_counts_before_the_name_of_the_host(target: str) -> None:
    (line,) = refused(
        {"acme/shop": {"bitbucket_workspace": "other"}, "other/shop": {"bitbucket_workspace": None}}, target
    )
    assert "the same repository, other/shop." in line
    assert not check({"acme/shop": {"bitbucket_workspace": "other"}, "b": {"bitbucket_repository": "shop"}}, target)


@each_target
def test_a_host_without_a_workspace_is_refused(target: str) -> None:
    (line,) = refused({"shop": {"bitbucket_workspace": None}}, target)
    assert "bitbucket_workspace is not set" in line
    (line,) = refused({"a/b/c": {"bitbucket_workspace": None}}, target)
    assert "bitbucket_workspace is not set" in line


@pytest.mark.parametrize(
    "other",
    [
        {"bitbucket_repository": "shop.git"},
        {"bitbucket_repository": "SHOP/"},
        {"bitbucket_repository": "shop", "bitbucket_workspace": "ACME"},
        {"bitbucket_repository": "shop", "bitbucket_api_url": "https://API.bitbucket.org/2.0/"},
        {"gitlab_ci_repository": "shop", "bitbucket_api_url": "https://api.bitbucket.org:443"},
    ],
)
def test_other_spellings_are_the_same_repository(other: dict[str, Any]) -> None:
    (line,) = refused({"shop": {}, "other": other})
    assert "the hosts shop and other are the same repository" in line


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"bitbucket_repository": "shop", "bitbucket_workspace": "other"},
        {"bitbucket_repository": "shop", "bitbucket_api_url": "https://bitbucket.example.com"},
        {"bitbucket_repository": "shop", "bitbucket_url": "https://example.com/bitbucket"},
    ],
)
def test_other_repositories_are_not(other: dict[str, Any]) -> None:
    assert not check({"shop": {}, "other": other})


def test_the_address_in_the_environment_counts() -> None:
    own = {"bitbucket_url": "https://example.com/bitbucket/", "bitbucket_repository": "shop"}
    environment = {"BITBUCKET_URL": "https://example.com/bitbucket/rest/api/latest", "BITBUCKET_API_URL": ""}
    (line,) = refused(
        {"shop": {"upsun_project": "x"}, "b": {**own, "upsun_project": "x"}}, "upsun", environment=environment
    )
    assert "the hosts shop and b" in line


def test_the_address_of_a_host_counts_before_that_of_the_environment() -> None:
    other = {"bitbucket_url": "https://other.example.com", "bitbucket_repository": "shop"}
    assert not check({"shop": {}, "b": other}, environment={"BITBUCKET_URL": "https://example.com/bitbucket"})


def test_one_repository_may_go_to_several_destinations() -> None:
    same = {"bitbucket_repository": "shop"}
    assert not check({"shop": {}, "b": {**same, "upsun_project": "other"}}, "upsun")
    assert not check({"shop": {}, "b": {**same, "cds_project_key": "OTHER"}}, "cds")
    assert not check(
        {"shop": {}, "b": {**same, "oci_devops_name": "other", "oci_devops_project_name": "o"}}, "oci_devops"
    )
    # The files of both would be the same ones in the repository.
    (line,) = refused({"shop": {}, "b": {**same, "gitlab_ci_project_path": "other/shop"}})
    assert line.endswith("from the inventory group.")


# -- what hosts share -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "field", "value"),
    [
        ("oci_devops", "oci_devops_vault_name", "elsewhere"),
        ("oci_devops", "oci_devops_topic_description", "elsewhere"),
        ("oci_devops", "oci_region", "eu-frankfurt-1"),
        ("oci_devops", "oci_config_profile_name", "OTHER"),
        ("cds", "cds_project_description", "elsewhere"),
        ("cds", "cds_vcs_token", "other-token-of-bitbucket"),
        ("gemnasium", "gemnasium_url", "https://other.example.com"),
        ("gemnasium", "gemnasium_sync_client_secret", "0ther-secret"),
    ],
)
def test_hosts_that_share_something_must_agree_about_it(group: str, field: str, value: str) -> None:
    assert not check({"shop": {}, "stock": {}}, group)
    (line,) = refused({"shop": {}, "barn": {}, "stock": {field: value}}, group)
    assert f"{group}: the hosts shop and stock share " in line and f"differ in {field}." in line
    assert value not in line


def test_a_secret_that_differs_is_named_and_not_shown() -> None:
    lines = refused({"shop": {}, "stock": {"bitbucket_api_token": "an-other-token"}}, "oci_devops")
    assert all("differ in oci_devops_secret_content." in line for line in lines) and len(lines) == 2
    assert not any("token" in line for line in lines)


def test_two_foundations_with_one_name_in_a_tenancy() -> None:
    """The dynamic group and the policy belong to the tenancy, their content to a compartment."""
    other = {"oci_devops_compartment_id": "ocid1.compartment.oc1..b"}
    lines = refused({"shop": {}, "stock": other}, "oci_devops")
    assert [line.partition(", but differ in ")[0].partition(" share ")[2] for line in lines] == [
        "the dynamic group repobridge-devops",
        "the policy repobridge-devops",
    ]
    assert "oci_devops_dynamic_group_name or oci_devops_name" in lines[0]
    assert not check({"shop": {}, "stock": {**other, "oci_devops_name": "b"}}, "oci_devops")
    assert not check({"shop": {}, "stock": {**other, "oci_config_profile_name": "OTHER"}}, "oci_devops")
    existing = {"oci_devops_existing": ["dynamic_group", "policy"]}
    assert not check({"shop": existing, "stock": {**other, **existing}}, "oci_devops")


def test_two_foundations_with_one_secret() -> None:
    """Foundations of one compartment may share a vault, but not a secret with two contents."""
    other = {"oci_devops_project_name": "other"}
    assert not check({"shop": {}, "stock": other}, "oci_devops")
    (line,) = refused({"shop": {}, "stock": {**other, "oci_devops_secret_content": "an-other-token"}}, "oci_devops")
    assert "share the secret repobridge-bitbucket, but differ in oci_devops_secret_content." in line


@pytest.mark.parametrize("group", ["oci_devops", "gemnasium"])
def test_what_is_to_be_removed_describes_nothing(group: str) -> None:
    absent = {
        f"{group}_state": "absent",
        "oci_devops_vault_name": "other",
        "gemnasium_url": "https://other.example.com",
    }
    assert not check({"shop": {}, "stock": absent}, group)


def test_hosts_that_a_service_runs_on_are_no_repositories() -> None:
    assert not check({"engine1": {}, "engine2": {}}, "cds_engine")
