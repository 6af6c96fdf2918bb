# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects.

Source: https://ovh.github.io/cds/docs/concepts/project/
"""

from __future__ import annotations

import re
import typing as t

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Fields, Snapshot
from ..core.spec import ArgumentSpec
from .client import GROUP_PRESENT, NOT_A_MEMBER
from .options import IN_PROJECT
from .resource import CdsResource

_PERMISSIONS = {"read": 4, "read_execute": 5, "read_write_execute": 7}
# Of what CDS answers with, what a playbook has a use for.
_SHOWN = ("key", "name", "description", "created", "last_modified")


class Project(CdsResource):
    """A project, found by its key. Who may do what in it is set when it is made, and left alone afterwards."""

    module = "cds_project"
    spec = IN_PROJECT + ArgumentSpec(
        {
            "name": {"type": "str"},
            "description": {"type": "str"},
            "groups": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "name": {"type": "str", "required": True},
                    "permission": {
                        "type": "str",
                        "choices": list(_PERMISSIONS),
                        "default": "read_write_execute",
                    },
                },
            },
        },
        blank=("description",),
    )
    operations = {
        "create": "POST /project",
        "update": "PUT /project/{key}",
        "delete": "DELETE /project/{key}",
    }
    noun = "project"
    named_by = "project"

    def asked(self, verb: str) -> str:
        return f"{verb} the project {self.project}"

    def own(self, *rest: str) -> str:
        return self.path(*rest)

    def validate(self) -> None:
        super().validate()
        if self.params["name"] == "":
            raise InvalidInput("A project cannot have an empty name")

    def read(self) -> Snapshot | None:
        answer = self.fetch()
        return None if answer is None else Snapshot(_shown(answer), answer)

    def desired(self, current: Fields | None) -> Fields:
        wanted: Fields = {} if current else {"key": self.project, "name": self.project}
        return {**wanted, **self.given("name", "description")}

    def create(self, desired: Fields) -> Fields:
        """Without groups CDS creates one of the project's name. One that an earlier project left is used again."""
        groups = [
            {"group": {"name": group["name"]}, "permission": _PERMISSIONS[group["permission"]]}
            for group in self.params["groups"] or ()
        ]
        try:
            return self._post(desired, groups)
        except BridgeError as error:
            left = None if groups else self._left_group(error, desired["name"])
            if left is None:
                raise
        try:
            return self._post(desired, [{"group": {"name": left}, "permission": _PERMISSIONS["read_write_execute"]}])
        except BridgeError as error:
            if error.code == NOT_A_MEMBER:
                error.remedy = (
                    f"Without groups CDS uses a group {left}, which exists already and does not contain the user: let "
                    "one of its administrators add the user, or set other groups in groups."
                )
            raise

    def _post(self, desired: Fields, groups: list[Fields]) -> Fields:
        body = {"description": "", **desired, **({"groups": groups} if groups else {})}
        try:
            return _shown(self.send("POST", "/project", "Create", body))
        except BridgeError as error:
            if _group_is_there(error):
                error.remedy = (
                    "Without groups CDS creates a group with the name of the project, which exists already: set it in "
                    "groups."
                )
            elif error.code == NOT_A_MEMBER:
                error.remedy = "The user must be a member of each of the groups."
            elif "already exists" in (error.words or ""):
                error.remedy = (
                    "The project exists, but the user has no access to it: request access from one of its groups."
                )
            raise

    def _left_group(self, error: BridgeError, name: str) -> str | None:
        """The group that exists already, most often because deleting a project leaves its group.

        CDS gives it to its members only, and says so with the next POST; asking for the list of groups beforehand would need the
        scope Group. Before 0.44 it gives it to anybody, so there the list, which needs no scope, says whether it is the user's.
        """
        if not _group_is_there(error):
            return None
        named = re.search(r"new group (\S+) for", error.words or "")
        if named:
            return named[1]
        mine = self.client.listing("/group", asked="List the groups of the user")
        group = name.replace(" ", "")
        return group if group in [one["name"] for one in mine] else None

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        # A PUT replaces all that it knows of a project: what was read goes back with the changes.
        return _shown(self.send("PUT", self.own(), "Update", {**current.origin, **changes}))


def _group_is_there(error: BridgeError) -> bool:
    return "cannot create a new group" in (error.words or "") or error.code == GROUP_PRESENT


def _shown(answer: Fields) -> Fields:
    # From 0.57.0 on an empty description is left out.
    known = {"description": "", **{name: answer[name] for name in _SHOWN if name in answer}}
    return {"id": t.cast(str, answer["key"]), **known}
