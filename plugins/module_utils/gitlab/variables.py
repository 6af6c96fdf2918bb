# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CI/CD variables of a project, many at once.

Source: https://docs.gitlab.com/api/project_level_variables/
"""

from __future__ import annotations

import typing as t

from ..core.compare import differences
from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields
from ..core.spec import STATE, ArgumentSpec, update_secret
from ..http.answer import NOTHING
from .options import GITLAB, PROJECT
from .resource import GitlabResource
from .variable import Wanted, old_body

try:
    # Loaded with this file, so that the controller pays for it once a run.
    import gitlab.v4.objects  # noqa: F401  # pylint: disable=unused-import
except ImportError:
    pass

_ITEM = {
    "key": {"type": "str", "required": True, "no_log": False},
    "environment_scope": {"type": "str", "default": "*"},
    "value": {"type": "str"},
    "secret_value": {"type": "str", "no_log": True},
    "masked": {"type": "bool"},
    "hidden": {"type": "bool"},
    "protected": {"type": "bool"},
    "raw": {"type": "bool"},
    "variable_type": {"type": "str", "choices": ["env_var", "file"]},
    "description": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


class ProjectVariables(GitlabResource):
    """The variables of a project as one resource: its one field has an entry for each, by key and environment scope.

    An entry is a dict of fields, or the word ``present`` for one that is to be ``absent``.
    """

    module = "gitlab_project_variables"
    spec = (
        GITLAB
        + PROJECT
        + STATE
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
    below = ("variables",)
    creates_parts = True

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.wanted = {
            one.ident: one for one in (Wanted(item, params["update_secret"]) for item in params["variables"])
        }
        self._there: dict[str, Fields] = {}  # all there are, as GitLab lists them
        self._compared: dict[str, tuple[Fields, Fields]] = {}  # what is wanted, and what there is of it

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        if len(self.wanted) != len(self.params["variables"]):
            idents = [f"{item['key']}[{item['environment_scope']}]" for item in self.params["variables"]]
            twice = sorted({ident for ident in idents if idents.count(ident) > 1})
            raise InvalidInput(
                f"Named twice: {', '.join(twice)}", "A key may have one value in each environment scope."
            )
        if self.params["state"] == "absent":
            if self.params["purge"]:
                raise InvalidInput(
                    "purge has no meaning with state=absent", "To remove all variables purge an empty list."
                )
            return
        for one in self.wanted.values():
            one.validate()

    # -- comparing ---------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        leaving = self.params["state"] == "absent"
        try:
            listed = self.listing("List")
        except BridgeError as error:
            if error.status == 404 and leaving:
                return None
            raise
        self._there = {f"{item['key']}[{item['environment_scope']}]": item for item in listed}
        if leaving:
            found = {ident: "present" for ident in self.wanted if ident in self._there}
            return {"id": self.project, "variables": found} if found else None
        present = [(ident, one) for ident, one in self.wanted.items() if not one.absent]
        self._compared = {ident: one.compared(self._there.get(ident)) for ident, one in present}
        return {"id": self.project, "variables": {ident: self._view(ident) for ident in self._managed()}}

    def _managed(self) -> list[str]:
        """The variables there are that the task says something of."""
        return [ident for ident in self._there if ident in self.wanted or self.params["purge"]]

    def _view(self, ident: str) -> Fields | str:
        return self._compared[ident][1] if ident in self._compared else "present"

    def desired(self, current: Fields | None) -> Fields:
        out: Fields = {}
        keys = {item["key"] for item in self._there.values()} | {one.key for one in self.wanted.values()}
        for ident, one in self.wanted.items():
            there = self._there.get(ident)
            if one.absent:
                out.update({ident: "absent"} if there else {})
                continue
            if there is None and self.params["create"] is False:
                raise BridgeError(
                    f"{self.name} has no variable {ident}, and create is false",
                    kind="not_found",
                    remedy="Correct key and environment_scope, or let it be made with create: true.",
                )
            out[ident] = (self._compared.get(ident) or one.compared(there))[0]
            if one.flags(there).get("masked") and one.value in keys:
                raise InvalidInput(f"GitLab can't mask the value of the variable {ident}: a variable has it as its key")
        out.update({ident: "absent" for ident in self._managed() if ident not in self.wanted})
        return {"variables": out}

    def _changes(self) -> dict[str, set[str]]:
        """What differs: the fields by variable. Of one that is new, or to be gone, none."""
        view = {ident: self._view(ident) for ident in self._managed()}
        out: dict[str, set[str]] = {}
        for ident, fields in self.desired({})["variables"].items():
            if fields == "absent" or ident not in view:
                out[ident] = set()
            elif drift := differences(fields, view[ident]):
                out[ident] = {d["path"] for d in drift}
        return out

    def _step(self, ident: str, fields: set[str]) -> tuple[str, ...]:
        """The calls that one variable takes."""
        if ident not in self._there:
            return ("create",)
        if not fields:
            return ("delete",)
        return ("delete", "create") if "hidden" in fields else ("update",)

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        steps = [call for ident, fields in self._changes().items() for call in self._step(ident, fields)]
        return tuple(dict.fromkeys(steps))

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        return self.update({"id": self.project}, desired)

    def update(self, current: Fields, changes: Fields) -> Fields:
        for ident, fields in self._changes().items():
            one, there = self.wanted.get(ident), self._there.get(ident)
            if there is None and one is not None:
                self._post(ident, one.new_body())
            elif there is not None and (one is None or not fields):
                self._delete(ident, there)
            elif there is not None and one is not None and "hidden" in fields:
                self._replace(ident, one, there)
            elif there is not None and one is not None:
                self._one("PUT", there["key"], verb="Change", ident=ident, body=one.changed_body(there, fields))
        gone = [ident for ident, fields in changes["variables"].items() if fields == "absent"]
        after = {**current.get("variables", {}), **changes["variables"]}
        return {**current, "variables": {ident: fields for ident, fields in after.items() if ident not in gone}}

    def _replace(self, ident: str, one: Wanted, there: Fields) -> None:
        """Only a new variable can be hidden. If GitLab will not have the new one, the old one is put back."""
        self._delete(ident, there)
        try:
            self._post(ident, one.new_body(there))
        except BridgeError:
            self._put_back(ident, there)
            raise

    def _put_back(self, ident: str, there: Fields) -> None:
        try:
            self._post(ident, old_body(there))
        except BridgeError as error:
            if "has already been taken" in (error.words or ""):
                return  # the answer was lost, and the new one is there
            error.asked = f"Put the variable {ident} of {self.name} back, which was to be hidden and could not be"
            error.remedy = "The variable is gone. The next run makes it with the value the task has."
            raise

    def delete(self, current: Fields) -> None:
        for ident in current["variables"]:
            self._delete(ident, self._there[ident])

    def _post(self, ident: str, body: Fields) -> None:
        self._one("POST", verb="Make", ident=ident, body=body)

    def _delete(self, ident: str, there: Fields) -> None:
        query = {"filter[environment_scope]": there["environment_scope"]}
        self._one("DELETE", there["key"], verb="Delete", ident=ident, query=query, expects=NOTHING, accept=(404,))

    def _one(self, method: str, *rest: str, verb: str, ident: str, **options: t.Any) -> None:
        asked = f"{verb} the variable {ident} of {self.name}"
        options.setdefault("keys", ("key",))
        self.session.call(method, self.path(*rest), asked=asked, needs=self.needs, **options)

    def run(self) -> Fields:
        result = super().run()
        for drift in result["drift"]:
            drift["path"] = drift["path"].removeprefix("variables.")
        return result
