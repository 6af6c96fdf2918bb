# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: connections to other hosts of code.

Sources: https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/Connection and
https://docs.oracle.com/en-us/iaas/Content/devops/using/create_connection.htm
"""

from __future__ import annotations

from ..core.errors import InvalidInput
from ..core.pending import is_pending
from ..core.reconcile import Fields, Outcome, Snapshot
from ..core.spec import ArgumentSpec
from ..http.transport import check_seconds
from .connection_kinds import DEFAULT, UNKNOWN, check_fitting, kind_of
from .devops import DevopsResource
from .resource import oci_spec
from .session import wire
from .validation import Validator

_LONGEST_USERNAME = 30


def _check_validation(params: Fields) -> None:
    check_seconds(params, "validate_timeout", zero=True)


class Connection(DevopsResource):
    """A connection. Its display name is not unique, its type can't be changed, and its credential is a secret's OCID."""

    module = "oci_devops_connection"
    spec = oci_spec(
        required=("name", "project_id"),
        texts=("connection_type", "username", "base_url", "ca_certificate_bundle_id", "compartment_id"),
        clearable=("description",),
        secret_id={"type": "str", "no_log": False},
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

    def validate(self) -> None:
        secret_id = self.params["secret_id"]
        if secret_id is not None and not (secret_id.startswith("ocid1.vaultsecret.") or is_pending(secret_id)):
            self.context.redactor.add(secret_id)
            raise InvalidInput(
                "secret_id is not the OCID of a vault secret",
                "Store the credential in a secret with oci_vault_secret and set the secret's OCID; never the "
                "credential itself.",
            )
        if self.params["connection_type"] is not None:
            check_fitting(self.params, self.params["connection_type"])

    def read(self) -> Fields | None:
        # No filter by connection_type: the service has been seen to refuse it.
        found = self.listing(self.client.list_connections, project_id=self.params["project_id"], display_name=self.name)
        return self.settled(found)

    # -- fields ----------------------------------------------------------------------------------------------------

    def _type(self, current: Fields | None) -> str:
        there = (current or {}).get("connection_type")
        return str((there if there != UNKNOWN else None) or self.params["connection_type"] or DEFAULT)

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = super().desired(current)
        connection_type = self._type(current)
        unknown = current is not None and current.get("connection_type") == UNKNOWN
        if self.params["connection_type"] is not None and not unknown:
            wanted["connection_type"] = self.params["connection_type"]
            if connection_type != self.params["connection_type"]:
                return wanted  # an error anyway; the fields of two types can't be compared
        check_fitting(self.params, connection_type)
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
                f"The user name of the connection {self.name} has {len(username)} characters; Oracle documents a "
                f"maximum of {_LONGEST_USERNAME}, and may reject it"
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
                f"The connection {self.name} does not exist yet, and one of type {desired['connection_type']} cannot be "
                f"created without {' and '.join(missing)}"
            )
        return super().create(desired)

    def body(self, fields: Fields, current: Fields | None = None) -> Fields:
        return wire({"connection_type": self._type(current), **fields})

    def in_use(self, candidate: Fields) -> int:
        """1: a repository is mirrored over it."""
        return int(bool(self.repositories(candidate["project_id"], candidate["id"])))

    def left_in(self, current: Fields) -> list[str]:
        found = self.repositories(current["project_id"], current["id"])
        used = [f"{item['name']} ({item['id']})" for item in found]
        return [f"mirrored repositories {', '.join(used)}"] if used else []

    # -- validating ------------------------------------------------------------------------------------------------

    def follow_up(self, current: Fields, outcome: Outcome) -> Fields:
        validator = Validator(self, validated=kind_of(self._type(current)).validated)
        if self.params["validate"] and not self.context.check_mode:
            return Snapshot(*validator.run(current, new=outcome.changed))
        return Snapshot(current, validator.known(current))

    def result(self, outcome: Outcome) -> Fields:
        return {**super().result(outcome), "validation": outcome.origin or {}}
