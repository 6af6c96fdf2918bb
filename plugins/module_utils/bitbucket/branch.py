# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A branch: that it is there, or not. Where it is belongs to those who push to it."""

from __future__ import annotations

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields, Resource
from ..core.refs import branch_names
from ..core.spec import STATE, ArgumentSpec
from .editions import edition
from .options import BITBUCKET, login
from .ports import Place, Repositories

try:
    # Loaded with this file, so that the controller pays for it once a run.
    import requests  # noqa: F401  # pylint: disable=unused-import
except ImportError:
    pass


class Branch(Resource):
    """A branch, found by its name. One that is there is never moved."""

    module = "bitbucket_branch"
    spec = (
        BITBUCKET
        + STATE
        + ArgumentSpec(
            {
                "workspace": {"type": "str", "required": True},
                "repository": {"type": "str", "required": True},
                "name": {"type": "str", "required": True},
                "start": {"type": "str"},
            },
            checks=(branch_names("name"),),
        )
    )
    identity = ("workspace", "repository", "name")
    operations = {"create": "POST refs/branches", "delete": "DELETE refs/branches/{name}"}

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.place = Place.of(params)

    @property
    def repositories(self) -> Repositories:
        if not hasattr(self, "_repositories"):
            own = edition(self.params)
            self._repositories = own.repositories(own.client(self.params, self.context), self.place)
            self.operations = self._repositories.branch_operations  # type: ignore[misc]
        return self._repositories

    def validate(self) -> None:
        login(self.params)
        if self.params["state"] == "present" and self.params["create"] and not self.params["start"]:
            raise InvalidInput(
                "start must say where a new branch begins", "Set create to false to use one that is there."
            )

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
        asked = f"Make the branch {self.name} of {self.place}"
        self.repositories.create_branch(self.name, desired["commit"], asked)
        return {"id": self.name, **desired}

    def delete(self, current: Fields) -> None:
        self.repositories.delete_branch(self.name, f"Delete the branch {self.name} of {self.place}")
