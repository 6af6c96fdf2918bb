# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging: log groups and logs. https://docs.oracle.com/en-us/iaas/api/#/en/logging-management/20200531/

Everything that writes is a work request and answers without a body. The ``limit`` of a list counts records before they
are filtered (docstring of the SDK's ``list_logs``), so a page may be short, or empty, and still have a next one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Response, request

from .area import route
from .store import Resource
from .wire import OciError, invalid, not_found
from .work_requests import Work, WorkRequestArea

if TYPE_CHECKING:
    from .service import Oci

NAME = r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,254}"


class Logging(WorkRequestArea):
    """Log groups and their logs."""

    name = "logging"
    prefix = "/20200531"
    models = "logging"
    collections = False
    log_model = "WorkRequestLog"

    def __init__(self, oci: Oci) -> None:
        super().__init__(oci)
        self.work = Work(oci, "log_work_request", "logworkrequest")

    def _check_name(self, kind: str, name: str | None, scope: str, scope_id: str, but: str | None = None) -> None:
        if name is None:
            return
        if not re.fullmatch(NAME, name):
            raise invalid(f"displayName {name!r} is not valid")
        for other in self.store.shown(kind):
            if other[scope] == scope_id and other["displayName"] == name and other["id"] != but:
                raise OciError(409, "Conflict", f"A {kind.replace('_', ' ')} with displayName {name} already exists.")

    def _run(self, operation: str, resource: Resource, action: str, then: str) -> Resource:
        def arrive() -> None:
            resource["lifecycleState"] = then
            if then == "DELETED":
                resource["_gone"] = True

        entity = "logGroup" if operation.endswith("GROUP") else "log"
        return self.work.run(operation, resource["compartmentId"], entity, resource, action, arrive)

    # -- groups ----------------------------------------------------------------------------------------------------

    @route("POST", "/logGroups")
    def create_log_group(self) -> Response:
        body = self.body("CreateLogGroupDetails")
        self.compartment(body["compartmentId"])
        self._check_name("log_group", body["displayName"], "compartmentId", body["compartmentId"])
        group = self.new("loggroup", body, "CREATING")
        group["timeLastModified"] = group["timeCreated"]
        self.store.add("log_group", group)
        return self.done(202, group, self._run("CREATE_LOG_GROUP", group, "CREATED", "ACTIVE"))

    @route("GET", "/logGroups/<group_id>")
    def get_log_group(self, group_id: str) -> Response:
        return self.show("LogGroup", self.need("log_group", group_id))

    @route("GET", "/logGroups")
    def list_log_groups(self) -> Response:
        root = self.compartment(request.args.get("compartmentId"))
        deep = request.args.get("isCompartmentIdInSubtree", "").lower() == "true"
        return self.show_list(
            "LogGroupSummary",
            [
                group
                for group in self.store.shown("log_group")
                if (self.oci.in_compartment(group["compartmentId"], root) if deep else group["compartmentId"] == root)
            ],
            within_page=lambda page: self.matching(page, displayName="displayName"),
        )

    @route("PUT", "/logGroups/<group_id>")
    def update_log_group(self, group_id: str) -> Response:
        body = self.body("UpdateLogGroupDetails")
        group = self.need("log_group", group_id)
        self.require(group, "ACTIVE")
        self._check_name("log_group", body.get("displayName"), "compartmentId", group["compartmentId"], group_id)
        self.apply(group, body)
        group.update(lifecycleState="UPDATING", timeLastModified=self.oci.now())
        return self.done(202, group, self._run("UPDATE_LOG_GROUP", group, "UPDATED", "ACTIVE"))

    @route("DELETE", "/logGroups/<group_id>")
    def delete_log_group(self, group_id: str) -> Response:
        group = self.need("log_group", group_id)
        self.require(group, "ACTIVE", "FAILED")
        if any(log["logGroupId"] == group_id for log in self.store.shown("log")):
            raise OciError(409, "Conflict", f"The log group {group_id} still has logs.")
        group["lifecycleState"] = "DELETING"
        return self.done(202, group, self._run("DELETE_LOG_GROUP", group, "DELETED", "DELETED"))

    # -- logs ------------------------------------------------------------------------------------------------------

    def _log(self, group_id: str, log_id: str) -> Resource:
        log = self.need("log", log_id)
        if log["logGroupId"] != group_id:
            raise not_found(log_id)
        return log

    @staticmethod
    def _check_retention(body: Resource) -> None:
        days = body.get("retentionDuration")
        if days is not None and days not in (30, 60, 90, 120, 150, 180):
            raise invalid("retentionDuration must be 30 to 180 days, in steps of 30")

    def _check_source(self, source: Resource) -> None:
        """One log per service, resource and category, whatever its group; DevOps logs are of a project."""
        if source["service"] == "devops":
            if source["category"] != "all":
                raise invalid(f"category {source['category']!r} is not one of the service devops: all")
            self.related("project", source["resource"], "configuration.source.resource")
        triplet = [source[k] for k in ("service", "resource", "category")]
        for other in self.store.shown("log"):
            taken = (other.get("configuration") or {}).get("source")
            if taken and [taken[k] for k in ("service", "resource", "category")] == triplet:
                raise OciError(
                    409, "Conflict", f"Log already exists for service, resource and category {triplet}: {other['id']}"
                )

    @route("POST", "/logGroups/<group_id>/logs")
    def create_log(self, group_id: str) -> Response:
        body = self.body("CreateLogDetails")
        group = self.need("log_group", group_id)
        self.require(group, "ACTIVE")
        self._check_name("log", body["displayName"], "logGroupId", group_id)
        self._check_retention(body)
        if body["logType"] == "SERVICE":
            if not body.get("configuration"):
                raise invalid("configuration may not be null for a log of type SERVICE")
            self._check_source(body["configuration"]["source"])
            body["configuration"].setdefault("compartmentId", group["compartmentId"])
        log = self.new(
            "log",
            body,
            "CREATING",
            logGroupId=group_id,
            compartmentId=group["compartmentId"],
            tenancyId=self.oci.tenancy_id,
        )
        log.setdefault("isEnabled", True)
        log.setdefault("retentionDuration", 30)
        log["timeLastModified"] = log["timeCreated"]
        self.store.add("log", log)
        return self.done(202, log, self._run("CREATE_LOG", log, "CREATED", self._settled(log)))

    @staticmethod
    def _settled(log: Resource) -> str:
        return "ACTIVE" if log["isEnabled"] else "INACTIVE"

    @route("GET", "/logGroups/<group_id>/logs/<log_id>")
    def get_log(self, group_id: str, log_id: str) -> Response:
        return self.show("Log", self._log(group_id, log_id))

    @route("GET", "/logGroups/<group_id>/logs")
    def list_logs(self, group_id: str) -> Response:
        self.need("log_group", group_id)
        found = [log for log in self.store.shown("log") if log["logGroupId"] == group_id]
        return self.show_list("LogSummary", found, within_page=self._wanted_logs)

    def _wanted_logs(self, page: list[Resource]) -> list[Resource]:
        found = self.matching(page, logType="logType", displayName="displayName", lifecycleState="lifecycleState")
        for parameter, field in (("sourceService", "service"), ("sourceResource", "resource")):
            wanted = request.args.get(parameter)
            if wanted is not None:
                found = [g for g in found if (g.get("configuration") or {}).get("source", {}).get(field) == wanted]
        return found

    @route("PUT", "/logGroups/<group_id>/logs/<log_id>")
    def update_log(self, group_id: str, log_id: str) -> Response:
        body = self.body("UpdateLogDetails")
        log = self._log(group_id, log_id)
        self.require(log, "ACTIVE", "INACTIVE")
        self._check_name("log", body.get("displayName"), "logGroupId", group_id, log_id)
        self._check_retention(body)
        configuration = body.pop("configuration", None)
        if configuration:
            log["configuration"]["source"].update(configuration["source"])
        self.apply(log, body)
        log.update(lifecycleState="UPDATING", timeLastModified=self.oci.now())
        return self.done(202, log, self._run("UPDATE_LOG", log, "UPDATED", self._settled(log)))

    @route("DELETE", "/logGroups/<group_id>/logs/<log_id>")
    def delete_log(self, group_id: str, log_id: str) -> Response:
        log = self._log(group_id, log_id)
        self.require(log, "ACTIVE", "INACTIVE", "FAILED")
        log["lifecycleState"] = "DELETING"
        return self.done(202, log, self._run("DELETE_LOG", log, "DELETED", "DELETED"))
