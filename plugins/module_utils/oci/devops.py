# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: what its resources have in common, and projects.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/Project
"""

from __future__ import annotations

from ..core.reconcile import Fields, Snapshot
from .resource import exists, oci_spec
from .work import WorkResource


class DevopsResource(WorkResource):
    """A resource of OCI DevOps."""

    client_of = ("devops", "DevopsClient")
    permission = "manage devops-family"

    def repositories(self, project_id: str, connection_id: str | None = None) -> list[Fields]:
        """Those of a project; with a connection only those that are mirrored over it."""
        return [
            item
            for item in self.listing(self.client.list_repositories, project_id=project_id)
            if exists(item) and connection_id in (None, mirrored_over(item))
        ]


def mirrored_over(repository: Fields) -> str | None:
    """OCID of the connection of a mirror."""
    return (repository.get("mirror_repository_config") or {}).get("connector_id")


class Project(DevopsResource):
    """A project. Its name can't be changed."""

    module = "oci_devops_project"
    spec = oci_spec(required=("name", "compartment_id"), texts=("notification_topic_id",), clearable=("description",))
    operations = {"create": "CreateProject", "update": "UpdateProject", "delete": "DeleteProject"}
    noun = "DevOps project"
    kind = "project"
    for_new = ("notification_topic_id",)
    # One that needs attention (a key or a topic is gone) can be used, and mended.
    ready = ("ACTIVE", "NEEDS_ATTENTION")

    def read(self) -> Fields | None:
        found = self.listing(self.client.list_projects, compartment_id=self.params["compartment_id"], name=self.name)
        return self.settled(found)

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = super().desired(current)
        if self.params["notification_topic_id"] is not None:
            wanted["notification_config"] = {"topic_id": self.params["notification_topic_id"]}
        return wanted

    def left_in(self, current: Fields) -> list[str]:
        client = self.client
        children = {
            "repositories": client.list_repositories,
            "connections": client.list_connections,
            "build pipelines": client.list_build_pipelines,
            "deployment pipelines": client.list_deploy_pipelines,
            "environments": client.list_deploy_environments,
            "artifacts": client.list_deploy_artifacts,
            "triggers": client.list_triggers,
        }
        return [
            words
            for what, method in children.items()
            for words in self.names_in(what, method, project_id=current["id"])
        ]
