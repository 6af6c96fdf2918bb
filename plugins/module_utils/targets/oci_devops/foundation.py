# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What repositories share in OCI: the parts of a foundation, as the settings of each of them describe it.

Only the first host of a foundation creates and updates it, so that what another host says of it would be ignored; and two
foundations with a common name would change it back and forth.
"""

from __future__ import annotations

import json
import typing as t

from ..target import Claim, Values

_NAMES = ("vault", "key", "secret", "dynamic_group", "policy", "topic", "project", "log_group", "log", "connection")
_DESCRIBED = (
    *("connection_base_url", "connection_description", "connection_id", "connection_type", "domain", "key_id"),
    *("log_group_description", "log_group_id", "log_retention", "matching_rule", "policy_statements"),
    *("project_description", "project_id", "secret_content", "secret_id", "topic_description", "topic_id", "username"),
    *("vault_id", "vault_management_endpoint"),
)
# Whose account: what is named in one of them may be named in another as well.
_ACCOUNT = ("auth_type", "config_file_location", "config_profile_name", "tenancy")
_PLACE = ("region", "endpoint", "endpoints")


def claims(settings: Values) -> t.Iterator[Claim]:
    """The foundation as a whole, and those of its parts whose names are unique in something larger than it."""
    if settings["state"] != "present":
        return
    oci = settings["connection"]["oci"]
    account = {name: oci.get(name) for name in _ACCOUNT}
    fields = {f"oci_devops_{name}": settings.get(name) for name in (*(f"{part}_name" for part in _NAMES), *_DESCRIBED)}
    fields |= {f"oci_{name}": oci.get(name) for name in (*_ACCOUNT, *_PLACE)}
    yield Claim(
        "the foundation",
        str(settings["foundation"]),
        str(settings["project_name"]),
        fields,
        "Set the same for all hosts of a foundation, or another oci_devops_name for one of them.",
    )
    if settings["creates"]["secret"] and settings["uses"]["secret"]:
        secret = {"oci_devops_secret_content": settings.get("secret_content")}
        place = [*_values(account), settings["compartment_id"], oci.get("region"), settings.get("vault_id")]
        yield _part(settings, "secret", [*place, settings["vault_name"]], secret)
    if settings["uses"]["dynamic_group"]:
        rule = {"oci_devops_matching_rule": settings["matching_rule"]}
        yield _part(settings, "dynamic_group", [*_values(account), settings.get("domain")], rule)
    if settings["uses"]["policy"]:
        statements = {"oci_devops_policy_statements": settings["policy_statements"]}
        yield _part(settings, "policy", _values(account), statements)


def _part(settings: Values, part: str, place: list[t.Any], fields: Values) -> Claim:
    name = settings[f"{part}_name"]
    return Claim(
        f"the {part.replace('_', ' ')}",
        json.dumps([*place, name]),
        str(name),
        fields,
        f"Set another oci_devops_{part}_name or oci_devops_name for one of them.",
    )


def _values(account: Values) -> list[t.Any]:
    return list(account.values())
