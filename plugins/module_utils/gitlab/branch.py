# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Branches of a project.

Source: https://docs.gitlab.com/api/branches/
"""

from __future__ import annotations

from ..core.errors import BridgeError
from ..core.reconcile import Fields
from ..core.refs import BRANCH, check_start
from .options import IN_PROJECT
from .resource import NamedPart


class Branch(NamedPart):
    """A branch, found by its name. One that is there is never moved."""

    module = "gitlab_branch"
    spec = IN_PROJECT + BRANCH
    operations = {
        "create": "POST /api/v4/projects/{id}/repository/branches",
        "delete": "DELETE /api/v4/projects/{id}/repository/branches/{branch}",
    }
    noun = "branch"
    keys = ("name",)
    below = ("repository", "branches")
    needs = "the scope api and the role Developer in the project (Maintainer for a protected branch)"

    def validate(self) -> None:
        super().validate()
        check_start(self.params)

    def shown(self, answer: Fields) -> Fields:
        return {"id": answer["name"], "commit": answer["commit"]["id"], "protected": answer["protected"]}

    def desired(self, current: Fields | None) -> Fields:
        return {} if current else {"start": self.params["start"]}

    def create(self, desired: Fields) -> Fields:
        return self.shown(self.call("POST", verb="Create", body={"branch": self.name, "ref": desired["start"]}))

    def delete(self, current: Fields) -> None:
        if current["protected"]:
            raise BridgeError(
                f"The branch {self.name} of {self.params['project']} is protected",
                kind="conflict",
                remedy="Remove its protection first, with gitlab_protected_branch.",
            )
        super().delete(current)
