# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build statuses of Bitbucket Data Center, from version 7.14 on.

Source: https://developer.atlassian.com/server/bitbucket/rest/ (builds and deployments)
"""

from __future__ import annotations

from ...core.reconcile import Fields, Snapshot
from ...core.urls import segment
from ...http.answer import NOTHING
from ..ports import Limits, Statuses
from .client import TITLE, path_of, stamp

_FIELDS = ("state", "url", "name", "description", "refname", "key", "created_on", "updated_on")
_BRANCH = "refs/heads/"
# What a status may have beyond the module's own, and loses when it is posted again without.
_KEPT = ("parent", "buildNumber", "duration", "testResults")


class DataCenterStatuses(Statuses):
    """A status is posted whole, and found by its key alone."""

    title = TITLE
    operation = "POST /rest/api/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/builds"
    limits = Limits(key=255, others={"url": 450, "name": 255, "refname": 1000})
    states = {
        "SUCCESSFUL": "SUCCESSFUL",
        "FAILED": "FAILED",
        "INPROGRESS": "INPROGRESS",
        "STOPPED": "CANCELLED",
        "CANCELLED": "CANCELLED",
        "UNKNOWN": "UNKNOWN",
    }

    @classmethod
    def refname(cls, name: str) -> str:
        return name.removeprefix(_BRANCH)

    def _path(self, commit: str) -> str:
        return f"{path_of(self.place)}/commits/{segment(commit)}/builds"

    def find(self, commit: str, key: str, asked: str) -> Snapshot | None:
        """404 stands for all that may be missing; only of a status it is no error."""
        status = self.client.find(self._path(commit), asked=asked, no=("NoSuchCommit",), keys=("key",), key=key)
        if status is None:
            return None
        return Snapshot(_common(status), {name: status[name] for name in _KEPT if status.get(name) is not None})

    def put(self, commit: str, key: str, fields: Fields, current: Snapshot | None, asked: str) -> Fields:
        sent = {name: fields[name] for name in ("state", "url", "name", "description") if fields.get(name)}
        ref = fields.get("refname")
        if ref:
            sent["ref"] = ref if ref.startswith("refs/") else f"{_BRANCH}{ref}"
        body = {"key": key, **(current.origin if current else {}), **sent}
        self.client.json("POST", self._path(commit), asked=asked, expects=NOTHING, json=body)
        # 204: nothing to read but what was sent.
        return {**dict.fromkeys(_FIELDS), **(current or {}), **fields, "key": key}


def _common(status: Fields) -> Fields:
    ref = status.get("ref")
    return {
        **{name: status.get(name) for name in ("state", "url", "name", "description", "key")},
        "refname": ref.removeprefix(_BRANCH) if ref else None,
        "created_on": stamp(status.get("createdDate")),
        "updated_on": stamp(status.get("updatedDate")),
    }
