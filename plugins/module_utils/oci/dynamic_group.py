# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynamic groups, of the tenancy (which are those of its Default domain) or of another identity domain.

Sources: https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/DynamicGroup/ and
https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/DynamicResourceGroup/
"""

from __future__ import annotations

from ..core.errors import InvalidInput
from ..core.reconcile import Context, Fields
from ..core.spec import ArgumentSpec
from .group_providers import DomainGroups, Provider, TenancyGroups
from .iam import IamResource
from .policy_text import canonical_rule, is_several_rules
from .resource import OciResource, oci_spec


class DynamicGroup(IamResource):
    """A dynamic group: resources that policies can speak of. Names are unique among all groups of their domain."""

    module = "oci_dynamic_group"
    spec = oci_spec(
        required=("name",), texts=("matching_rule", "description", "domain", "domain_url", "home_region")
    ) + ArgumentSpec(mutually_exclusive=[("domain", "domain_url")], urls=("domain_url",))
    identity = ("name", "domain", "domain_url")
    operations = TenancyGroups.operations
    noun = "dynamic group"
    managed = ("matching_rule", *OciResource.managed)
    permission = "manage dynamic-groups"
    made_of = "matching_rule"

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        in_domain = params["domain"] or params["domain_url"]
        self.provider: Provider = DomainGroups(self) if in_domain else TenancyGroups(self)
        self.operations = self.provider.operations  # type: ignore[misc]

    def validate(self) -> None:
        super().validate()
        rule = self.params["matching_rule"]
        if rule and is_several_rules(rule):
            raise InvalidInput(
                "matching_rule contains several rules one after the other, which only the console accepts",
                "Combine them in one: Any {ALL {...}, ALL {...}}.",
            )
        tags = [name for name in ("freeform_tags", "defined_tags") if self.params[name] is not None]
        if tags and isinstance(self.provider, DomainGroups):
            raise InvalidInput(
                f"{' and '.join(tags)} can be set for the tenancy's dynamic groups only, not for a domain's"
            )

    def comparable(self, desired: Fields) -> Fields:
        fields = super().comparable(desired)
        if fields.get("matching_rule"):
            fields = {**fields, "matching_rule": canonical_rule(fields["matching_rule"])}
        return fields

    def listed(self) -> list[Fields]:
        return self.provider.listed()

    def make(self, desired: Fields, token: str) -> Fields:
        return self.provider.make(desired, token)

    def update(self, current: Fields, changes: Fields) -> Fields:
        return self.provider.update(current, changes)

    def take_away(self, current: Fields) -> None:
        self.provider.take_away(current)
