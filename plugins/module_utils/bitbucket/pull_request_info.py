# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The open pull requests of a repository, and the build statuses that are shown on them."""

from __future__ import annotations

from ..core.reconcile import Fields, Info
from ..core.spec import ArgumentSpec
from .editions import edition
from .options import login
from .place import Place
from .resource import REPOSITORY


class PullRequestInfo(Info):
    """Reads the open pull requests, and for each of them its build statuses, if they are asked for."""

    module = "bitbucket_pull_request_info"
    spec = REPOSITORY + ArgumentSpec(
        {
            "statuses": {"type": "bool", "default": False},
        }
    )

    def validate(self) -> None:
        login(self.params)

    def gather(self) -> Fields:
        own = edition(self.params)
        found = own.pull_requests(own.client(self.params, self.context), Place.of(self.params))
        listed = found.listing()
        if self.params["statuses"]:
            for one in listed:
                one["statuses"] = found.statuses(one)
                one["urls"] = [status["url"] for status in one["statuses"] if status["url"]]
        return {"pull_requests": listed}
