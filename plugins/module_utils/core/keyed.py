# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections with keys (variables) as one resource: compared key by key, with one line of the report for each.

The one field of such a resource has an entry for each key: a dict of fields, or a word. For a key that is to be removed that
is ``absent``, and ``present`` where it exists.
"""

from __future__ import annotations

import typing as t
from abc import abstractmethod
from dataclasses import dataclass, field

from .compare import differences
from .errors import BridgeError, InvalidInput
from .reconcile import Fields, Outcome, Resource, Snapshot

_ABSENT = "absent"


@dataclass(frozen=True)
class Keyed:
    """Everything that the service lists, by key, and the entries that the task wants."""

    listed: dict[str, Fields] = field(default_factory=dict)
    wanted: dict[str, Fields] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """What one key takes: ``create``, ``update`` or ``delete``; of an update also which fields differ."""

    key: str
    action: str
    listed: Fields
    differing: frozenset[str] = frozenset()


class KeyedCollection(Resource):
    """``field`` is the name of the option and of the field that hold the items.

    ``item_noun`` is what one of them is called, and ``found_by`` names the options that make its key.
    """

    field: t.ClassVar[str] = "variables"
    item_noun: t.ClassVar[str]
    found_by: t.ClassVar[str]
    creates_parts = True

    # -- what a service knows ----------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def items(self) -> dict[str, Fields]:
        """The items of the task by their keys."""

    @abstractmethod
    def listed(self) -> dict[str, Fields] | None:
        """Everything there is, by key. None: the collection itself does not exist, and none of it is wanted."""

    @abstractmethod
    def compared(self, key: str, listed: Fields | None) -> tuple[Fields, Fields]:
        """The entry that is wanted and the one that exists. :raises BridgeError: the one can't become the other."""

    @abstractmethod
    def apply(self, step: Step) -> None:
        """Send what a step takes."""

    def update_calls(self, step: Step) -> tuple[str, ...]:
        """The calls that a step takes."""
        return (step.action,)

    # -- the rest ----------------------------------------------------------------------------------------------------

    def check_keys(self, keys: t.Iterable[str], remedy: str | None = None) -> None:
        """:raises InvalidInput: one of them is there twice."""
        named = list(keys)
        twice = sorted({key for key in named if named.count(key) > 1})
        if twice:
            raise InvalidInput(f"Named twice: {', '.join(twice)}", remedy)

    def leaves(self, item: Fields) -> bool:
        """Whether an item is to be removed."""
        return _ABSENT in (item["state"], self.params["state"])

    def read(self) -> Snapshot | None:
        listed = self.listed()
        if listed is None:
            return None
        pairs = {key: self.compared(key, listed.get(key)) for key, item in self.items.items() if not self.leaves(item)}
        managed = [key for key in listed if key in self.items or self.params.get("purge")]
        entries = {key: pairs[key][1] if key in pairs else "present" for key in managed}
        if not entries and self.params["state"] == _ABSENT:
            return Snapshot({}, Keyed(listed))
        return Snapshot({"id": self.name, self.field: entries}, Keyed(listed, {key: pairs[key][0] for key in pairs}))

    def desired(self, current: Snapshot | None) -> Fields:
        there: Keyed = current.origin if current else Keyed()
        out: Fields = {}
        for key, item in self.items.items():
            if self.leaves(item):
                out.update({key: _ABSENT} if key in there.listed else {})
                continue
            if key not in there.listed and self.params["create"] is False:
                raise BridgeError(
                    f"{self.name} has no {self.item_noun} {key}, and create is false",
                    kind="not_found",
                    remedy=f"Correct {self.found_by}, or create it with create: true.",
                )
            out[key] = there.wanted[key] if key in there.wanted else self.compared(key, None)[0]
        entries = current[self.field] if current else {}
        return {self.field: {**out, **{key: _ABSENT for key in entries if key not in self.items}}}

    def steps(self, current: Snapshot, changes: Fields) -> t.Iterator[Step]:
        """What every key that differs takes."""
        for key, wanted in changes[self.field].items():
            listed = current.origin.listed.get(key)
            if listed is None:
                yield Step(key, "create", {})
            elif wanted == _ABSENT:
                yield Step(key, "delete", listed)
            elif drift := differences(wanted, current[self.field][key]):
                yield Step(key, "update", listed, frozenset(one["path"] for one in drift))

    def update_actions(self, current: Snapshot, changes: Fields) -> tuple[str, ...]:
        return tuple(dict.fromkeys(call for step in self.steps(current, changes) for call in self.update_calls(step)))

    def create(self, desired: Fields) -> Fields:
        raise AssertionError("there is always a collection to compare with")

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        for step in self.steps(current, changes):
            self.apply(step)
        entries = {**current[self.field], **changes[self.field]}
        return {**current, self.field: {key: value for key, value in entries.items() if value != _ABSENT}}

    def delete(self, current: Snapshot) -> None:
        for key in current[self.field]:
            self.apply(Step(key, "delete", current.origin.listed[key]))

    def result(self, outcome: Outcome) -> Fields:
        result = super().result(outcome)
        for drift in result["drift"]:
            drift["path"] = drift["path"].removeprefix(f"{self.field}.")
        return result
