# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity domains: dynamic resource groups by SCIM.

https://docs.oracle.com/en/cloud/paas/iam-domains-rest-api/ : ``matchingRule`` is returned on request only.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Response, g, request

from .area import Area, route
from .identity import name_taken
from .rules import parse_rule
from .store import Resource
from .wire import OciError, etag, invalid, not_found, view

SCHEMA = "urn:ietf:params:scim:schemas:oracle:idcs:DynamicResourceGroup"
LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
FIELDS = {"displayName": "name", "matchingRule": "matchingRule", "description": "description"}


class Domains(Area):
    """Dynamic groups of one domain. Those of the Default domain are the classic API's."""

    name = "domains"
    prefix = "/domains/<short>/admin/v1"
    models = "identity_domains"

    def _domain(self, short: str) -> Resource:
        for domain in self.store.shown("domain"):
            if domain["_short"] == short:
                return domain
        raise not_found(f"domain {short}")

    def _groups(self, short: str) -> list[Resource]:
        domain = self._domain(short)
        return [group for group in self.store.shown("dynamic_group") if group["_domain_id"] == domain["id"]]

    def _group(self, short: str, ident: str) -> Resource:
        for group in self._groups(short):
            if ident in (group["_scim_id"], group["id"]):
                wanted = request.headers.get("if-match")
                if wanted and wanted not in ("*", etag(group)):
                    raise OciError(412)
                return group
        raise OciError(404, None, f"Resource {ident} not found.")

    def _scim(self, group: Resource, short: str) -> dict[str, Any]:
        """The group as the request wants it."""
        asked = {a.rpartition(":")[2] for a in ",".join(request.args.getlist("attributes")).split(",") if a}
        sets = {a for a in ",".join(request.args.getlist("attributeSets")).split(",") if a}
        where = f"{self._domain(short)['url']}/admin/v1/DynamicResourceGroups/{group['_scim_id']}"
        full = {
            "id": group["_scim_id"],
            "ocid": group["id"],
            "schemas": [SCHEMA],
            "displayName": group["name"],
            "description": group.get("description"),
            "matchingRule": group["matchingRule"],
            "domainOcid": group["_domain_id"],
            "compartmentOcid": self.oci.tenancy_id,
            "tenancyOcid": self.oci.tenancy_id,
            "meta": {
                "resourceType": "DynamicResourceGroup",
                "created": group["timeCreated"],
                "lastModified": group["timeCreated"],
                "location": where,
                "version": etag(group),
            },
        }
        always = {"id", "ocid", "schemas", "displayName", "domainOcid", "compartmentOcid", "tenancyOcid"}
        default = always | {"description", "meta"}
        kept = always | asked if asked else default
        if sets & {"all", "request"}:
            kept = kept | {"matchingRule"} | default
        checked = view(self.models, "DynamicResourceGroup", full)
        return {k: v for k, v in checked.items() if k in kept}

    def _show(self, group: Resource, short: str, status: int = 200) -> Response:
        g.touched = group
        answer = Response(json.dumps(self._scim(group, short)), status, content_type="application/scim+json")
        answer.headers["etag"] = etag(group)
        return answer

    def _check(self, short: str, body: dict[str, Any], but: Resource | None = None) -> None:
        if SCHEMA not in body["schemas"]:
            raise invalid(f"schemas must contain {SCHEMA}")
        parse_rule(body["matchingRule"])
        name = body["displayName"]
        if but is not None and but["name"].lower() == name.lower():
            return
        if name_taken(self.oci, name, self._domain(short)["id"]):
            raise OciError(409, "Conflict", f"The DynamicResourceGroup with displayName {name} already exists.")

    @route("POST", "/DynamicResourceGroups")
    def create_dynamic_resource_group(self, short: str) -> Response:
        domain = self._domain(short)
        body = self.body("DynamicResourceGroup")
        self._check(short, body)
        group = self.new("dynamicgroup", {}, "ACTIVE")
        group.update(
            name=body["displayName"],
            description=body.get("description") or "",
            matchingRule=body["matchingRule"],
            compartmentId=self.oci.tenancy_id,
            _domain_id=domain["id"],
            _domain_type=domain["type"],
            _domain_name=domain["displayName"],
            _scim_id=self.store.unique(32),
        )
        self.oci.policies.changed(group, "matchingRule", None)
        self.store.add("dynamic_group", group)
        return self._show(group, short, 201)

    @route("GET", "/DynamicResourceGroups/<ident>")
    def get_dynamic_resource_group(self, short: str, ident: str) -> Response:
        return self._show(self._group(short, ident), short)

    def _list(self, short: str, wanted: str | None, start: int, count: int) -> Response:
        found = self._groups(short)
        if wanted:
            match = re.fullmatch(r'\s*(displayName|id|ocid)\s+eq\s+"((?:[^"\\]|\\.)*)"\s*', wanted, re.IGNORECASE)
            if not match:
                raise invalid(f'The sandbox knows filters like displayName eq "x", not {wanted!r}')
            key = {"displayname": "name", "id": "_scim_id", "ocid": "id"}[match.group(1).lower()]
            value = re.sub(r"\\(.)", r"\1", match.group(2)).lower()
            found = [group for group in found if group[key].lower() == value]
        page = found[start - 1 : start - 1 + count]
        answer = {
            "schemas": [LIST_SCHEMA],
            "totalResults": len(found),
            "startIndex": start,
            "itemsPerPage": count,
            "Resources": [self._scim(group, short) for group in page],
        }
        return Response(json.dumps(answer), content_type="application/scim+json")

    @route("GET", "/DynamicResourceGroups")
    def list_dynamic_resource_groups(self, short: str) -> Response:
        self._domain(short)
        try:
            start, count = int(request.args.get("startIndex", 1)), int(request.args.get("count", 50))
        except ValueError:
            raise invalid("startIndex and count must be numbers") from None
        return self._list(short, request.args.get("filter"), max(start, 1), count)

    @route("POST", "/DynamicResourceGroups/.search")
    def search_dynamic_resource_groups(self, short: str) -> Response:
        body = self.body("DynamicResourceGroupSearchRequest")
        return self._list(short, body.get("filter"), body.get("startIndex") or 1, body.get("count") or 50)

    def _replace(self, group: Resource, values: dict[str, Any]) -> None:
        if values.get("matchingRule") not in (None, group["matchingRule"]):
            self.oci.policies.changed(group, "matchingRule", group["matchingRule"])
        for scim, name in FIELDS.items():
            if scim in values:
                group[name] = values[scim] or ""

    @route("PUT", "/DynamicResourceGroups/<ident>")
    def put_dynamic_resource_group(self, short: str, ident: str) -> Response:
        body = self.body("DynamicResourceGroup")
        group = self._group(short, ident)
        self._check(short, body, group)
        self._replace(group, {"description": "", **body})
        return self._show(group, short)

    @route("PATCH", "/DynamicResourceGroups/<ident>")
    def patch_dynamic_resource_group(self, short: str, ident: str) -> Response:
        body = self.body("PatchOp")
        group = self._group(short, ident)
        if PATCH_SCHEMA not in body["schemas"]:
            raise invalid(f"schemas must contain {PATCH_SCHEMA}")
        values = {"schemas": [SCHEMA], **{scim: group[name] for scim, name in FIELDS.items()}}
        for operation in body["Operations"]:
            path = operation["path"].rpartition(":")[2]
            if path not in FIELDS:
                raise invalid(f"The attribute {operation['path']} cannot be changed")
            if operation["op"].upper() == "REMOVE" and path != "description":
                raise invalid(f"The attribute {path} is required")
            values[path] = "" if operation["op"].upper() == "REMOVE" else operation["value"]
        self._check(short, values, group)
        self._replace(group, values)
        return self._show(group, short)

    @route("DELETE", "/DynamicResourceGroups/<ident>")
    def delete_dynamic_resource_group(self, short: str, ident: str) -> Response:
        self._group(short, ident).update(_gone=True, lifecycleState="DELETED")
        return self.done()
