# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests of Bitbucket Data Center.

Source: https://developer.atlassian.com/server/bitbucket/rest/ (pull requests; builds and deployments)
"""

from __future__ import annotations

from ...core.reconcile import Fields
from ..ports import PullRequests
from .client import path_of

# Deprecated since 7.14, and the only list of a commit's statuses: its successor gives them by their keys alone.
_STATUSES = "build-status/latest/commits"


class DataCenterPullRequests(PullRequests):
    """One call as long as they fit on a page, and one for the statuses of each."""

    def listing(self) -> list[Fields]:
        asked = f"List the open pull requests of {self.place}"
        found = self.client.listing(f"{path_of(self.place)}/pull-requests", asked=asked, state="OPEN")
        return [_common(one) for one in found]

    def statuses(self, request: Fields) -> list[Fields]:
        asked = f"List the build statuses of pull request {request['id']} of {self.place}"
        found = self.client.listing(f"{_STATUSES}/{request['commit']}", asked=asked)
        return [{name: status.get(name) for name in ("key", "state", "url", "name")} for status in found]


def _common(one: Fields) -> Fields:
    source, destination = one["fromRef"], one["toRef"]
    homes = [(ref.get("repository") or {}).get("id") for ref in (source, destination)]
    return {
        "id": one["id"],
        "title": one["title"],
        "source": source["displayId"],
        "destination": destination["displayId"],
        "commit": source.get("latestCommit"),
        "fork": homes[0] != homes[1],
        "url": next((link["href"] for link in (one.get("links") or {}).get("self", ())), None),
    }
