# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: what a mirrored repository holds and how its last run went.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/RepositoryRef
"""

from __future__ import annotations

from ..core.errors import BridgeError
from ..core.pending import is_pending
from ..core.reconcile import Fields
from ..core.spec import ArgumentSpec, each
from .devops import DevopsResource
from .mirror_record import NOTHING, failure_words, record_of, told
from .options import OCI
from .resource import OciInfo, exists


class MirrorInfo(OciInfo):
    """Reads the record of the last run, the refs, and the repository itself only if it is named by its name."""

    module = "oci_devops_mirror_info"
    client_of = DevopsResource.client_of
    noun = "mirrored repository"
    permission = "read devops-repository"
    spec = OCI + ArgumentSpec(
        {**each(("repository_id", "project_id", "name")), "refs": {"type": "bool", "default": True}},
        mutually_exclusive=[("repository_id", "name"), ("repository_id", "project_id")],
        required_one_of=[("repository_id", "name")],
        required_together=[("project_id", "name")],
    )

    def gather(self) -> Fields:
        if is_pending([self.params["repository_id"], self.params["project_id"]]):
            return {"repository": {}, "mirror": {}, "last_successful": {}, "refs": {}}
        repository = self._repository()
        record = self._record(repository["id"], "current")
        passed = record["mirror_status"] == "PASSED"
        return {
            "repository": repository,
            "mirror": told(record, failure_words(self, record)),
            "last_successful": told(record if passed else self._record(repository["id"], "lastSuccessful")),
            "refs": self._refs(repository["id"]) if self.params["refs"] else {},
        }

    @property
    def name(self) -> str:
        return str(self.params["name"] or self.params["repository_id"])

    def _repository(self) -> Fields:
        if self.params["repository_id"] is not None:
            return {"id": self.params["repository_id"]}
        for item in self.listing(self.client.list_repositories, **self.given("project_id", "name")):
            if item["name"] == self.params["name"] and exists(item):
                return item
        raise BridgeError(
            f"The repository {self.params['name']} does not exist in the project {self.params['project_id']}",
            kind="not_found",
            remedy="Create it with oci_devops_mirror_repository, or correct name and project_id.",
        )

    def _record(self, repository_id: str, which: str) -> Fields:
        # Of a repository that was seen it is the record that is missing.
        missing = NOTHING if self.params["name"] or which != "current" else None
        return record_of(self, repository_id, which, missing, "Read the last mirror run of")

    def _refs(self, repository_id: str) -> dict[str, str]:
        """``refs/heads/main`` -> commit. A tag's object is the commit it stands for."""
        return {
            item["full_ref_name"]: str(item.get("commit_id") or item.get("object_id"))
            for item in self.listing(self.client.list_refs, repository_id, verb="List the branches and tags of")
        }
