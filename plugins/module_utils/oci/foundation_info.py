# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: the project and the connection that mirrors share, and who uses them."""

from __future__ import annotations

import typing as t

from ..core.pending import is_pending, pending_id
from ..core.reconcile import Fields, Info, Resource
from ..core.spec import ArgumentSpec
from .connection import Connection
from .devops import Project
from .log_group import LogGroup
from .options import OCI
from .vault import Vault

_GONE = ("DELETED", "DELETING")


class FoundationInfo(Info):
    """Finds project and connection by their names; what is given by its OCID is not read."""

    module = "oci_devops_foundation_info"
    requires = ("oci",)
    takes_pending = True
    spec = OCI + ArgumentSpec(
        {
            "compartment_id": {"type": "str", "required": True},
            "project_name": {"type": "str", "required": True},
            "project_id": {"type": "str"},
            "connection_name": {"type": "str", "required": True},
            "connection_id": {"type": "str"},
            "vault_name": {"type": "str"},
            "log_group_name": {"type": "str"},
            "users_of": {"type": "str", "choices": ["project", "connection"]},
            "known_users": {"type": "list", "elements": "str", "default": []},
            "ignored_users": {"type": "list", "elements": "str", "default": []},
        }
    )

    def gather(self) -> Fields:
        place = {"compartment_id": self.params["compartment_id"]}
        project = self.params["project_id"] or self._id(Project, name=self.params["project_name"], **place)
        given = {"name": self.params["connection_name"], "project_id": project}
        connection = self.params["connection_id"] or self._id(Connection, **given)
        found: Fields = {"project": project, "connection": connection}
        if self.params["users_of"] is not None:
            found["users"] = self._users(project, connection)
        if self.params["vault_name"] is not None:
            found["vault"] = self._vault(name=self.params["vault_name"], **place)
        if self.params["log_group_name"] is not None:
            found["log_group"] = self._id(LogGroup, name=self.params["log_group_name"], **place)
        return {"foundation": found}

    def _vault(self, **given: str) -> Fields:
        """A vault that does not exist has the state of one that can hold something: nothing is found in it."""
        vault = self._resource(Vault, **given).read()
        if not vault:
            missing = pending_id(Vault.module, given["name"])
            return {"id": missing, "management_endpoint": missing, "lifecycle_state": "ACTIVE"}
        return {name: vault[name] for name in ("id", "management_endpoint", "lifecycle_state")}

    def _resource(self, kind: type[Resource], **given: str) -> t.Any:
        params = {name: option.get("default") for name, option in kind.spec.options.items()}
        return kind({**params, **{name: self.params[name] for name in OCI.options}, **given}, self.context)

    def _id(self, kind: type[Resource], **given: str) -> str:
        """The OCID, or a ``pending:`` id for what does not exist."""
        found = None if is_pending(list(given.values())) else self._resource(kind, **given).read()
        return str(found["id"]) if found else pending_id(kind.module, given["name"])

    def _users(self, project: str, connection: str) -> list[str]:
        """The names of the repositories that need it, but for those that the caller deletes itself."""
        if is_pending(project):
            return sorted(self.params["known_users"])
        one = self._resource(Connection, name=self.params["connection_name"], project_id=project)
        items = one.listing(one.client.list_repositories, project_id=project)
        users = [
            str(item["name"])
            for item in items
            if item.get("lifecycle_state") not in _GONE
            and (self.params["users_of"] == "project" or _mirrored_over(item) == connection)
        ]
        known = set(self.params["known_users"])
        others = sorted({*users} - known - set(self.params["ignored_users"]))
        if others:
            self.context.warn(
                f"The foundation in the DevOps project {self.params['project_name']} is kept, because other "
                f"repositories use it: {', '.join(others)}. The run that deletes the last of them deletes it."
            )
        return sorted({*others, *known})


def _mirrored_over(repository: Fields) -> str | None:
    """OCID of the connection of a mirror."""
    return (repository.get("mirror_repository_config") or {}).get("connector_id")
