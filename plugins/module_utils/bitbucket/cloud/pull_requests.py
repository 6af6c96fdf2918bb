# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull requests of Bitbucket Cloud.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/
"""

from __future__ import annotations

from ...core.reconcile import Fields
from ..client import place as path_of
from ..ports import PullRequests

_PAGE = 50  # the most this list gives, half of what others do
_FIELDS = (
    "id,title,source.branch.name,source.commit.hash,source.repository.full_name,destination.branch.name,"
    "destination.repository.full_name,links.html.href"
)
_STATUS = ("key", "state", "url", "name")


class CloudPullRequests(PullRequests):
    """One call for each fifty, and one for the statuses of each. Hashes are cut to twelve digits in this list."""

    @property
    def path(self) -> str:
        return f"{path_of(self.place.workspace, self.place.repository)}/pullrequests"

    def listing(self) -> list[Fields]:
        asked = f"List the open pull requests of {self.place}"
        return [_common(one) for one in self.client.listing(self.path, asked=asked, fields=_FIELDS, page=_PAGE)]

    def statuses(self, request: Fields) -> list[Fields]:
        asked = f"List the build statuses of pull request {request['id']} of {self.place}"
        found = self.client.listing(f"{self.path}/{request['id']}/statuses", asked=asked, fields=",".join(_STATUS))
        return [{name: status.get(name) for name in _STATUS} for status in found]


def _common(one: Fields) -> Fields:
    source, destination = one["source"], one["destination"]
    # A fork that is gone has no repository any more.
    home = (source.get("repository") or {}).get("full_name")
    return {
        "id": one["id"],
        "title": one["title"],
        "source": source["branch"]["name"],
        "destination": destination["branch"]["name"],
        "commit": (source.get("commit") or {}).get("hash"),
        "fork": home != destination["repository"]["full_name"],
        "url": one["links"]["html"]["href"],
    }
