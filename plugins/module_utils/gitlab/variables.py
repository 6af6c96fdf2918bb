# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CI/CD variables of a project, many at once.

Source: https://docs.gitlab.com/api/project_level_variables/
"""

from __future__ import annotations

import typing as t
from functools import cached_property

from ..core.errors import BridgeError, InvalidInput
from ..core.keyed import KeyedCollection, Step
from ..core.reconcile import Fields, Snapshot
from ..core.spec import PRESENCE, ArgumentSpec, each, update_secret
from ..http.answer import NOTHING
from .options import IN_PROJECT
from .resource import GitlabResource
from .variable import Wanted, ident, old_body

_ITEM = {
    "key": {"type": "str", "required": True, "no_log": False},
    "environment_scope": {"type": "str", "default": "*"},
    "secret_value": {"type": "str", "no_log": True},
    "variable_type": {"type": "str", "choices": ["env_var", "file"]},
    **each(("value", "description")),
    **each(("masked", "hidden", "protected", "raw"), "bool"),
    **PRESENCE.options,
}


class ProjectVariables(GitlabResource, KeyedCollection):
    """The variables of a project, by key and environment scope."""

    module = "gitlab_project_variables"
    spec = (
        IN_PROJECT
        + update_secret("on_change")
        + ArgumentSpec(
            {
                "variables": {
                    "type": "list",
                    "elements": "dict",
                    "required": True,
                    "options": _ITEM,
                    "mutually_exclusive": [("value", "secret_value")],
                },
                "purge": {"type": "bool", "default": False},
            },
            blank=("variables.value", "variables.secret_value", "variables.description"),
        )
    )
    operations = {
        "create": "POST /api/v4/projects/{id}/variables",
        "update": "PUT /api/v4/projects/{id}/variables/{key}",
        "delete": "DELETE /api/v4/projects/{id}/variables/{key}",
    }
    noun = "variables of"
    item_noun = "variable"
    found_by = "key and environment_scope"
    below = ("variables",)

    @cached_property
    def wanted(self) -> dict[str, Wanted]:
        """What the task wants of each variable."""
        return {key: Wanted(item, self.params["update_secret"]) for key, item in self.items.items()}

    @property
    def items(self) -> dict[str, Fields]:
        return {ident(item): item for item in self.params["variables"]}

    def validate(self) -> None:
        super().validate()
        self.check_keys(map(ident, self.params["variables"]), "A key may have one value in each environment scope.")
        if self.params["state"] == "present":
            for one in self.wanted.values():
                one.validate()
        elif self.params["purge"]:
            raise InvalidInput("purge has no meaning with state=absent", "To delete all variables purge an empty list.")

    # -- comparing ---------------------------------------------------------------------------------------------------

    def listed(self) -> dict[str, Fields] | None:
        try:
            return {ident(item): item for item in self.listing("List")}
        except BridgeError as error:
            if error.status == 404 and self.params["state"] == "absent":
                return None
            raise

    def compared(self, key: str, listed: Fields | None) -> tuple[Fields, Fields]:
        return self.wanted[key].compared(listed)

    def desired(self, current: Snapshot | None) -> Fields:
        there = current.origin.listed if current else {}
        keys = {item["key"] for item in [*there.values(), *self.items.values()]}
        for key, one in self.wanted.items():
            if not one.absent and one.flags(there.get(key)).get("masked") and one.value in keys:
                raise InvalidInput(f"GitLab cannot mask the value of the variable {key}: it is the key of a variable")
        return super().desired(current)

    def update_calls(self, step: Step) -> tuple[str, ...]:
        return ("delete", "create") if "hidden" in step.differing else super().update_calls(step)

    # -- calling -----------------------------------------------------------------------------------------------------

    def apply(self, step: Step) -> None:
        if step.action == "create":
            self._post(step.key, self.wanted[step.key].new_body())
        elif step.action == "delete":
            self._delete(step.key, step.listed)
        elif "hidden" in step.differing:
            self._replace(step.key, self.wanted[step.key], step.listed)
        else:
            body = self.wanted[step.key].changed_body(step.listed, step.differing)
            self._one("PUT", step.listed["key"], verb="Update", key=step.key, body=body)

    def _replace(self, key: str, one: Wanted, there: Fields) -> None:
        """Only a new variable can be hidden. If GitLab will not have the new one, the old one is put back."""
        self._delete(key, there)
        try:
            self._post(key, one.new_body(there))
        except BridgeError:
            self._put_back(key, there)
            raise

    def _put_back(self, key: str, there: Fields) -> None:
        try:
            self._post(key, old_body(there))
        except BridgeError as error:
            if "has already been taken" in (error.words or ""):
                return  # the answer was lost, and the new one is there
            error.asked = f"Restore the variable {key} of {self.name}, which could not be hidden"
            error.remedy = "The variable was deleted. The next run creates it with the value of the task."
            raise

    def _post(self, key: str, body: Fields) -> None:
        self._one("POST", verb="Create", key=key, body=body)

    def _delete(self, key: str, there: Fields) -> None:
        query = {"filter[environment_scope]": there["environment_scope"]}
        self._one("DELETE", there["key"], verb="Delete", key=key, query=query, expects=NOTHING, accept=(404,))

    def _one(self, method: str, *rest: str, verb: str, key: str, **options: t.Any) -> None:
        asked = f"{verb} the variable {key} of {self.name}"
        options.setdefault("keys", ("key",))
        self.session.call(method, self.path(*rest), asked=asked, needs=self.needs, **options)
