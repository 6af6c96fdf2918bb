# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity: dynamic groups, policies, compartments, regions. https://docs.oracle.com/en-us/iaas/api/#/en/identity/

Writes are taken in the home region only. A dynamic group made here lands in the Default identity domain.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from flask import Response, g, request

from .area import Area, route
from .rules import parse_rule
from .store import Resource
from .wire import OciError, invalid, not_found

if TYPE_CHECKING:
    from .service import Oci

NAME = r"[A-Za-z0-9._-]{1,100}"
REGION_KEYS = {"eu-frankfurt-1": "FRA", "eu-amsterdam-1": "AMS"}


def name_taken(oci: Oci, name: str, domain_id: str) -> bool:
    """Names are unique across the groups and the dynamic groups of a domain."""
    groups = [grp["name"] for grp in oci.store.shown("dynamic_group") if grp["_domain_id"] == domain_id]
    return name.lower() in (other.lower() for other in [*oci.groups, *groups])


class Identity(Area):
    """The classic identity API."""

    name = "identity"
    prefix = "/20160918"
    models = "identity"

    def __init__(self, oci: Oci) -> None:
        super().__init__(oci)
        self.default_domain = self.add_domain("Default", "DEFAULT")
        self.add_domain("Automation", "SECONDARY")

    def add_domain(self, name: str, kind: str) -> Resource:
        short = f"idcs-{self.store.unique(32)}"
        # The SDK takes no path in a domain's URL.
        url = self.oci.server.open_door(f"/oci/domains/{short}")
        return self.store.add(
            "domain",
            {
                "id": self.oci.ocid("domain"),
                "compartmentId": self.oci.tenancy_id,
                "displayName": name,
                "description": f"{name} domain",
                "url": url,
                "homeRegionUrl": url,
                "homeRegion": self.oci.home_region,
                "replicaRegions": [],
                "type": kind,
                "licenseType": "free",
                "isHiddenOnLogin": False,
                "timeCreated": self.oci.now(),
                "lifecycleState": "ACTIVE",
                "freeformTags": {},
                "definedTags": {},
                "_short": short,
            },
        )

    def _home_only(self) -> None:
        if not g.home:
            raise OciError(
                403,
                "NotAllowed",
                f"Please go to your home region {self.oci.home_region} to execute CREATE, UPDATE "
                "and DELETE operations. This operation must be directed at the home region.",
            )

    # -- dynamic groups --------------------------------------------------------------------------------------------

    @route("POST", "/dynamicGroups")
    def create_dynamic_group(self) -> Response:
        self._home_only()
        body = self.body("CreateDynamicGroupDetails")
        if body["compartmentId"] != self.oci.tenancy_id:
            raise invalid("compartmentId must be the tenancy's OCID: dynamic groups live in the root compartment")
        self._check_name(body["name"])
        parse_rule(body["matchingRule"])
        if name_taken(self.oci, body["name"], self.default_domain["id"]):
            raise self._group_exists()
        group = self.new(
            "dynamicgroup",
            body,
            "ACTIVE",
            _domain_id=self.default_domain["id"],
            _domain_type="DEFAULT",
            _domain_name=self.default_domain["displayName"],
            _scim_id=self.store.unique(32),
        )
        self.oci.policies.changed(group, "matchingRule", None)
        self.store.add("dynamic_group", group)
        return self.show("DynamicGroup", group)

    @staticmethod
    def _check_name(name: str) -> None:
        if not re.fullmatch(NAME, name):
            raise invalid(f"name {name!r} may have letters, digits, ., - and _ only, at most 100")

    @staticmethod
    def _group_exists() -> OciError:
        """The Default domain's own refusal, wrapped: https://github.com/garutilorenzo/k3s-oci-cluster/issues/47"""
        extension = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error"
        refusal = {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error", extension],
            "detail": "DynamicResourceGroup with the same displayName already exists.",
            "status": "409",
            extension: {"messageId": "error.common.exception.duplicateResource"},
        }
        return OciError(409, "IdcsConversionError", f"Post request failed{json.dumps(refusal)}")

    def _group(self, ident: str) -> Resource:
        group = self.need("dynamic_group", ident)
        if group["_domain_type"] != "DEFAULT":
            raise not_found(ident)
        return group

    @route("GET", "/dynamicGroups/<ident>")
    def get_dynamic_group(self, ident: str) -> Response:
        return self.show("DynamicGroup", self._group(ident))

    @route("GET", "/dynamicGroups")
    def list_dynamic_groups(self) -> Response:
        self.compartment(request.args.get("compartmentId"))
        found = self.filtered("dynamic_group", name="name", lifecycleState="lifecycleState")
        return self.show_list("DynamicGroup", [group for group in found if group["_domain_type"] == "DEFAULT"])

    @route("PUT", "/dynamicGroups/<ident>")
    def update_dynamic_group(self, ident: str) -> Response:
        self._home_only()
        body = self.body("UpdateDynamicGroupDetails")
        group = self._group(ident)
        if body.get("matchingRule"):
            parse_rule(body["matchingRule"])
            self.oci.policies.changed(group, "matchingRule", group["matchingRule"])
        self.apply(group, body)
        return self.show("DynamicGroup", group)

    @route("DELETE", "/dynamicGroups/<ident>")
    def delete_dynamic_group(self, ident: str) -> Response:
        self._home_only()
        self._group(ident).update(_gone=True, lifecycleState="DELETED")
        return self.done()

    # -- policies --------------------------------------------------------------------------------------------------

    @route("POST", "/policies")
    def create_policy(self) -> Response:
        self._home_only()
        body = self.body("CreatePolicyDetails")
        self.compartment(body["compartmentId"])
        self._check_name(body["name"])
        self.oci.policies.check(body["statements"], body["compartmentId"])
        for other in self.store.shown("policy"):
            if (other["compartmentId"], other["name"].lower()) == (body["compartmentId"], body["name"].lower()):
                # https://github.com/oracle-quickstart/oci-cloudnative/issues/23
                raise OciError(409, "PolicyAlreadyExists", f"Policy '{body['name']}' already exists")
        policy = self.new("policy", body, "ACTIVE")
        self.oci.policies.changed(policy, "statements", None)
        self.store.add("policy", policy)
        return self.show("Policy", policy)

    @route("GET", "/policies/<ident>")
    def get_policy(self, ident: str) -> Response:
        return self.show("Policy", self.need("policy", ident))

    @route("GET", "/policies")
    def list_policies(self) -> Response:
        self.compartment(request.args.get("compartmentId"))
        return self.show_list("Policy", self.filtered("policy", name="name", lifecycleState="lifecycleState"))

    @route("PUT", "/policies/<ident>")
    def update_policy(self, ident: str) -> Response:
        self._home_only()
        body = self.body("UpdatePolicyDetails")
        policy = self.need("policy", ident)
        if body.get("statements") is not None:
            self.oci.policies.check(body["statements"], policy["compartmentId"])
            self.oci.policies.changed(policy, "statements", policy["statements"])
        self.apply(policy, body)
        return self.show("Policy", policy)

    @route("DELETE", "/policies/<ident>")
    def delete_policy(self, ident: str) -> Response:
        self._home_only()
        self.need("policy", ident).update(_gone=True, lifecycleState="DELETED")
        return self.done()

    # -- what is there ---------------------------------------------------------------------------------------------

    @route("GET", "/tenancies/<ident>/regionSubscriptions")
    def list_region_subscriptions(self, ident: str) -> Response:
        self._tenancy(ident)
        return self.show_list(
            "RegionSubscription",
            [
                {
                    "regionKey": REGION_KEYS.get(region, region[:3].upper()),
                    "regionName": region,
                    "status": "READY",
                    "isHomeRegion": region == self.oci.home_region,
                }
                for region in (self.oci.region, self.oci.other_region)
            ],
        )

    def _tenancy(self, ident: str) -> None:
        if ident != self.oci.tenancy_id:
            raise not_found(ident)

    @route("GET", "/tenancies/<ident>")
    def get_tenancy(self, ident: str) -> Response:
        self._tenancy(ident)
        key = REGION_KEYS.get(self.oci.home_region, self.oci.home_region[:3].upper())
        tenancy = {"id": ident, "name": self.oci.tenancy_name, "description": "", "homeRegionKey": key}
        return self.show("Tenancy", tenancy)

    @route("GET", "/compartments/<ident>")
    def get_compartment(self, ident: str) -> Response:
        if ident == self.oci.tenancy_id:  # the root compartment is the tenancy
            root = {
                "id": ident,
                "name": self.oci.tenancy_name,
                "description": "",
                "compartmentId": ident,
                "timeCreated": self.oci.founded,
                "lifecycleState": "ACTIVE",
            }
            return self.show("Compartment", root)
        return self.show("Compartment", self.need("compartment", ident))

    @route("GET", "/compartments")
    def list_compartments(self) -> Response:
        root = self.compartment(request.args.get("compartmentId"))
        found = [c for c in self.store.shown("compartment") if request.args.get("name") in (None, c["name"])]
        if request.args.get("compartmentIdInSubtree", "").lower() == "true":
            if root != self.oci.tenancy_id:
                raise invalid("compartmentIdInSubtree can be used on the tenancy only")
        else:
            found = [c for c in found if c["compartmentId"] == root]
        return self.show_list("Compartment", found)

    @route("GET", "/users/<ident>")
    def get_user(self, ident: str) -> Response:
        user = self.oci.users.get(ident)
        if user is None:
            raise not_found(ident)
        return self.show(
            "User",
            {
                "id": user.id,
                "compartmentId": self.oci.tenancy_id,
                "name": user.name,
                "description": user.name,
                "timeCreated": user.created,
                "lifecycleState": "ACTIVE",
                "isMfaActivated": False,
            },
        )

    @route("GET", "/domains")
    def list_domains(self) -> Response:
        self.compartment(request.args.get("compartmentId"))
        found = self.filtered(
            "domain",
            displayName="displayName",
            name="displayName",
            url="url",
            type="type",
            lifecycleState="lifecycleState",
        )
        return self.show_list("DomainSummary", found)

    @route("GET", "/domains/<ident>")
    def get_domain(self, ident: str) -> Response:
        return self.show("Domain", self.need("domain", ident))
