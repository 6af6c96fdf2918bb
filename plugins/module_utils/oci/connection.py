# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: connections to other hosts of code.

Sources: https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/Connection and
https://docs.oracle.com/en-us/iaas/Content/devops/using/create_connection.htm
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.errors import InvalidInput
from ..core.pending import is_pending
from ..core.reconcile import Context, Fields, Outcome
from ..core.spec import ArgumentSpec
from ..http.transport import check_seconds
from .devops import DevopsResource
from .resource import oci_spec
from .session import wire
from .validation import Validator


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
_OPTIONS = ("username", "base_url", "ca_certificate_bundle_id")
# How the SDK spells a type that it does not know; of such a connection it shows the common fields only.
_UNKNOWN = "UNKNOWN_ENUM_VALUE"
_LONGEST_USERNAME = 30


def kind_of(name: str) -> Kind:
    """The kind of a type; one that is newer than this table takes whatever it is given."""
    secret = "app_password" if name.endswith("_APP_PASSWORD") else "access_token"
    return KINDS.get(name) or Kind(secret, _OPTIONS, ())


def _check_validation(params: Fields) -> None:
    check_seconds(params, "validate_timeout", zero=True)


class Connection(DevopsResource):
    """A connection. Its display name is not unique, its type can't be changed, and its credential is a secret's OCID."""

    module = "oci_devops_connection"
    spec = oci_spec(
        clearable=("description",),
        name={"type": "str", "required": True},
        project_id={"type": "str", "required": True},
        connection_type={"type": "str"},
        username={"type": "str"},
        secret_id={"type": "str", "no_log": False},
        base_url={"type": "str"},
        ca_certificate_bundle_id={"type": "str"},
        description={"type": "str"},
        validate={"type": "bool", "default": False},
        validate_timeout={"type": "float", "default": 300.0},
        revalidate={"type": "bool", "default": False},
        fail_on_validation={"type": "bool", "default": True},
    ) + ArgumentSpec(urls=("base_url",), checks=(_check_validation,))
    identity = ("name", "project_id")
    operations = {"create": "CreateConnection", "update": "UpdateConnection", "delete": "DeleteConnection"}
    noun = "connection"
    kind = "connection"
    name_field = "display_name"
    immutable = ("connection_type",)

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self._validation: Fields = {}

    def validate(self) -> None:
        secret_id = self.params["secret_id"]
        if secret_id is not None and not (secret_id.startswith("ocid1.vaultsecret.") or is_pending(secret_id)):
            self.context.redactor.add(secret_id)
            raise InvalidInput(
                "secret_id is not the OCID of a vault secret",
                "Put the credential into a secret with oci_vault_secret and give the secret's OCID; never the credential itself.",
            )
        if self.params["connection_type"] is not None:
            self._refuse_what_does_not_fit(self.params["connection_type"])

    def _refuse_what_does_not_fit(self, connection_type: str) -> None:
        foreign = [
            name for name in _OPTIONS if self.params[name] is not None and name not in kind_of(connection_type).options
        ]
        if foreign:
            fitting = [name for name, kind in KINDS.items() if set(foreign) <= set(kind.options)]
            raise InvalidInput(
                f"A connection of type {connection_type} has no {' and no '.join(foreign)}",
                f"Leave it out, or set connection_type to one that has it ({', '.join(fitting)})." if fitting else None,
            )

    def read(self) -> Fields | None:
        # No filter by connection_type: the service has been seen to refuse it.
        found = self.listing(self.client.list_connections, project_id=self.params["project_id"], display_name=self.name)
        return self.settled(found)

    # -- fields ----------------------------------------------------------------------------------------------------

    def _type(self, current: Fields | None) -> str:
        there = (current or {}).get("connection_type")
        return str((there if there != _UNKNOWN else None) or self.params["connection_type"] or DEFAULT)

    def desired(self, current: Fields | None) -> Fields:
        wanted = super().desired(current)
        connection_type = self._type(current)
        if self.params["connection_type"] is not None and (current or {}).get("connection_type") != _UNKNOWN:
            wanted["connection_type"] = self.params["connection_type"]
            if connection_type != self.params["connection_type"]:
                return wanted  # an error anyway; the fields of two types can't be compared
        self._refuse_what_does_not_fit(connection_type)
        bundle = self.params["ca_certificate_bundle_id"]
        fields = {
            "username": self.params["username"],
            kind_of(connection_type).secret: self.params["secret_id"],
            "base_url": self.params["base_url"],
            "tls_verify_config": bundle
            and {"tls_verify_mode": "CA_CERTIFICATE_VERIFY", "ca_certificate_bundle_id": bundle},
        }
        for name, value in fields.items():
            # What the SDK can't show can't be compared.
            if value is not None and (current is None or name in current):
                wanted[name] = value
        self._warn_of_username(current)
        return wanted

    def _warn_of_username(self, current: Fields | None) -> None:
        username = self.params["username"] or ""
        if len(username) > _LONGEST_USERNAME and (current or {}).get("username") != username:
            self.context.warn(
                f"The user name of the connection {self.name} has {len(username)} characters; Oracle documents "
                f"{_LONGEST_USERNAME} as the most, and may refuse it"
            )

    def needed(self) -> Fields:
        return {
            "project_id": self.params["project_id"],
            "display_name": self.name,
            "connection_type": self.params["connection_type"] or DEFAULT,
        }

    def comparable(self, desired: Fields) -> Fields:
        fields = super().comparable(desired)
        return {**fields, "base_url": fields["base_url"].rstrip("/")} if fields.get("base_url") else fields

    # -- changing --------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        missing = [name for name in kind_of(desired["connection_type"]).needed if self.params[name] is None]
        if missing:
            raise InvalidInput(
                f"There is no connection {self.name} yet, and a new one of type {desired['connection_type']} can't be made "
                f"without {' and '.join(missing)}"
            )
        return super().create(desired)

    def body(self, fields: Fields, current: Fields | None = None) -> Fields:
        return wire({"connection_type": self._type(current), **fields})

    def in_use(self, candidate: Fields) -> int:
        """1: a repository is mirrored over it."""
        return int(bool(self._repositories(candidate)))

    def left_in(self, current: Fields) -> list[str]:
        used = [f"{item['name']} ({item['id']})" for item in self._repositories(current)]
        return [f"mirrored repositories {', '.join(used)}"] if used else []

    def _repositories(self, connection: Fields) -> list[Fields]:
        """The project's repositories that are mirrored over a connection."""
        return [
            item
            for item in self.listing(self.client.list_repositories, project_id=connection["project_id"])
            if (item.get("mirror_repository_config") or {}).get("connector_id") == connection["id"]
        ]

    # -- validating ------------------------------------------------------------------------------------------------

    def follow_up(self, current: Fields, outcome: Outcome) -> Fields:
        validator = Validator(self, validated=kind_of(self._type(current)).validated)
        self._validation = validator.known(current)
        if self.params["validate"] and not self.context.check_mode:
            current, self._validation = validator.run(current, new=outcome.changed)
        return current

    def run(self) -> Fields:
        return {**super().run(), "validation": self._validation}
