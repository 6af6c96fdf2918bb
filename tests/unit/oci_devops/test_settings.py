# SPDX-License-Identifier: GPL-3.0-or-later
"""What the variables of the target oci_devops come to."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket import scopes
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.oci_devops.target import OCI_DEVOPS, PARTS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.hosts import grouped
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.values import typed, without_blanks

COMPARTMENT = "ocid1.compartment.oc1..example"
LEAST = {
    "bitbucket_workspace": "acme",
    "oci_devops_compartment_id": COMPARTMENT,
    "bitbucket_api_token": "token-of-test",
}


def settings(environment: dict[str, str] | None = None, host: str = "shop", **variables: Any) -> dict[str, Any]:
    """As the module ``settings`` does it; a variable that is None is left out."""
    given = without_blanks({**LEAST, **variables}, OCI_DEVOPS.blank)
    return OCI_DEVOPS.resolve(Given(typed(declared.of_target("oci_devops"), given), environment or {}, host))


def test_names_begin_with_one_name_and_each_can_be_another() -> None:
    found = settings(oci_devops_name="wares", oci_devops_topic_name="alarms")
    assert {part: found[f"{part}_name"] for part in PARTS} == {
        "vault": "wares",
        "key": "wares",
        "secret": "wares-bitbucket",
        "dynamic_group": "wares-devops",
        "policy": "wares-devops",
        "topic": "alarms",
        "project": "wares",
        "log_group": "wares",
        "log": "wares",
        "connection": "bitbucket",
    }
    assert settings(oci_devops_project_name="mirrors")["log_name"] == "mirrors"
    assert settings(oci_devops_project_name="mirrors")["foundation"] == f"{COMPARTMENT}/mirrors"


def test_the_repository_is_the_last_part_of_the_hosts_name() -> None:
    found = settings(host="acme/stock")
    assert (found["repository"], found["repository_name"]) == ("stock", "stock")
    found = settings(bitbucket_repository="store", oci_devops_repository_name="store-mirror")
    assert (found["repository"], found["repository_name"]) == ("store", "store-mirror")


def test_access_is_for_the_compartment_or_the_tenancy() -> None:
    found = settings()
    assert found["matching_rule"] == (
        f"Any {{ALL {{resource.type = 'devopsconnection', resource.compartment.id = '{COMPARTMENT}'}}, "
        f"ALL {{resource.type = 'devopsrepository', resource.compartment.id = '{COMPARTMENT}'}}}}"
    )
    assert found["policy_statements"] == [
        f"Allow dynamic-group repobridge-devops to read secret-family in compartment id {COMPARTMENT}",
        f"Allow dynamic-group repobridge-devops to use ons-topics in compartment id {COMPARTMENT}",
    ]
    root = settings(oci_devops_compartment_id="ocid1.tenancy.oc1..example", oci_devops_dynamic_group_name="mirrors")
    assert root["policy_statements"][0] == "Allow dynamic-group mirrors to read secret-family in tenancy"


@pytest.mark.parametrize("text", ["vault,key", ["vault", "key"]])
def test_what_somebody_else_owns_is_neither_created_nor_deleted(text: Any) -> None:
    found = settings(oci_devops_existing=text)
    for part in PARTS:
        theirs = part in ("vault", "key")
        assert found["uses"][part]
        assert found["creates"][part] is not theirs
        assert found["deletes"][part] is not theirs


def test_a_group_a_policy_and_a_log_of_somebody_else_are_not_even_read() -> None:
    found = settings(oci_devops_existing=["dynamic_group", "policy", "log"])
    unused = {part for part in PARTS if not found["uses"][part]}
    assert unused == {"dynamic_group", "policy", "log", "log_group"}
    assert not any(found["deletes"][part] for part in unused)


def test_a_secret_by_its_ocid_needs_no_vault_no_key_and_no_credential() -> None:
    found = settings(bitbucket_api_token=None, oci_devops_secret_id="ocid1.vaultsecret.oc1..example")
    assert {part for part in PARTS if not found["uses"][part]} == {"vault", "key", "secret"}
    assert "secret_content" not in found
    assert not found["deletes"]["vault"]


def test_users_of_a_project_of_somebody_else_do_not_keep_the_rest() -> None:
    assert settings()["users_of"] == "project"
    assert settings(oci_devops_existing=["project"])["users_of"] == "connection"
    assert settings(oci_devops_project_id="ocid1.devopsproject.oc1..example")["users_of"] == "connection"


def test_the_kept_credential_is_the_nearest_that_lasts() -> None:
    environment = {"BITBUCKET_API_TOKEN": "api-of-env", "BITBUCKET_ACCESS_TOKEN": "access-of-env"}
    nothing: dict[str, Any] = {"bitbucket_api_token": None}
    assert settings(environment, oci_devops_secret_content=" own \n")["secret_content"] == "own"
    assert settings(environment)["secret_content"] == "token-of-test"
    assert settings(environment, **nothing, bitbucket_access_token="access")["secret_content"] == "access"
    assert settings(environment, **nothing)["secret_content"] == "api-of-env"
    del environment["BITBUCKET_API_TOKEN"]
    assert settings(environment, bitbucket_api_token="  ")["secret_content"] == "access-of-env"


def test_without_a_lasting_credential_it_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no lasting Bitbucket credential for OCI to keep") as refused:
        settings(bitbucket_api_token=None)
    assert "bitbucket_access_token" in str(refused.value)
    assert "secret_content" not in settings(bitbucket_api_token=None, oci_devops_state="absent")
    assert "secret_content" not in settings(bitbucket_api_token="", oci_devops_existing="secret")
    # Other kinds are refused by the check of the credential, which knows more of them.
    assert settings({"BITBUCKET_CLIENT_ID": "key"}, bitbucket_api_token=None)["secret_content"] is None


@pytest.mark.parametrize("name", ["bitbucket_workspace", "oci_devops_compartment_id"])
def test_what_must_be_given_is_named(name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        settings(**{name: " "})


def test_a_vault_by_its_ocid_needs_its_endpoint_or_the_key() -> None:
    vault = {"oci_devops_vault_id": "ocid1.vault.oc1..example"}
    with pytest.raises(InvalidInput, match="oci_devops_vault_management_endpoint"):
        settings(**vault)
    assert settings(**vault, oci_devops_vault_management_endpoint="https://vault.example")["uses"]["key"]
    assert not settings(**vault, oci_devops_key_id="ocid1.key.oc1..example")["uses"]["key"]


def test_texts_of_surveys_are_typed_and_blank_ones_are_not_set() -> None:
    found = settings(
        oci_devops_validate="no",
        oci_devops_fail_on_validation="true",
        oci_devops_validate_timeout="60",
        oci_devops_deletion_days="7",
        oci_devops_log_retention="30",
        oci_devops_sync="",
        oci_devops_existing="",
        oci_devops_username=None,
        oci_devops_topic_description="",
        oci_endpoints='{"devops": "https://devops.example"}',
        bitbucket_check_permission="yes",
    )
    assert (found["validate"], found["fail_on_validation"], found["check_permission"]) == (False, True, True)
    assert (found["validate_timeout"], found["deletion_days"], found["log_retention"]) == (60, 7, 30)
    assert found["sync"] == "when_behind"
    assert all(found["creates"].values())
    assert "username" not in found
    assert found["topic_description"] == ""  # clears it
    assert found["connection"]["oci"] == {"endpoints": {"devops": "https://devops.example"}}


def test_a_value_that_is_no_choice_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"oci_devops_existing.*vaults"):
        settings(oci_devops_existing="vaults")


def test_hosts_are_grouped_by_the_foundation_they_share() -> None:
    of_hosts = {
        "shop": {"foundation": "c/one", "state": "present", "repository_name": "shop"},
        "refused": {},
        "old": {"foundation": "c/one", "state": "absent", "repository_name": "old"},
        "stock": {"foundation": "c/two", "state": "present", "repository_name": "stock"},
        "shelf": {"foundation": "c/one", "state": "present", "repository_name": "rack"},
    }
    groups = grouped(of_hosts, "foundation", ["repository_name"])
    assert groups["c/one"]["first"] == {"present": "shop", "absent": "old"}
    assert groups["c/one"]["present"] == {"repository_name": ["shop", "rack"]}
    assert groups["c/one"]["absent"] == {"repository_name": ["old"]}
    assert list(groups) == ["c/one", "c/two"]


def test_the_token_needs_what_the_vendors_procedure_says() -> None:
    assert scopes.needed("api_token", "oci_devops") == [
        "read:project:bitbucket",
        "read:pullrequest:bitbucket",
        "read:repository:bitbucket",
        "read:user:bitbucket",
        "read:webhook:bitbucket",
        "read:workspace:bitbucket",
        "write:webhook:bitbucket",
    ]
