# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: the record of a mirror's last run.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/RepositoryMirrorRecord
"""

from __future__ import annotations

from ..core.errors import BridgeError
from ..core.reconcile import Fields
from .resource import OciOperation
from .session import absent

NOTHING: Fields = {"mirror_status": "NONE"}


def record_of(
    operation: OciOperation, repository_id: str, which: str, missing: Fields | None, verb: str = "Read"
) -> Fields:
    """The record of the ``current`` or the ``lastSuccessful`` run of a repository's mirror.

    ``missing`` is returned where OCI has none; without it the error is raised, which may be about the repository itself.
    """
    try:
        return operation.getting(operation.client.get_mirror_record, repository_id, which, verb=verb)
    except BridgeError as error:
        if missing is not None and absent(error):
            return missing
        raise


def failure_words(operation: OciOperation, record: Fields) -> str | None:
    """Why a run failed, in the service's words."""
    if record["mirror_status"] != "FAILED" or not record.get("work_request_id"):
        return None
    method, asked = operation.client.list_work_request_errors, operation.asked("Read why the last mirror run of")
    errors = operation.session.list(
        method, record["work_request_id"], asked=f"{asked} failed", permission=operation.permission
    )
    return "; ".join(error["message"] for error in errors) or None


def told(record: Fields, message: str | None = None) -> Fields:
    """A mirror record as the modules return it; empty if there has been no run."""
    if record["mirror_status"] == "NONE":
        return {}
    times = {name: record.get(name) for name in ("time_enqueued", "time_started", "time_ended")}
    return {
        "status": record["mirror_status"],
        **times,
        "work_request_id": record.get("work_request_id"),
        "message": message,
    }
