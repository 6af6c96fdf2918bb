# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of Identity (IAM).

Source: https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/Policy/
"""

from __future__ import annotations

from ..core.reconcile import Fields
from .iam import IamResource
from .policy_text import canonical_statements
from .resource import OciResource, oci_spec
from .session import wire


class Policy(IamResource):
    """A policy. It is attached to a compartment and speaks of what is in and below it."""

    module = "oci_policy"
    spec = oci_spec(
        required=("name",),
        texts=("description", "compartment_id", "home_region"),
        statements={"type": "list", "elements": "str"},
    )
    operations = {"create": "CreatePolicy", "update": "UpdatePolicy", "delete": "DeletePolicy"}
    noun = "policy"
    managed = ("statements", *OciResource.managed)
    permission = "manage policies"
    made_of = "statements"

    def listed(self) -> list[Fields]:
        return self.listing(self.client.list_policies, self.compartment, name=self.name)

    def comparable(self, desired: Fields) -> Fields:
        fields = super().comparable(desired)
        if "statements" in fields:
            fields = {**fields, "statements": canonical_statements(fields["statements"])}
        return fields

    def make(self, desired: Fields, token: str) -> Fields:
        return self.write("create_policy", wire(desired), verb="Create", opc_retry_token=token)

    def update(self, current: Fields, changes: Fields) -> Fields:
        return self.write("update_policy", current["id"], wire(changes), verb="Update")

    def take_away(self, current: Fields) -> None:
        self.write("delete_policy", current["id"], verb="Delete")
