# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: what a host's variables mean."""

from __future__ import annotations

from ...bitbucket.use import KEEPS, TOKENS, CloudUse, Use
from ...core.errors import InvalidInput
from ..target import Given, Target, Values, bitbucket_connection
from .foundation import claims
from .plays import PLAYS

PREFIX = "oci_devops_"
# Settings that are what the variables say, by the names without the prefix.
_AS_GIVEN = (
    "connection_base_url",
    "connection_description",
    "connection_id",
    "connection_name",
    "connection_type",
    "custom_schedule",
    "deletion_days",
    "domain",
    "fail_on_validation",
    "key_id",
    "log_group_description",
    "log_group_id",
    "log_retention",
    "project_description",
    "project_id",
    "repository_description",
    "repository_url",
    "schedule_type",
    "secret_id",
    "state",
    "sync",
    "topic_description",
    "topic_id",
    "update_secret",
    "username",
    "validate_timeout",
    "vault_id",
    "vault_management_endpoint",
)
_OCI_CONNECTION = (
    "auth_type",
    "config_file_location",
    "config_profile_name",
    "tenancy",
    "region",
    "endpoint",
    "endpoints",
    "ca_path",
)
# All parts of the foundation. Those that can be given by OCID have a variable for it.
PARTS = (
    "vault",
    "key",
    "secret",
    "dynamic_group",
    "policy",
    "topic",
    "project",
    "log_group",
    "log",
    "connection",
)
# Credentials that do not last or are not for Bitbucket Cloud: the check of the credential refuses them by their kind.
_REFUSED_BY_KIND = ("bitbucket_client_id", "bitbucket_password", "bitbucket_app_password")


def resolve(given: Given) -> Values:
    """:raises InvalidInput: variables are missing or contradict each other."""
    workspace = given.workspace()
    compartment = given.required(
        "oci_devops_compartment_id", "It is the OCID of the compartment for the DevOps project and its foundation."
    )
    names = _names(given)
    settings = {
        **given.options(PREFIX, *_AS_GIVEN),
        **names,
        "compartment_id": compartment,
        # Hosts with the same one share a foundation.
        "foundation": f"{compartment}/{names['project_name']}",
        "workspace": workspace,
        "repository": given.repository(),
        "repository_name": given["oci_devops_repository_name"] or given.repository(),
        **_access(given, str(compartment), str(names["dynamic_group_name"])),
        **_parts(given, names),
        "defaults": _defaults(given),
        "use": ["oci_devops"],
        "scopes": given["bitbucket_scopes"],
        "git_user": given["bitbucket_git_user"],
        "check_permission": bool(given["bitbucket_check_permission"]),
        "connection": {"bitbucket": bitbucket_connection(given), "oci": given.options("oci_", *_OCI_CONNECTION)},
    }
    _check_vault(given, settings)
    if settings["state"] == "present" and settings["creates"]["secret"] and "secret_id" not in settings:
        settings["secret_content"] = _lasting_credential(given)
    return settings


def _names(given: Given) -> Values:
    """The names of the parts: what is not set one by one begins with the common name."""
    name = given["oci_devops_name"]
    suffixes = {"secret": "-bitbucket", "dynamic_group": "-devops", "policy": "-devops"}
    names = {
        f"{part}_name": given[f"{PREFIX}{part}_name"] or f"{name}{suffixes.get(part, '')}"
        for part in PARTS
        if part not in ("log", "connection")
    }
    return {**names, "log_name": given["oci_devops_log_name"] or names["project_name"]}


def _access(given: Given, compartment: str, group: str) -> Values:
    """What lets connections and mirrors read the secret and send notifications."""
    kinds = [
        f"ALL {{resource.type = '{kind}', resource.compartment.id = '{compartment}'}}"
        for kind in ("devopsconnection", "devopsrepository")
    ]
    scope = "tenancy" if compartment.startswith("ocid1.tenancy.") else f"compartment id {compartment}"
    statements = [
        f"Allow dynamic-group {group} to {what} in {scope}" for what in ("read secret-family", "use ons-topics")
    ]
    return {
        "matching_rule": given["oci_devops_matching_rule"] or f"Any {{{', '.join(kinds)}}}",
        "policy_statements": given["oci_devops_policy_statements"] or statements,
    }


def _defaults(given: Given) -> Values:
    """By module the options that are not what the variables say: they do not apply to what was adopted."""
    options: dict[str, dict[str, str | None]] = {
        "dynamic_group": {"description": None, "matching_rule": "oci_devops_matching_rule"},
        "policy": {"description": None, "statements": "oci_devops_policy_statements"},
        "mirror": {"schedule_type": "oci_devops_schedule_type"},
    }
    return {
        part: [option for option, variable in by.items() if variable is None or given[variable] is None]
        for part, by in options.items()
    }


