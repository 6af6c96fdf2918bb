# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: what the types of connections are made of.

Source: https://docs.oracle.com/en-us/iaas/Content/devops/using/create_connection.htm
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import InvalidInput
from ..core.reconcile import Fields


@dataclass(frozen=True)
class Kind:
    """What a type of connection is made of: the field for the secret's OCID, and the options it has."""

    secret: str = "access_token"
    options: tuple[str, ...] = ()
    needed: tuple[str, ...] = ("secret_id",)
    validated: bool = True  # by OCI; https://docs.oracle.com/en-us/iaas/Content/devops/using/validate_connection.htm


_SERVER = Kind(options=("base_url", "ca_certificate_bundle_id"), needed=("secret_id", "base_url"), validated=False)
DEFAULT = "BITBUCKET_CLOUD_APP_PASSWORD"
KINDS = {
    DEFAULT: Kind("app_password", ("username",), ("username", "secret_id")),
    "BITBUCKET_SERVER_ACCESS_TOKEN": _SERVER,
    "GITHUB_ACCESS_TOKEN": Kind(),
    "GITLAB_ACCESS_TOKEN": Kind(),
    "GITLAB_SERVER_ACCESS_TOKEN": _SERVER,
    "VBS_ACCESS_TOKEN": Kind(options=("base_url",), needed=("secret_id", "base_url")),
}
OPTIONS = ("username", "base_url", "ca_certificate_bundle_id")
# How the SDK spells a type that it does not know; of such a connection it shows the common fields only.
UNKNOWN = "UNKNOWN_ENUM_VALUE"


def kind_of(name: str) -> Kind:
    """The kind of a type; one that is newer than this table takes whatever it is given."""
    secret = "app_password" if name.endswith("_APP_PASSWORD") else "access_token"
    return KINDS.get(name) or Kind(secret, OPTIONS, ())


def check_fitting(params: Fields, connection_type: str) -> None:
    """:raises InvalidInput: an option is set that a connection of the type does not have."""
    foreign = [name for name in OPTIONS if params[name] is not None and name not in kind_of(connection_type).options]
    if foreign:
        fitting = [name for name, kind in KINDS.items() if set(foreign) <= set(kind.options)]
        raise InvalidInput(
            f"A connection of type {connection_type} has no {' and no '.join(foreign)}",
            f"Omit it, or set connection_type to one that has it ({', '.join(fitting)})." if fitting else None,
        )
