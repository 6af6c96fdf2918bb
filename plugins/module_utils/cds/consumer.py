# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens for programs: sign-in tokens of consumers, and before 0.44 tokens of groups.

Source: https://ovh.github.io/cds/docs/components/cdsctl/consumer/
"""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime

from ..core.errors import Ambiguous, InvalidInput
from ..core.reconcile import Context, Fields, Snapshot
from ..core.shown_once import ShownOnce
from ..core.spec import STATE, ArgumentSpec, each
from .client import Cds, check_login, path
from .options import CDS
from .version import CONSUMERS

SCOPES = (
    *("User", "AccessToken", "Action", "Admin", "Group", "Template", "Project", "Run", "RunExecution", "Hooks"),
    *("WorkerModel", "Hatchery", "Service"),
)
_NANOSECONDS_A_DAY = 24 * 3600 * 10**9
_FOREVER = "persistent"


class Consumer(ShownOnce):
    """A consumer of the user who signs in, found by its name; before 0.44 a group's token, found by its description.

    CDS tells the token once.
    """

    module = "cds_consumer"
    spec = (
        CDS
        + STATE
        + ArgumentSpec(
            {
                "name": {"type": "str", "required": True},
                **each(("description", "service_name")),
                "groups": {"type": "list", "elements": "str", "default": []},
                "scopes": {"type": "list", "elements": "str", "choices": list(SCOPES)},
                "valid_days": {"type": "int", "default": 365},
                "service_type": {"type": "str", "choices": ["vcs", "hooks"]},
                "renew": {"type": "bool", "default": False},
            },
            required_by={"service_type": ["service_name"]},
            blank=("description",),
        )
    )
    identity = ("name",)
    operations = {
        "create": "POST /user/me/auth/consumer",
        "renew": "POST /user/me/auth/consumer/{id}/regen",
        "delete": "DELETE /user/me/auth/consumer/{id}",
    }
    immutable = ("scopes",)
    duplicates = True

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.client = Cds(params, context)

    def validate(self) -> None:
        check_login(self.params)
        if self.params["valid_days"] < 1:
            raise InvalidInput("valid_days must be at least 1")

    def asked(self, verb: str) -> str:
        return f"{verb} the consumer {self.name}"

    # -- by version --------------------------------------------------------------------------------------------------

    @property
    def _old(self) -> bool:
        return not self.client.version.has(CONSUMERS)

    def _path(self, *rest: str) -> str:
        if not self._old:
            return path("user", "me", "auth", "consumer", *rest)
        if len(self.params["groups"]) != 1:
            raise InvalidInput(
                f"groups must contain one group: tokens of CDS {self.client.version} belong to a group",
                "For services of CDS it is shared.infra.",
            )
        return path("group", self.params["groups"][0], "token", *rest)

    # -- resource ----------------------------------------------------------------------------------------------------

    def matching(self) -> list[Snapshot]:
        listed = self.client.listing(self._path(), asked="List the tokens")
        name = "description" if self._old else "name"
        return [Snapshot(_shown(one)) for one in listed if one[name] == self.name]

    def seniority(self, one: Snapshot) -> tuple[t.Any, ...]:
        return (str(one.get("created") or ""), str(one["id"]))

    def read(self) -> Snapshot | None:
        return self._only(self.matching())

    def read_again(self, known: Snapshot | None, actions: t.Container[str]) -> Snapshot | None:
        """The value of one whose answer was lost is known to nobody."""
        found = self.matching()
        if "create" not in actions and not self._old:  # a renewal is of the same consumer
            return self._only(found)
        ids = [known["id"]] if known else []
        for one in [one for one in found if one["id"] not in ids]:
            self.delete(one)
        return self._only([one for one in found if one["id"] in ids])

    def _only(self, found: list[Snapshot]) -> Snapshot | None:
        if len(found) > 1:
            raise Ambiguous(
                f"Token {self.name}", [str(one["id"]) for one in found], "Delete all but one of them in CDS."
            )
        return found[0] if found else None

    def desired(self, current: Fields | None) -> Fields:
        wanted: Fields = {} if current else {"name": self.name}
        if self.params["scopes"] and not self._old:
            wanted["scopes"] = sorted(set(self.params["scopes"]))
        if current and self.params["renew"]:
            wanted["renewed"] = True
        return wanted

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        return ("renew",)

    def create(self, desired: Fields) -> Fields:
        body = {"expiration": _FOREVER, "description": self.name} if self._old else self._body()
        answer = self.client.json("POST", self._path(), asked=self.asked("Create"), json=body)
        return self.with_value(_shown(answer.get("consumer") or answer), answer["token"])

    def _body(self) -> Fields:
        """The fields of all releases; each takes those it knows."""
        scopes = sorted(set(self.params["scopes"] or ()))
        user: Fields = {
            "group_ids": self.client.group_ids(self.params["groups"]),
            "scope_details": [{"scope": scope} for scope in scopes],
        }
        user |= {name: self.params[name] for name in ("service_name", "service_type") if self.params[name]}
        duration = self.params["valid_days"] * _NANOSECONDS_A_DAY
        return {
            "name": self.name,
            "description": self.params["description"] or "",
            "validity_periods": [{"issued_at": datetime.now(UTC).isoformat(), "duration": duration}],
            "scopes": scopes,
            **user,
            "auth_consumer_user": user,
        }

    def update(self, current: Fields, changes: Fields) -> Fields:
        if self._old:  # made anew, and the old one revoked afterwards
            made = self.create({})
            self.delete(current)
            return made
        # A renewal whose answer was lost is made again; the first one's token is then dead.
        answer = self.client.json(
            "POST", self._path(str(current["id"]), "regen"), asked=self.asked("Renew the token of"), json={}
        )
        return self.with_value(_shown(answer.get("consumer") or current), answer["token"])

    def delete(self, current: Fields) -> None:
        self.client.delete(self._path(str(current["id"])), asked=self.asked("Delete"))


def _shown(answer: Fields) -> Fields:
    """Without the token, which lists of old versions have in them."""
    user = answer.get("auth_consumer_user") or answer
    scopes = user.get("scopes") or [one["scope"] for one in user.get("scope_details") or ()]
    names = ("id", "name", "description", "created", "disabled", "group_name", "creator")
    known = {name: answer[name] for name in names if answer.get(name) is not None}
    return {**known, "scopes": sorted(scopes)}
