# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: the project and the connection that mirrors share, and who uses them."""

from __future__ import annotations

from ..core.adoption import UNMARKED
from ..core.pending import is_pending
from ..core.reconcile import Fields, Resource
from ..core.spec import ArgumentSpec, each
from .adoption import kept, names
from .connection import Connection
from .devops import Project
from .log_group import LogGroup
from .options import OCI
from .resource import OciInfo
from .vault import Vault


class FoundationInfo(OciInfo):
    """Finds project and connection by their names; what is given by its OCID is not read."""

    module = "oci_devops_foundation_info"
    takes_pending = True
    spec = OCI + ArgumentSpec(
        {
            **each(("compartment_id", "project_name", "connection_name"), required=True),
            **each(("project_id", "connection_id", "vault_name", "log_group_name")),
            "users_of": {"type": "str", "choices": ["project", "connection"]},
            **each(("known_users", "ignored_users"), "list", elements="str", default=[]),
            **UNMARKED.options,
        }
    )

    def gather(self) -> Fields:
        place = {"compartment_id": self.params["compartment_id"]}
        project = self.params["project_id"] or self._find(Project, name=self.params["project_name"], **place)["id"]
        given = {"name": self.params["connection_name"], "project_id": project}
        connection = self.params["connection_id"] or self._find(Connection, **given)["id"]
        found: Fields = {"project": project, "connection": connection}
        if self.params["users_of"] is not None:
            found["users"] = self._users(project, connection)
        if self.params["vault_name"] is not None:
            # One that does not exist has the state of one that can hold something: nothing is found in it.
            vault = {"lifecycle_state": "ACTIVE", **self._find(Vault, name=self.params["vault_name"], **place)}
            found["vault"] = {name: vault[name] for name in ("id", "management_endpoint", "lifecycle_state")}
        if self.params["log_group_name"] is not None:
            found["log_group"] = self._find(LogGroup, name=self.params["log_group_name"], **place)["id"]
        return {"foundation": found}

    def _find(self, kind: type[Resource], **given: str) -> Fields:
        """What there is, or the ``pending:`` ids of what does not exist."""
        resource = self.resource(kind, **given)
        return (None if is_pending(list(given.values())) else resource.read()) or resource.planned({})

    def _users(self, project: str, connection: str) -> list[str]:
        """The names of the repositories that need it, but for those that the caller deletes itself."""
        if is_pending(project):
            return sorted(self.params["known_users"])
        one = self.resource(Connection, name=self.params["connection_name"], project_id=project)
        users = one.repositories(project, connection if self.params["users_of"] == "connection" else None)
        known, ignored = (set(self.params[name]) for name in ("known_users", "ignored_users"))
        others = sorted({*names(users)} - known - (ignored - kept(users, self.params["unmarked"])))
        if others:
            self.context.warn(
                f"The foundation in the DevOps project {self.params['project_name']} is kept, because other "
                f"repositories use it: {', '.join(others)}. The run that deletes the last of them deletes it."
            )
        return sorted({*others, *known})
