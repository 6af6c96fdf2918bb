# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: what a mirrored repository holds and how its last run went.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/RepositoryRef
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError
from ..core.pending import is_pending
from ..core.reconcile import Context, Fields, Info
from ..core.spec import ArgumentSpec
from .mirror import MirrorRepository
from .mirror_run import NOTHING, told
from .options import OCI
from .session import Session, absent

_PERMISSION = "read devops-repository"


class MirrorInfo(Info):
    """Reads the record of the last run, the refs, and the repository itself only if it is named by its name."""

    module = "oci_devops_mirror_info"
    requires = ("oci",)
    spec = OCI + ArgumentSpec(
        {
            "repository_id": {"type": "str"},
            "project_id": {"type": "str"},
            "name": {"type": "str"},
            "refs": {"type": "bool", "default": True},
        },
        mutually_exclusive=[("repository_id", "name"), ("repository_id", "project_id")],
        required_one_of=[("repository_id", "name")],
        required_together=[("project_id", "name")],
    )

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.session = Session(params, context)

    @property
    def client(self) -> t.Any:
        return self.session.client(*MirrorRepository.client_of)

    @property
    def _what(self) -> str:
        return f"the mirrored repository {self.params['name'] or self.params['repository_id']}"

    def gather(self) -> Fields:
        if is_pending([self.params["repository_id"], self.params["project_id"]]):
            return {"repository": {}, "mirror": {}, "last_successful": {}, "refs": {}}
        repository = self._repository()
        record = self._record(repository["id"], "current")
        passed = record["mirror_status"] == "PASSED"
        return {
            "repository": repository,
            "mirror": told(record, self._words(record)),
            "last_successful": told(record if passed else self._record(repository["id"], "lastSuccessful")),
            "refs": self._refs(repository["id"]) if self.params["refs"] else {},
        }

    def _repository(self) -> Fields:
        if self.params["repository_id"] is not None:
            return {"id": self.params["repository_id"]}
        items = self.session.list(
            self.client.list_repositories,
            project_id=self.params["project_id"],
            name=self.params["name"],
            asked=f"Look for {self._what}",
            permission=_PERMISSION,
        )
        for item in items:
            if item["name"] == self.params["name"] and item["lifecycle_state"] not in ("DELETED", "DELETING"):
                return item
        raise BridgeError(
            f"There is no repository {self.params['name']} in the project {self.params['project_id']}",
            kind="not_found",
            remedy="Make it with oci_devops_mirror_repository, or correct name and project_id.",
        )

    def _record(self, repository_id: str, which: str) -> Fields:
        try:
            return self.session.get(
                self.client.get_mirror_record,
                repository_id,
                which,
                asked=f"Read the last mirror run of {self._what}",
                permission=_PERMISSION,
            )
        except BridgeError as error:
            # Of a repository that was seen it is the record that is missing.
            if absent(error) and (self.params["name"] or which != "current"):
                return NOTHING
            raise

    def _words(self, record: Fields) -> str | None:
        """Why a run failed, in the service's words."""
        if record["mirror_status"] != "FAILED" or not record.get("work_request_id"):
            return None
        errors = self.session.list(
            self.client.list_work_request_errors,
            record["work_request_id"],
            asked=f"Read why the last mirror run of {self._what} failed",
            permission=_PERMISSION,
        )
        return "; ".join(error["message"] for error in errors) or None

    def _refs(self, repository_id: str) -> dict[str, str]:
        """``refs/heads/main`` -> commit. A tag's object is the commit it stands for."""
        items = self.session.list(
            self.client.list_refs,
            repository_id,
            asked=f"List the branches and tags of {self._what}",
            permission=_PERMISSION,
        )
        return {item["full_ref_name"]: str(item.get("commit_id") or item.get("object_id")) for item in items}
