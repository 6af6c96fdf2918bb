# SPDX-License-Identifier: GPL-3.0-or-later
"""Work requests: what an asynchronous operation did, and in whose words it failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Response, request

from .area import Area, route
from .store import Resource
from .wire import invalid

if TYPE_CHECKING:
    from .service import Oci

WORK_SECONDS = 10


class Work:
    """The work requests of one service."""

    def __init__(self, oci: Oci, kind: str, type_name: str) -> None:
        self.oci, self.kind, self.type_name = oci, kind, type_name

    def open(self, operation: str, compartment_id: str, entity: str, resource: Resource, action: str) -> Resource:
        """A work request that somebody will ``start`` and ``finish``; its resource is IN_PROGRESS until then."""
        work = {
            "id": self.oci.ocid(self.type_name),
            "operationType": operation,
            "status": "ACCEPTED",
            "compartmentId": compartment_id,
            "percentComplete": 0.0,
            "timeAccepted": self.oci.now(),
            "resources": [{"entityType": entity, "actionType": "IN_PROGRESS", "identifier": resource["id"]}],
            "_action": action,
            "_errors": [],
            "_logs": [],
        }
        self.log(work, f"{operation} accepted")
        return self.oci.store.add(self.kind, work)

    def run(
        self,
        operation: str,
        compartment_id: str,
        entity: str,
        resource: Resource,
        action: str,
        then: Callable[[], None] = lambda: None,
    ) -> Resource:
        """A work request that succeeds by itself; ``then`` is its effect."""
        work = self.open(operation, compartment_id, entity, resource, action)

        def end() -> None:
            then()
            self.finish(work)

        self.oci.later(WORK_SECONDS / 2, lambda: self.start(work))
        self.oci.later(WORK_SECONDS, end)
        return work

    def log(self, work: Resource, message: str) -> None:
        work["_logs"].append({"message": message, "timestamp": self.oci.now(), "timeCreated": self.oci.now()})

    def start(self, work: Resource) -> None:
        work.update(status="IN_PROGRESS", percentComplete=50.0, timeStarted=self.oci.now())

    def finish(self, work: Resource, error: tuple[str, str] | None = None) -> None:
        """The end: success, or failure with a code and a message."""
        now = self.oci.now()
        work.setdefault("timeStarted", now)
        work.update(status="FAILED" if error else "SUCCEEDED", percentComplete=100.0, timeFinished=now)
        work["resources"][0]["actionType"] = "FAILED" if error else work["_action"]
        self.log(work, f"{work['operationType']} {'failed' if error else 'succeeded'}")
        if error:
            work["_errors"].append({"code": error[0], "message": error[1], "timestamp": now})


class WorkRequestArea(Area):
    """The operations on work requests, for the service that derives from it."""

    work: Work
    collections = True
    log_model = "WorkRequestLogEntry"

    @route("GET", "/workRequests/<ident>")
    def get_work_request(self, ident: str) -> Response:
        work = self.need(self.work.kind, ident)
        answer = self.show("WorkRequest", work)
        if work["status"] in ("ACCEPTED", "IN_PROGRESS"):
            answer.headers["Retry-After"] = "1"
        return answer

    @route("GET", "/workRequests")
    def list_work_requests(self) -> Response:
        if not {"compartmentId", "workRequestId", "id"} & set(request.args):
            raise invalid("compartmentId may not be null")
        found = self.filtered(self.work.kind, workRequestId="id", id="id", status="status")
        resource_id = request.args.get("resourceId")
        operations = {o for o in ",".join(request.args.getlist("operationTypeMultiValueQuery")).split(",") if o}
        return self.show_list(
            "WorkRequestSummary",
            [
                work
                for work in found
                if resource_id in (None, *(r["identifier"] for r in work["resources"]))
                and (not operations or work["operationType"] in operations)
            ],
            self.collections,
        )

    @route("GET", "/workRequests/<ident>/errors")
    def list_work_request_errors(self, ident: str) -> Response:
        return self.show_list("WorkRequestError", self.need(self.work.kind, ident)["_errors"], self.collections)

    @route("GET", "/workRequests/<ident>/logs")
    def list_work_request_logs(self, ident: str) -> Response:
        return self.show_list(self.log_model, self.need(self.work.kind, ident)["_logs"], self.collections)
