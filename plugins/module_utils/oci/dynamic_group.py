# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynamic groups, of the tenancy (which are those of its Default domain) or of another identity domain.

Sources: https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/DynamicGroup/ and
https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/DynamicResourceGroup/
"""

from __future__ import annotations

import typing as t

from ..core.errors import Ambiguous, BridgeError, InvalidInput
from ..core.reconcile import Fields
from ..core.spec import ArgumentSpec
from .identity import IamResource
from .policy_text import canonical_rule, is_several_rules
from .resource import OciResource, oci_spec
from .session import wire

_SCHEMA = "urn:ietf:params:scim:schemas:oracle:idcs:DynamicResourceGroup"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
# The rule is returned to those only who ask for it.
_ATTRIBUTES = "id,ocid,displayName,description,matchingRule,compartmentOcid,domainOcid"


class Provider(t.Protocol):
    """Where dynamic groups live: the same four calls, with fields by the names of the tenancy's API."""

    operations: dict[str, str]

    def listed(self) -> list[Fields]: ...

    def make(self, desired: Fields, token: str) -> Fields: ...

    def update(self, current: Fields, changes: Fields) -> Fields: ...

    def take_away(self, current: Fields) -> None: ...


class TenancyGroups:
    """The tenancy's own API."""

    operations = {"create": "CreateDynamicGroup", "update": "UpdateDynamicGroup", "delete": "DeleteDynamicGroup"}

    def __init__(self, task: DynamicGroup) -> None:
        self.task = task

    def listed(self) -> list[Fields]:
        task = self.task
        return task.listing(task.client.list_dynamic_groups, task.compartment, name=task.name)

    def make(self, desired: Fields, token: str) -> Fields:
        task = self.task
        return t.cast(Fields, task.write("create_dynamic_group", wire(desired), verb="Create", opc_retry_token=token))

    def update(self, current: Fields, changes: Fields) -> Fields:
        return t.cast(Fields, self.task.write("update_dynamic_group", current["id"], wire(changes), verb="Change"))

    def take_away(self, current: Fields) -> None:
        self.task.write("delete_dynamic_group", current["id"], verb="Delete")


class DomainGroups:
    """An identity domain's SCIM API, at the domain's own address."""

    operations = {
        "create": "CreateDynamicResourceGroup",
        "update": "PatchDynamicResourceGroup",
        "delete": "DeleteDynamicResourceGroup",
    }

    def __init__(self, task: DynamicGroup) -> None:
        self.task = task
        self._url = task.params["domain_url"]

    @property
    def _client(self) -> t.Any:
        if self._url is None:
            self._url = self._find_url()
        return self.task.session.client("identity_domains", "IdentityDomainsClient", endpoint=self._url)

    def _find_url(self) -> str:
        session, name = self.task.session, self.task.params["domain"]
        domains = session.list(
            self.task.client.list_domains,
            session.tenancy,
            display_name=name,
            asked=f"Look for the identity domain {name} in the root compartment",
            permission="inspect domains",
        )
        remedy = "Give the domain's address as domain_url; the console shows it on the domain's page."
        if len(domains) > 1:
            raise Ambiguous(f"identity domain {name}", [domain["id"] for domain in domains], remedy)
        if not domains:
            raise BridgeError(f"The root compartment has no identity domain {name}", kind="not_found", remedy=remedy)
        return str(domains[0]["home_region_url"] or domains[0]["url"])

    def listed(self) -> list[Fields]:
        name = self.task.name.replace("\\", "\\\\").replace('"', '\\"')
        found = self.task.getting(
            self._client.list_dynamic_resource_groups, filter=f'displayName eq "{name}"', attributes=_ATTRIBUTES
        )
        return [_group(item) for item in found["resources"] or []]

    def make(self, desired: Fields, token: str) -> Fields:
        body = {"schemas": [_SCHEMA], **{scim: desired[name] for name, scim in _SCIM.items() if name in desired}}
        return self._changed(
            "create_dynamic_resource_group", verb="Create", dynamic_resource_group=body, opc_retry_token=token
        )

    def update(self, current: Fields, changes: Fields) -> Fields:
        operations = [{"op": "REPLACE", "path": _SCIM[name], "value": value} for name, value in changes.items()]
        body = {"schemas": [_PATCH], "Operations": operations}
        return self._changed("patch_dynamic_resource_group", current["scim_id"], verb="Change", patch_op=body)

    def take_away(self, current: Fields) -> None:
        self.task.call(self._client.delete_dynamic_resource_group, current["scim_id"], verb="Delete")

    def _changed(self, method: str, *args: t.Any, verb: str, **body: t.Any) -> Fields:
        task = self.task
        return _group(
            task.session.get(
                getattr(self._client, method),
                *args,
                asked=task.asked(verb),
                permission=task.permission,
                attributes=_ATTRIBUTES,
                **body,
            )
        )


_SCIM = {"name": "displayName", "description": "description", "matching_rule": "matchingRule"}


def _group(scim: Fields) -> Fields:
    """A domain's group in the words of the tenancy's API. Policies know it by its OCID, the domain by ``scim_id``."""
    return {
        "id": scim["ocid"],
        "scim_id": scim["id"],
        "name": scim["display_name"],
        "description": scim["description"] or "",
        "matching_rule": scim["matching_rule"],
        "compartment_id": scim["compartment_ocid"],
        "domain_id": scim["domain_ocid"],
    }


class DynamicGroup(IamResource):
    """A dynamic group: resources that policies can speak of. Names are unique among all groups of their domain."""

    module = "oci_dynamic_group"
    spec = oci_spec(
        name={"type": "str", "required": True},
        matching_rule={"type": "str"},
        description={"type": "str"},
        domain={"type": "str"},
        domain_url={"type": "str"},
        home_region={"type": "str"},
    ) + ArgumentSpec(mutually_exclusive=[("domain", "domain_url")], urls=("domain_url",))
    identity = ("name", "domain", "domain_url")
    operations = TenancyGroups.operations
    noun = "dynamic group"
    managed = ("matching_rule", *OciResource.managed)
    permission = "manage dynamic-groups"

    def __init__(self, params: Fields, context: t.Any) -> None:
        super().__init__(params, context)
        in_domain = params["domain"] or params["domain_url"]
        self.provider: Provider = DomainGroups(self) if in_domain else TenancyGroups(self)
        self.operations = self.provider.operations  # type: ignore[misc]

    def validate(self) -> None:
        rule = self.params["matching_rule"]
        if self.params["state"] == "present" and self.params["create"] and not rule:
            raise InvalidInput("matching_rule must be given for a dynamic group, which could not be made without")
        if rule and is_several_rules(rule):
            raise InvalidInput(
                "matching_rule holds several rules one after the other, which only the console takes",
                "Put them into one: Any {ALL {...}, ALL {...}}.",
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
