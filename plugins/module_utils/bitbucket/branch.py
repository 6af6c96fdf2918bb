# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch: that it is there, or not. Where it is belongs to those who push to it."""

from __future__ import annotations

from functools import cached_property

from ..core.errors import BridgeError
from ..core.reconcile import Context, Fields
from ..core.refs import BRANCH, check_start
from .ports import Repositories
from .resource import IN_REPOSITORY, BitbucketResource


class Branch(BitbucketResource):
    """A branch, found by its name. One that is there is never moved."""

    module = "bitbucket_branch"
    spec = IN_REPOSITORY + BRANCH
    identity = ("workspace", "repository", "name")
    operations = {"create": "POST refs/branches", "delete": "DELETE refs/branches/{name}"}
    noun = "branch"

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.operations = self.edition.repositories.branch_operations  # type: ignore[misc]

    @cached_property
    def repositories(self) -> Repositories:
        return self.edition.repositories(self.client, self.place)

    def validate(self) -> None:
        super().validate()
        check_start(self.params)

    def read(self) -> Fields | None:
        commit = self.repositories.resolve(f"refs/heads/{self.name}")
        return {"id": self.name, "commit": commit} if commit else None

    def desired(self, current: Fields | None) -> Fields:
        return {} if current else {"commit": self._start()}

    def _start(self) -> str:
        found = self.repositories.resolve(self.params["start"])
        if not found:
            raise BridgeError(f"{self.place} has no commit, branch or tag {self.params['start']}", kind="not_found")
        return found

    def create(self, desired: Fields) -> Fields:
        self.repositories.create_branch(self.name, desired["commit"], self.asked("Create"))
        return {"id": self.name, **desired}

    def delete(self, current: Fields) -> None:
        self.repositories.delete_branch(self.name, self.asked("Delete"))
