# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists already: others that do the same job, and objects that were not created by the collection."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.adoption import ADOPTION, Shared, entry, note
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import (
    Context,
    Fields,
    Resource,
    Snapshot,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.spec import STATE, ArgumentSpec

OTHER = entry("lamp", "green", "id-green", "it lights the same room", variable="name", value="green")


class Lamp(Resource):
    """A lamp with a colour, which a label marks as ours."""

    module = "lamp"
    spec = STATE + ADOPTION + ArgumentSpec({"name": {"type": "str", "required": True}})
    identity = ("name",)
    operations = {"create": "Make", "update": "Paint", "delete": "Break"}
    there: Fields | None
    asked: int

    def __init__(self, there: Fields | None = None, check_mode: bool = False, **params: Any) -> None:
        common = {"name": "blue", "state": "present", "create": True, "unmarked": "manage", "defaults": []}
        super().__init__({**common, "serves": None, **params}, Context(check_mode=check_mode))
        self.service = {"blue": there} if there else {}
        self.looks: list[str] = []
        self.fails = False

    def read(self) -> Fields | None:
        found = Snapshot.of(self.service.get("blue"))
        if found is not None:
            found.others = [OTHER] if found.get("beside") else []
        return found

    def desired(self, current: Snapshot | None) -> Fields:
        return {"colour": "white", "power": 5}

    def create(self, desired: Fields) -> Fields:
        self.service["blue"] = {"id": "id-blue", **desired, "label": "ours"}
        return self.service["blue"]

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        self.service["blue"] = {**current, **changes}
        return self.service["blue"]

    def delete(self, current: Snapshot) -> None:
        del self.service["blue"]

    def marked(self, current: Fields) -> bool:
        return current.get("label") == "ours"

    def others(self) -> list[Fields]:
        self.looks.append("look")
        if self.fails:
            raise BridgeError("List the lamps", kind="forbidden")
        return [OTHER]


THERE = {"id": "id-blue", "colour": "red", "power": 5}


@pytest.mark.parametrize("check_mode", [True, False])
def test_others_are_looked_for_where_it_is_missing(check_mode: bool) -> None:
    lamp = Lamp(check_mode=check_mode)
    result = lamp.run()
    assert (result["unmanaged"], lamp.looks) == ([OTHER], ["look"])
    assert [one["action"] for one in result["actions"]] == ["create"]


def test_they_are_not_looked_for_where_it_exists_or_is_to_be_deleted() -> None:
    for lamp in (Lamp(THERE), Lamp(state="absent"), Lamp(THERE, state="absent")):
        assert "unmanaged" not in lamp.run() and not lamp.looks


def test_what_the_reading_shows_is_told_of_one_that_exists() -> None:
    lamp = Lamp({**THERE, "beside": True})
    assert (lamp.run()["unmanaged"], lamp.looks) == ([OTHER], [])


def test_what_is_found_twice_is_told_once() -> None:
    noted = [OTHER]
    note(noted, [dict(OTHER), {**OTHER, "name": "red"}])
    assert [one["name"] for one in noted] == ["green", "red"]


def test_a_search_that_is_forbidden_fails_nothing() -> None:
    lamp = Lamp()
    lamp.fails = True
    said: list[str] = []
    lamp.context.progress = said.append
    result = lamp.run()
    assert result["changed"] and "unmanaged" not in result
    assert "List the lamps" in said[0]


def test_defaults_are_for_new_ones_and_ours() -> None:
    adopted = Lamp(THERE, defaults=["colour"])
    assert not adopted.run()["changed"]
    ours = Lamp({**THERE, "label": "ours"}, defaults=["colour"])
    assert [one["path"] for one in ours.run()["drift"]] == ["colour"]
    new = Lamp(defaults=["colour"])
    assert new.run()["resource"]["colour"] == "white"
    assert Lamp(THERE).run()["changed"], "an option that is no default counts for adopted ones too"


@pytest.mark.parametrize(
    ("label", "unmarked", "left"),
    [("", "keep", True), ("ours", "keep", False), ("", "manage", False)],
)
def test_what_was_adopted_is_kept_and_listed(label: str, unmarked: str, left: bool) -> None:
    lamp = Lamp({**THERE, "label": label}, state="absent", unmarked=unmarked)
    result = lamp.run()
    assert bool(lamp.service) is left and result["changed"] is not left
    kept = [(one["kind"], one["name"], one["where"]) for one in result.get("kept", [])]
    assert kept == ([("lamp", "blue", "id-blue")] if left else [])


def test_a_list_is_read_once_for_all_threads() -> None:
    shared, reads = Shared(), []
    gate = threading.Barrier(4)

    def read() -> list[int]:
        reads.append(1)
        return [1, 2]

    def ask() -> None:
        gate.wait()
        assert shared.once("numbers", read) == [1, 2]

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reads) == 1
    shared.once("others", read)
    assert len(reads) == 2


def test_a_list_that_could_not_be_read_is_read_again() -> None:
    shared = Shared()

    def fails() -> list[int]:
        raise BridgeError("no")

    with pytest.raises(BridgeError):
        shared.once("numbers", fails)
    assert shared.once("numbers", lambda: [1]) == [1]
