# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source integration of a project: Bitbucket Cloud, or Bitbucket Server and Data Center.

Sources: https://docs.upsun.com/integrations/source/bitbucket.html and https://docs.upsun.com/api/ (Third-Party Integrations)
"""

from __future__ import annotations

import typing as t

from ..core.errors import Ambiguous, BridgeError, InvalidInput, answered, remedies
from ..core.reconcile import Context, Fields, Outcome, Resource, Snapshot
from ..core.spec import ArgumentSpec, each, update_secret
from . import activities as act
from .aftermath import Aftermath, advice
from .client import Upsun, place
from .guard import check_capabilities, check_risk
from .options import IN_PROJECT, STATE
from .project import InProject
from .source import (
    CLOUD,
    FLAGS,
    OPTIONS,
    SECRET,
    SERVER,
    body,
    check_options,
    comparable,
    described,
    new_fields,
    shown,
    source_integrations,
    validate,
)

_INITIALIZATIONS = ["default", "manual", "minimum", "parent"]


class Origin(t.NamedTuple):
    """An integration as Upsun has it, and the activities that this task's change of it has begun."""

    entity: Fields
    started: frozenset[str] = frozenset()


class Integration(InProject, Resource):
    """What makes a project follow a repository of Bitbucket. A project has one at most, and that is what it is found by."""

    module = "upsun_integration"
    spec = (
        IN_PROJECT
        + STATE
        + update_secret("on_create", ("on_create", "on_invalid", "always"))
        + ArgumentSpec(
            {
                "type": {"type": "str", "choices": [CLOUD, SERVER], "required": True},
                **each(("integration_id", "repository", "url", "username")),
                "key": {"type": "str", "no_log": False},
                **each(("secret", "token"), no_log=True),
                **each((*FLAGS, "resync_pull_requests"), "bool"),
                "pull_requests_max_pages": {"type": "int"},
                "environment_init_resources": {"type": "str", "choices": _INITIALIZATIONS},
                "source_refs": {"type": "dict"},
                **each(("confirm_overwrite", "replace"), "bool", default=False),
                **each(("require_webhook", "wait"), "bool", default=True),
            },
            required_by={"secret": ["key"]},
            addresses=("url",),
            passwords=("key", "secret", "username", "token"),
        )
    )
    identity = ("project",)
    operations = {
        "create": "POST /projects/{projectId}/integrations",
        "update": "PATCH /projects/{projectId}/integrations/{integrationId}",
        "delete": "DELETE /projects/{projectId}/integrations/{integrationId}",
    }
    secret_fields = ("secret", "token")

    def __init__(
        self, params: Fields, context: Context, client: Upsun | None = None, known: list[Fields] | None = None
    ) -> None:
        """``client`` and ``known`` (the source integrations) are for a caller that has already read them."""
        super().__init__(params, context, client)
        self._known = known
        self.type: str = params["type"]

    @property
    def name(self) -> str:
        return self.project

    def validate(self) -> None:
        super().validate()
        check_options(self.type, self.params)

    # -- finding -----------------------------------------------------------------------------------------------------------

    def read_first(self) -> Snapshot | None:
        return self.read() if self._known is None else self._one_of(self._known)

    def read(self) -> Snapshot | None:
        return self._one_of(source_integrations(self.client, self.project))

    def _one_of(self, found: list[Fields]) -> Snapshot | None:
        wanted = self.params["integration_id"]
        if wanted:
            found = [one for one in found if one["id"] == wanted]
        if len(found) > 1:
            raise Ambiguous(
                f"The source integration of the project {self.project}",
                [described(one) for one in found],
                "A project has one source integration. Delete all but one, with state=absent and its id as "
                "integration_id.",
            )
        if not found:
            if wanted and self.params["state"] == "present":
                raise BridgeError(
                    f"The project {self.project} has no source integration {wanted}",
                    kind="not_found",
                    remedy="Upsun assigns the ids itself: omit integration_id to create the integration.",
                )
            return None
        other = found[0]["type"] != self.type
        if other and self.params["state"] == "absent":
            return None
        if other and not self.params["replace"]:
            raise BridgeError(
                f"The project {self.project} is already integrated with {described(found[0])}",
                kind="conflict",
                service=Upsun.service,
                remedy="The type of an integration cannot be changed. To replace it with one of type "
                f"{self.type}, set replace to true.",
            )
        return Snapshot(shown(found[0]), Origin(found[0]))

    # -- fields ------------------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        if current is None or current["type"] != self.type:
            wanted = self._of_new()
            check_capabilities(self.client, self.project, self.type)
        else:
            wanted = self._of_present(current)
        if not self.params["confirm_overwrite"]:
            before, after = (comparable({**(current or {}), **fields}) for fields in ({}, wanted))
            check_risk(self.client, self.project, before, after, self.params["source_refs"])
        return wanted

    def _of_new(self) -> Fields:
        return new_fields(self.type, self.given(*OPTIONS[self.type]), self.project)

    def _of_present(self, current: Snapshot) -> Fields:
        """What the task sets; of the credentials those that can be compared, and the rest by ``update_secret``."""
        wanted, name = self.given(*OPTIONS[self.type]), SECRET[self.type]
        secret = wanted.pop(name, None)
        if wanted.get("fetch_branches") is False:
            wanted["prune_branches"] = False  # Upsun switches it off as well
        if wanted.get("prune_branches") and "fetch_branches" not in wanted and not current["fetch_branches"]:
            raise InvalidInput(
                "prune_branches requires fetch_branches, which is false in this integration",
                "Set fetch_branches to true too.",
            )
        names = ("key", "url", "username")  # who logs in and where: the secret goes along
        now, then = comparable(wanted), comparable(current)
        another = any(field in now and now[field] != then.get(field) for field in names)
        if another and not secret and "key" in wanted:
            raise InvalidInput(
                f"The integration of the project {self.project} has another key, and a key must be sent with its "
                "secret",
                remedy="Set secret as well.",
            )
        if secret and (another or self._must_send(current)):
            wanted[name] = secret
        return wanted

    def _must_send(self, current: Snapshot) -> bool:
        if self.params["update_secret"] != "on_invalid":
            return bool(self.params["update_secret"] == "always")
        return validate(self.client, self.project, current.origin.entity).valid is False

    def comparable(self, desired: Fields) -> Fields:
        return comparable(desired)

    def planned(self, desired: Fields) -> Fields:
        out = super().planned(desired)
        return {**out, "hook_url": out["id"]}

    # -- calling -----------------------------------------------------------------------------------------------------------

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        return ("delete", "create") if "type" in changes else ("update",)

    def create(self, desired: Fields) -> Fields:
        return self._send("POST", place(self.project, "integrations"), "Create", body(self.type, desired))

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        if "type" in changes:
            self.delete(current)
            return self.create(self._of_new())
        path = place(self.project, "integrations", current["id"])
        return self._send("PATCH", path, "Update", body(self.type, changes, current))

    def _send(self, method: str, path: str, verb: str, sent: Fields) -> Snapshot:
        with remedies((answered(400), advice(self.type))):
            asked = f"{verb} the integration of the project {self.project}"
            answer = self.client.json(method, path, asked=asked, keys=("code",), json=sent)
        entity = (answer.get("_embedded") or {}).get("entity") or {}
        if "id" not in entity or "_links" not in entity:  # the answer tells only that it was accepted
            found = self.read()
            entity = found.origin.entity if found else {}
        return Snapshot(shown(entity), Origin(entity, frozenset(one["id"] for one in act.embedded(answer))))

    def delete(self, current: Fields) -> None:
        path = place(self.project, "integrations", current["id"])
        asked = f"Delete the integration of the project {self.project}"
        self.client.json("DELETE", path, asked=asked, keys=("code",), accept=(404,))
        if self.params["wait"]:
            self.poll(
                lambda: source_integrations(self.client, self.project),
                lambda found: all(one["id"] != current["id"] for one in found),
                what=f"The deletion of the integration of the project {self.project}",
                describe=lambda _found: "under way",
            )

    def follow_up(self, current: Snapshot, outcome: Outcome) -> Fields:
        """Wait for what a change started, and see whether Upsun could add its webhook."""
        changed, wait, needed = outcome.changed, self.params["wait"], self.params["require_webhook"]
        if (changed and self.context.check_mode) or not (needed or (changed and wait)):
            return current
        after = Aftermath(self, current.origin.entity["id"])
        found = after.settled(current.origin.started if changed else None)
        after.judge_fetch(found, changed, advice(self.type))
        return {**current, "webhook": after.judge_webhook(found, current, advice(self.type), needed)}
