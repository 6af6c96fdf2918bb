# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where dynamic groups live: in the tenancy (whose groups are those of its Default domain) or in another identity domain.

Sources: https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/DynamicGroup/ and
https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/DynamicResourceGroup/
"""

from __future__ import annotations

import typing as t

from ..core.errors import Ambiguous, BridgeError
from ..core.reconcile import Fields
from .iam import IamResource
from .session import wire

_SCHEMA = "urn:ietf:params:scim:schemas:oracle:idcs:DynamicResourceGroup"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
# The rule is returned to those only who ask for it.
_ATTRIBUTES = "id,ocid,displayName,description,matchingRule,compartmentOcid,domainOcid"


_SCIM = {"name": "displayName", "description": "description", "matching_rule": "matchingRule"}


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

    def __init__(self, task: IamResource) -> None:
        self.task = task

    def listed(self) -> list[Fields]:
        task = self.task
        return task.listing(task.client.list_dynamic_groups, task.compartment, name=task.name)

    def make(self, desired: Fields, token: str) -> Fields:
        task = self.task
        return task.write("create_dynamic_group", wire(desired), verb="Create", opc_retry_token=token)

    def update(self, current: Fields, changes: Fields) -> Fields:
        return self.task.write("update_dynamic_group", current["id"], wire(changes), verb="Update")

    def take_away(self, current: Fields) -> None:
        self.task.write("delete_dynamic_group", current["id"], verb="Delete")


class DomainGroups:
    """An identity domain's SCIM API, at the domain's own address."""

    operations = {
        "create": "CreateDynamicResourceGroup",
        "update": "PatchDynamicResourceGroup",
        "delete": "DeleteDynamicResourceGroup",
    }

    def __init__(self, task: IamResource) -> None:
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
            asked=f"Find the identity domain {name} in the root compartment",
            permission="inspect domains",
        )
        remedy = "Set domain_url to the domain's address; the console shows it on the domain's page."
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
        return self._changed("patch_dynamic_resource_group", current["scim_id"], verb="Update", patch_op=body)

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
