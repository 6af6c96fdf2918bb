# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications and the repository each is attached to.

Source: https://ovh.github.io/cds/docs/concepts/application/
"""

from __future__ import annotations

from ..core.errors import InvalidInput, coded, remedies
from ..core.reconcile import Context, Fields, Snapshot
from ..core.spec import ArgumentSpec, each
from .client import USED_BY_HOOK
from .options import IN_PROJECT
from .resource import CdsResource, check_name, check_repository

_HOOK_FIRST = "Delete the webhook of its workflow first (cds_repository_webhook with state=absent)."
_ATTACHED = ("vcs", "repository")
_STRATEGY = {"connection_type": "connection_type", "ssh_key": "ssh_key"}


class ApplicationRepository(CdsResource):
    """An application, found by its name, with its repository. What is gone with ``absent`` is the attachment only."""

    module = "cds_application_repository"
    spec = IN_PROJECT + ArgumentSpec(
        {
            "application": {"type": "str", "required": True},
            **each(("vcs", "repository", "description")),
            "connection_type": {"type": "str", "choices": ["https", "ssh"]},
            "ssh_key": {"type": "str", "no_log": False},
            "delete_application": {"type": "bool", "default": False},
        },
        required_together=[("vcs", "repository")],
        blank=("description",),
    )
    identity = ("project", "application")
    operations = {
        "create": "POST /project/{key}/applications",
        "attach": "POST /project/{key}/repositories_manager/{vcs}/application/{application}/attach",
        "update": "PUT /project/{key}/application/{application}",
        "delete": "POST /project/{key}/repositories_manager/{vcs}/application/{application}/detach",
    }
    noun = "application"
    named_by = "application"
    below = ("application",)

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        if params["delete_application"]:
            self.operations = {**self.operations, "delete": "DELETE /project/{key}/application/{application}"}  # type: ignore[misc]

    def validate(self) -> None:
        super().validate()
        check_name("an application", self.name)
        if self.params["repository"]:
            check_repository(self.params["repository"])
        elif self.may_create:
            raise InvalidInput(
                "vcs and repository must be given: which repository is the application attached to?",
                "Set create to false to change an existing application.",
            )

    # -- fields ------------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        answer = self.fetch()
        if answer is None:
            return None
        current = self._current(answer)
        if self.params["state"] == "absent" and not self.params["delete_application"]:
            wanted = self.params["repository"]
            ours = not wanted or current["repository"].lower() == wanted.lower()
            return current if current["repository"] and ours else None
        return current

    def _current(self, answer: Fields) -> Snapshot:
        strategy = answer.get("vcs_strategy") or {}
        fields = {
            "id": answer["name"],
            "name": answer["name"],
            "description": answer.get("description") or "",
            "vcs": answer.get("vcs_server") or "",
            "repository": answer.get("repository_fullname") or "",
            **{ours: strategy.get(theirs) or "" for ours, theirs in _STRATEGY.items()},
        }
        return Snapshot(fields, answer)

    def desired(self, current: Fields | None) -> Fields:
        return self.given(*_ATTACHED, "description", *_STRATEGY)

    def comparable(self, desired: Fields) -> Fields:
        """Bitbucket's names have no case. CDS keeps the one it was given."""
        out = dict(desired)
        if out.get("repository"):
            out["repository"] = out["repository"].lower()
        return out

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        attaches, changed = set(changes) & set(_ATTACHED), set(changes) - set(_ATTACHED)
        return (*(("attach",) if attaches else ()), *(("update",) if changed else ()))

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        body = {"name": self.name, "description": desired.get("description", "")}
        answer = self.send("POST", self.path("applications"), "Create", body)
        return self.update(self._current(answer), {k: v for k, v in desired.items() if k != "description"})

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        if set(changes) & set(_ATTACHED):
            fields = {**current, **changes}
            answer = self.client.send(
                "POST",
                self.path("repositories_manager", fields["vcs"], "application", self.name, "attach"),
                asked=f"Attach {fields['repository']} to the application {self.name} of the project {self.project}",
                params={"fullname": fields["repository"]},
            )
            current = self._current(answer)
        if set(changes) - set(_ATTACHED):
            strategy = {theirs: changes[ours] for ours, theirs in _STRATEGY.items() if ours in changes}
            body = {
                **current.origin,
                "description": changes.get("description", current["description"]),
                "vcs_strategy": {**(current.origin.get("vcs_strategy") or {}), **strategy},
            }
            current = self._current(self.send("PUT", self.own(), "Update", body))
        return current

    def delete(self, current: Snapshot) -> None:
        if self.params["delete_application"]:
            super().delete(current)
            return
        asked = f"Detach {current['repository']} from the application {self.name} of the project {self.project}"
        with remedies((coded(USED_BY_HOOK), _HOOK_FIRST)):
            place = self.path("repositories_manager", current["vcs"], "application", self.name, "detach")
            self.client.send("POST", place, asked=asked)