def _parts(given: Given, names: Values) -> Values:
    """For each part whether its module is called (``uses``), may create it (``creates``), and may delete it (``deletes``).

    What is given by OCID is not looked at; what somebody else owns is found by its name, and neither created nor deleted.
    """
    existing = set(given["oci_devops_existing"])
    by_id = {part for part in PARTS if given[f"{PREFIX}{part}_id"] is not None}
    if "secret" in by_id:  # nothing of the vault is needed then
        by_id |= {"vault", "key"}
    uses = {part: part not in by_id for part in PARTS}
    # Groups and policies are needed for their effect only, a log for nothing else here.
    uses.update({part: part not in existing for part in ("dynamic_group", "policy", "log")})
    uses["log_group"] = uses["log_group"] and uses["log"]
    creates = {part: part not in existing for part in PARTS}
    return {
        "uses": uses,
        "creates": creates,
        "deletes": {part: uses[part] and creates[part] for part in PARTS},
        # What others are in; for a removal it is found first.
        "names_to_find": {part: names[f"{part}_name"] for part in ("vault", "log_group") if uses[part]},
        "validate": given["oci_devops_validate"] and creates["connection"],
        # The users that keep a foundation: of the whole project where it is ours to delete, else of the connection.
        "users_of": "project" if uses["project"] and creates["project"] else "connection",
    }


def _check_vault(given: Given, settings: Values) -> None:
    endpoint = given["oci_devops_vault_management_endpoint"]
    if given["oci_devops_vault_id"] and settings["uses"]["key"] and not endpoint:
        raise InvalidInput(
            "oci_devops_vault_id is set without oci_devops_vault_management_endpoint",
            "The key is found at that endpoint; the vault's page in the OCI console shows it. Or set "
            "oci_devops_key_id.",
        )


def _lasting_credential(given: Given) -> str | None:
    """OCI keeps one Bitbucket credential and uses it for months, so it must be one that lasts."""
    found = given.first(
        "oci_devops_secret_content",
        "bitbucket_api_token",
        "bitbucket_access_token",
        "BITBUCKET_API_TOKEN",
        "BITBUCKET_ACCESS_TOKEN",
    )
    if found is not None:
        return str(found).strip()
    if given.first(*_REFUSED_BY_KIND, *map(str.upper, _REFUSED_BY_KIND)) is not None:
        return None
    raise InvalidInput(
        "OCI needs a Bitbucket credential that does not expire after hours, and none is set. OCI DevOps stores one "
        "secret and uses it for months, so the token of an OAuth consumer (two hours) does not work",
        "Set bitbucket_api_token (with bitbucket_username), or bitbucket_access_token, or oci_devops_secret_content.",
    )


OCI_DEVOPS = Target(
    name="oci_devops",
    title="OCI DevOps",
    summary="mirrors repositories into OCI DevOps, with vault, policy, logging and verification",
    editions="Cloud",
    services=("bitbucket", "oci"),
    groups=("oci_devops",),
    # Not all of oci_: people name variables of their own so, such as oci_compartment_id.
    prefixes=("oci_devops_", "bitbucket_"),
    resolve=resolve,
    roles=("oci_devops", "bitbucket"),
    plays=PLAYS,
    # The vendor's procedure.
    uses={
        "oci_devops": Use(
            CloudUse(("repository", "pullrequest", "webhook"), TOKENS, KEEPS, of_users=("account", "team", "project"))
        )
    },
    modules={"oci_devops_mirror": "oci_devops"},
    destination=("foundation", "repository_name"),
    claims=claims,
    adopts={
        "oci_vault": {"name": "oci_devops_vault_name"},
        "oci_vault_key": {"name": "oci_devops_key_name"},
        "oci_vault_secret": {"name": "oci_devops_secret_name"},
        "oci_dynamic_group": {"name": "oci_devops_dynamic_group_name"},
        "oci_policy": {"name": "oci_devops_policy_name"},
        "oci_notification_topic": {"name": "oci_devops_topic_name"},
        "oci_devops_project": {"name": "oci_devops_project_name"},
        "oci_log_group": {"name": "oci_devops_log_group_name"},
        "oci_log": {"name": "oci_devops_log_name"},
        "oci_devops_connection": {"name": "oci_devops_connection_name", "project_id": "oci_devops_project_id"},
        "oci_devops_mirror": {"name": "oci_devops_repository_name", "project_id": "oci_devops_project_id"},
    },
    blank=(
        "oci_devops_topic_description",
        "oci_devops_project_description",
        "oci_devops_log_group_description",
        "oci_devops_connection_description",
        "oci_devops_repository_description",
    ),
)
