# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build statuses of Bitbucket Cloud.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/
"""

from __future__ import annotations

from ...core.reconcile import Fields, Snapshot
from ..client import place as path_of
from ..ports import Limits, Statuses

_SET = ("state", "url", "name", "description", "refname")
_FIELDS = (*_SET, "key", "created_on", "updated_on")


class CloudStatuses(Statuses):
    """With fields as the API has them."""

    title = "Bitbucket Cloud"
    operation = "POST /2.0/repositories/{workspace}/{repo_slug}/commit/{segment(commit)}/statuses/build"
    limits = Limits(key=40)  # https://github.com/buildbot/buildbot/issues/7049 has Bitbucket's words
    # https://github.com/runatlantis/atlantis/issues/710: "Enter a valid URL."
    dotted_hosts = True
    states = {
        "SUCCESSFUL": "SUCCESSFUL",
        "FAILED": "FAILED",
        "INPROGRESS": "INPROGRESS",
        "STOPPED": "STOPPED",
        "CANCELLED": "STOPPED",
    }

    def _path(self, commit: str) -> str:
        return f"{path_of(self.place.workspace, self.place.repository)}/commit/{commit}/statuses"

    def find(self, commit: str, key: str, asked: str) -> Snapshot | None:
        """From the list of all on the commit: a key may have a slash in it, and a commit that is not there is told apart."""
        found = self.client.listing(self._path(commit), asked=asked, fields=",".join(_FIELDS))
        return next((Snapshot(_common(status)) for status in found if status["key"] == key), None)

    def put(self, commit: str, key: str, fields: Fields, current: Snapshot | None, asked: str) -> Fields:
        body = {"key": key, **fields}
        return _common(self.client.json("POST", f"{self._path(commit)}/build", asked=asked, keys=("key",), json=body))


def _common(status: Fields) -> Fields:
    return {name: status.get(name) for name in _FIELDS}
