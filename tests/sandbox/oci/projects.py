# SPDX-License-Identifier: GPL-3.0-or-later
"""DevOps: projects and the service's work requests. https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Response, request

from .area import Area, route
from .store import ENDING, Resource
from .wire import OciError, incorrect_state, invalid
from .work_requests import Work, WorkRequestArea

if TYPE_CHECKING:
    from .service import Oci

CASCADE_SECONDS = 7 * 24 * 3600
NAME = r"[A-Za-z][A-Za-z0-9_-]{0,254}"


class DevOps(Area):
    """What the DevOps areas share."""

    name = "devops"
    prefix = "/20210630"
    models = "devops"

    def __init__(self, oci: Oci) -> None:
        super().__init__(oci)
        self.work = Work(oci, "work_request", "devopsworkrequest")

    def _children(self, project_id: str) -> list[Resource]:
        kinds = ("connection", "repository")
        return [r for kind in kinds for r in self.store.shown(kind) if r["projectId"] == project_id]

    def _project(self, project_id: str) -> Resource:
        """The project a body names, ready to take something."""
        project = self.related("project", project_id, "projectId")
        self.require(project, "ACTIVE")
        return project


class Projects(DevOps, WorkRequestArea):
    """Projects. Each needs a topic; one with children is not deleted."""

    def _topic(self, body: Resource) -> None:
        if body.get("notificationConfig"):
            topic = self.related("topic", body["notificationConfig"]["topicId"], "notificationConfig.topicId")
            if topic["lifecycleState"] != "ACTIVE":
                raise invalid(f"The topic {topic['topicId']} is in state {topic['lifecycleState']}; it must be ACTIVE.")

    @route("POST", "/projects")
    def create_project(self) -> Response:
        body = self.body("CreateProjectDetails")
        self.compartment(body["compartmentId"])
        if not re.fullmatch(NAME, body["name"]):
            raise invalid(f"name {body['name']!r}: letters, digits, - and _ only, a letter first")
        self._topic(body)
        if any(other["name"].lower() == body["name"].lower() for other in self.store.shown("project")):
            words = f"Project with name {body['name']} already exists."
            raise OciError(409, "NotAuthorizedOrResourceAlreadyExists", words)
        project = self.new("devopsproject", body, "CREATING", namespace=self.oci.tenancy_name)
        project["timeUpdated"] = project["timeCreated"]
        self.store.add("project", project)
        work = self._run("CREATE_PROJECT", project, "CREATED", "ACTIVE")
        return self.show("Project", project, 201, work)

    def _run(self, operation: str, project: Resource, action: str, then: str) -> Resource:
        def arrive() -> None:
            project["lifecycleState"] = then
            if then == "DELETED":
                project["_gone"] = True

        return self.work.run(operation, project["compartmentId"], "project", project, action, arrive)

    @route("GET", "/projects/<ident>")
    def get_project(self, ident: str) -> Response:
        return self.show("Project", self.need("project", ident))

    @route("GET", "/projects")
    def list_projects(self) -> Response:
        if not {"compartmentId", "id"} & set(request.args):
            raise invalid("compartmentId or id must be given")
        found = self.filtered("project", id="id", name="name", lifecycleState="lifecycleState")
        return self.show_list("ProjectSummary", found, collection=True)

    @route("PUT", "/projects/<ident>")
    def update_project(self, ident: str) -> Response:
        body = self.body("UpdateProjectDetails")
        project = self.need("project", ident)
        self.require(project, "ACTIVE", "NEEDS_ATTENTION")
        self._topic(body)
        self.apply(project, body)
        project.update(lifecycleState="UPDATING", timeUpdated=self.oci.now())
        return self.show("Project", project, 200, self._run("UPDATE_PROJECT", project, "UPDATED", "ACTIVE"))

    @route("DELETE", "/projects/<ident>")
    def delete_project(self, ident: str) -> Response:
        project = self.need("project", ident)
        self.require(project, "ACTIVE", "FAILED", "NEEDS_ATTENTION")
        children = self._children(ident)
        if children:
            words = ", ".join(child["id"] for child in children)
            raise OciError(409, "Conflict", f"The project {ident} cannot be deleted: it still has {words}")
        project["lifecycleState"] = "DELETING"
        return self.done(202, project, self._run("DELETE_PROJECT", project, "DELETED", "DELETED"))

    @route("POST", "/projects/<ident>/actions/scheduleCascadingProjectDeletion")
    def schedule_cascading_project_deletion(self, ident: str) -> Response:
        project = self.need("project", ident)
        self.require(project, "ACTIVE")
        work = self._run("SCHEDULE_CASCADING_PROJECT_DELETION", project, "UPDATED", "DELETING")

        def end() -> None:
            if project["lifecycleState"] in ENDING:
                for resource in [project, *self._children(ident)]:
                    resource.update(_gone=True, lifecycleState="DELETED")

        self.oci.later(CASCADE_SECONDS, end)
        return self.done(202, project, work)

    @route("POST", "/projects/<ident>/actions/cancelScheduledCascadingProjectDeletion")
    def cancel_scheduled_cascading_project_deletion(self, ident: str) -> Response:
        project = self.need("project", ident)
        if project["lifecycleState"] != "DELETING":
            raise incorrect_state("No deletion of the project is scheduled.")
        work = self._run("CANCEL_SCHEDULED_CASCADING_PROJECT_DELETION", project, "UPDATED", "ACTIVE")
        return self.done(202, project, work)

    @route("POST", "/projects/<ident>/actions/changeCompartment")
    def change_project_compartment(self, ident: str) -> Response:
        body = self.body("ChangeProjectCompartmentDetails")
        project = self.need("project", ident)
        self.require(project, "ACTIVE")
        for resource in [project, *self._children(ident)]:
            resource["compartmentId"] = self.compartment(body["compartmentId"])
        project["lifecycleState"] = "UPDATING"
        return self.done(202, project, self._run("MOVE_PROJECT", project, "UPDATED", "ACTIVE"))
