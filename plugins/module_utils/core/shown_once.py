# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens whose value a service tells once, when it makes them: found by their name, renewed before they end."""

from __future__ import annotations

import re
import typing as t
from abc import abstractmethod
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from .errors import BridgeError, InvalidInput
from .pending import pending_id
from .reconcile import Fields, Outcome, Resource, Snapshot
from .spec import ArgumentSpec


class Lifetime(t.NamedTuple):
    """How long a new token lives: the option that has the days, and the days that the service allows. 0 is for ever."""

    option: str
    least: int
    most: float
    words: str


def renewal(lifetime: Lifetime, **in_use: t.Any) -> ArgumentSpec:
    """The options all such modules have; ``in_use`` is the spec of the id of the token in use, whose type differs."""
    return ArgumentSpec(
        {
            "name": {"type": "str", "required": True},
            lifetime.option: {"type": "int", "default": 90},
            "renew_before_days": {"type": "int", "default": 30},
            "renew": {"type": "bool", "default": False},
            "in_use": in_use,
            "revoke_others": {"type": "bool", "default": False},
        }
    )


@dataclass(frozen=True)
class Value:
    """The origin of the snapshot of something new: its value."""

    token: str


class ShownOnce(Resource):
    """Something whose value a service tells only when it makes it; the result has it as ``token``."""

    secret_results = ("token",)

    def with_value(self, fields: Fields, token: str) -> Snapshot:
        """A new one, whose value is to be in the result."""
        self.context.redactor.add(token)
        return Snapshot(fields, Value(token))

    def result(self, outcome: Outcome) -> Fields:
        token = outcome.origin.token if isinstance(outcome.origin, Value) else None
        if self.context.check_mode and outcome.done & {"create", "renew"}:
            token = pending_id(self.module, self.name)
        return {**super().result(outcome), "token": token}


class ShownOnceToken(ShownOnce):
    """The token of a name. Its value is told once and its end is fixed, so a renewal is a new one.

    A rotation takes three tasks: this one makes the new token and leaves the old, the new one goes where the token is used,
    and this one revokes the old. A run that is cut off between them leaves a token whose value nobody knows. ``in_use`` tells
    which one is known where it is used, so that the next run makes another instead of relying on that.
    """

    # Fields that the service can change in a token that is there; for all else there must be a new one.
    changeable: t.ClassVar[tuple[str, ...]] = ()
    # What a new token must have, and takes from the old one where the task does not say.
    described_names: t.ClassVar[tuple[str, ...]] = ()
    lifetime: t.ClassVar[Lifetime]

    @property
    def name(self) -> str:
        return str(self.params["name"])

    # -- what a service knows ----------------------------------------------------------------------------------------

    @abstractmethod
    def listed(self) -> list[Fields]:
        """The tokens that work, each with ``id``, ``name`` and ``expires_at`` (a date or None)."""

    @abstractmethod
    def age(self, item: Fields) -> t.Any:
        """What the newest has most of."""

    @abstractmethod
    def make(self, desired: Fields) -> tuple[Fields, str]:
        """A new token and its value."""

    @abstractmethod
    def revoke(self, item: Fields) -> None:
        """Make it useless; one that is gone is fine."""

    def described(self) -> Fields:
        """What the options say of the token, but for its end. Lists are sets."""
        given = {name: self.params.get(name) for name in (*self.described_names, "description")}
        return {name: sorted(set(v)) if isinstance(v, list) else v for name, v in given.items() if v}

    def change(self, current: Fields, changes: Fields) -> Fields:
        """Change what is ``changeable``."""
        raise AssertionError("nothing is changeable")

    # -- the rest ----------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        """:raises InvalidInput: the task lacks what a new token needs, or one made by it would be replaced at once."""
        super().validate()
        if self.params["state"] == "absent":
            return
        use_existing = "Set create to false to use an existing one."
        self.check_needed("an access token", *self.described_names, remedy=use_existing)
        option, least, most, words = self.lifetime
        days, end = self.params[option], self.params.get("expires_at")
        if end and not as_date(end):
            raise InvalidInput(f"expires_at must be a date as 2027-01-31, not {end}")
        if not least <= days <= most:
            raise InvalidInput(f"{option} must be {words}")
        if days and not end and self.params["renew_before_days"] >= days:
            raise InvalidInput(f"renew_before_days must be less than {option}, or every run would create a new token")

    def new_end(self) -> str | None:
        """The day on which a token made now ends."""
        days, end = self.params[self.lifetime.option], self.params.get("expires_at")
        return end or ((today() + timedelta(days=days)).isoformat() if days else None)

    def live(self) -> list[Fields]:
        """Those of the name, the newest first."""
        try:
            listed = self.listed()
        except BridgeError as error:
            if error.status == 404 and self.params["state"] == "absent":
                return []
            raise
        return sorted((item for item in listed if item["name"] == self.name), key=self.age, reverse=True)

    def read(self) -> Snapshot | None:
        return self._newest(self.live())

    @staticmethod
    def _newest(live: list[Fields]) -> Snapshot | None:
        """The newest token, with all of them for whoever revokes the others."""
        return Snapshot({**live[0], "live": len(live)}, live) if live else None

    def read_again(self, known: Snapshot | None, actions: t.Container[str]) -> Snapshot | None:
        """A token whose value was lost with the answer is of no use to anybody."""
        live = self.live()
        if "create" in actions or "renew" in actions:
            ids = {item["id"] for item in known.origin} if known else set()
            for lost in [item for item in live if item["id"] not in ids]:
                self.revoke(lost)
            live = [item for item in live if item["id"] in ids]
        return self._newest(live)

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = self.described()
        if current is None:
            return {**wanted, "expires_at": self.new_end()}
        wanted.pop("description", None)
        if self.params.get("expires_at") or self.ends_soon(current):
            wanted["expires_at"] = self.new_end()
        if self.params["in_use"] is not None:
            wanted["id"] = self.params["in_use"]
        if self.params["renew"]:
            wanted["renewed"] = True
        if self.params["revoke_others"]:
            wanted["live"] = 1
        return wanted

    def ends_soon(self, current: Fields) -> bool:
        """Whether it is time for a new one. A token ends as its day begins, in UTC."""
        end = as_date(current["expires_at"] or "")
        return bool(end and (end - today()).days <= self.params["renew_before_days"])

    def _kind_of(self, changes: Fields) -> str:
        if set(changes) == {"live"}:
            return "revoke"
        return "update" if set(changes) <= {"live", *self.changeable} else "renew"

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        kind = self._kind_of(changes)
        return ("update", "revoke") if kind == "update" and "live" in changes else (kind,)

    def create(self, desired: Fields) -> Snapshot:
        made, token = self.make(desired)
        return self.with_value({**made, "live": 1}, token)

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        kind = self._kind_of(changes)
        if kind == "renew":
            # The old one stays: it is in use until the new one is where it is needed.
            kept = {name: current[name] for name in self.described_names if current.get(name) is not None}
            return self.create(kept | self.desired(None)).changed({"live": current["live"] + 1})
        if kind == "update":
            current = current.changed(self.change(current, {k: v for k, v in changes.items() if k != "live"}))
        if "live" in changes:
            for other in current.origin[1:]:
                self.revoke(other)
            current = current.changed({"live": 1})
        return current

    def delete(self, current: Snapshot) -> None:
        for item in current.origin:
            self.revoke(item)


def today() -> date:
    """The date services go by."""
    return datetime.now(UTC).date()


def as_date(text: str) -> date | None:
    """A date as 2027-01-31; None for anything else."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
