# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protected branches of a project.

Source: https://docs.gitlab.com/api/protected_branches/
"""

from __future__ import annotations

from ..core.reconcile import Fields
from ..core.spec import ArgumentSpec, each
from .levels import PROTECTION, named, numbered
from .options import IN_PROJECT
from .resource import NamedPart

_SIDES = ("push", "merge")
_FIELDS = ("push_access_level", "merge_access_level", "allow_force_push")


class ProtectedBranch(NamedPart):
    """A rule, found by the name of its branch or its pattern; the branch need not be there.

    Which levels a rule has the Free tier can't change, so a rule whose levels differ is made anew.
    """

    module = "gitlab_protected_branch"
    spec = IN_PROJECT + ArgumentSpec(
        {
            "name": {"type": "str", "required": True},
            **each(("push_access_level", "merge_access_level"), choices=list(PROTECTION)),
            "allow_force_push": {"type": "bool"},
        }
    )
    operations = {
        "create": "POST /api/v4/projects/{id}/protected_branches",
        "update": "PATCH /api/v4/projects/{id}/protected_branches/{name}",
        "delete": "DELETE /api/v4/projects/{id}/protected_branches/{name}",
    }
    noun = "protected branch"
    deletes = "Remove"
    keys = ("name",)
    below = ("protected_branches",)

    def shown(self, answer: Fields) -> Fields:
        """With one level for each side; a rule for single users or groups (Premium) has none to name."""
        out: Fields = {"id": answer["name"], "allow_force_push": answer["allow_force_push"]}
        for side in _SIDES:
            levels = [one["access_level"] for one in answer[f"{side}_access_levels"]]
            out[f"{side}_access_level"] = named(levels[0]) if len(levels) == 1 else levels
        return out

    def desired(self, current: Fields | None) -> Fields:
        return self.given(*_FIELDS)

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        return ("update",) if set(changes) == {"allow_force_push"} else ("delete", "create")

    @staticmethod
    def _body(fields: Fields) -> Fields:
        return {name: numbered(value) if name.endswith("_level") else value for name, value in fields.items()}

    def create(self, desired: Fields) -> Fields:
        return self.shown(self.call("POST", verb="Create", body={"name": self.name, **self._body(desired)}))

    def update(self, current: Fields, changes: Fields) -> Fields:
        if set(changes) == {"allow_force_push"}:
            return self.shown(self.call("PATCH", self.name, verb="Update", body=changes))
        whole = {name: current[name] for name in _FIELDS if not isinstance(current[name], list)}
        self.delete(current)
        return self.create({**whole, **changes})
