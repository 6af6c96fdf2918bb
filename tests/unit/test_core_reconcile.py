# SPDX-License-Identifier: GPL-3.0-or-later
"""The state machine, on a service that is a dict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils import reconcile as core
from ansible_collections.repobridge.bitbucket.plugins.module_utils.errors import (
    BridgeError,
    InvalidInput,
    OutcomeUnknown,
    Outdated,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.reconcile import Context, Fields, Outcome, Resource
from ansible_collections.repobridge.bitbucket.plugins.module_utils.redact import HIDDEN
from ansible_collections.repobridge.bitbucket.plugins.module_utils.spec import STATE, ArgumentSpec


class Service:
    """Shelves by name. ``calls`` are all calls; ``lose`` says of which the answer is lost, and whether they are applied."""

    def __init__(self, **shelves: Fields) -> None:
        self.shelves = {name: {"id": f"id-{name}", **fields} for name, fields in shelves.items()}
        self.calls: list[str] = []
        self.lose: dict[str, list[bool]] = {}

    def write(self, call: str, apply: Callable[[], Any]) -> Any:
        self.calls.append(call)
        if self.lose.get(call):
            if self.lose[call].pop(0):
                apply()
            raise OutcomeUnknown(f"{call}: no answer")
        return apply()


class Shelf(Resource):
    """A shelf with a colour, books and labels."""

    module = "shelf"
    spec = STATE + ArgumentSpec({"name": {"type": "str", "required": True}})
    identity = ("name", "room")
    operations = {"create": "MakeShelf", "update": "PaintShelf", "delete": "BurnShelf", "restore": "FindShelf"}
    secret_fields = ("code",)
    whole_fields = ("labels",)
    immutable = ("wood",)

    def __init__(self, service: Service, check_mode: bool = False, **params: Any) -> None:
        super().__init__({"name": "blue", "state": "present", **params}, Context(check_mode=check_mode))
        self.service = service

    def read(self) -> Fields | None:
        self.service.calls.append("read")
        found = self.service.shelves.get(self.name)
        return dict(found) if found else None

    def desired(self, current: Fields | None) -> Fields:
        fields = ("colour", "books", "labels", "place", "code", "wood")
        return {name: self.params[name] for name in fields if self.params.get(name) is not None}

    def create(self, desired: Fields) -> Fields:
        def apply() -> Fields:
            self.service.shelves[self.name] = {"id": f"id-{self.name}", **desired}
            return dict(self.service.shelves[self.name])

        return self.service.write("create", apply)

    def update(self, current: Fields, changes: Fields) -> Fields:
        def apply() -> Fields:
            self.service.shelves[self.name].update(changes)
            return dict(self.service.shelves[self.name])

        return self.service.write("update", apply)

    def delete(self, current: Fields) -> None:
        self.service.write("delete", lambda: self.service.shelves.pop(self.name))

    def dormant(self, current: Fields) -> bool:
        return bool(current.get("lost"))

    def restore(self, current: Fields) -> Fields:
        return self.service.write("restore", lambda: self.service.shelves[self.name].pop("lost"))


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.time, "sleep", lambda _seconds: None)


ABSENT = {"path": "", "expected": "present", "actual": "absent"}


def test_creates_what_is_missing() -> None:
    service = Service()
    result = Shelf(service, colour="red").run()
    assert result == {
        "changed": True,
        "diff": {"before": {}, "after": {"colour": "red"}},
        "drift": [ABSENT],
        "resource": {"id": "id-blue", "colour": "red"},
        "actions": [{"action": "create", "kind": "shelf", "name": "blue", "call": "MakeShelf"}],
    }
    assert service.calls == ["read", "create"]


def test_does_nothing_where_all_is_as_wanted() -> None:
    service = Service(blue={"colour": "red", "height": 3})
    result = Shelf(service, colour="red").run()
    assert not result["changed"]
    assert result["drift"] == result["actions"] == []
    assert result["diff"] == {"before": {"colour": "red"}, "after": {"colour": "red"}}
    assert service.calls == ["read"]


def test_what_is_not_set_is_not_touched() -> None:
    service = Service(blue={"colour": "red", "place": {"room": "a", "wall": "b"}})
    result = Shelf(service, place={"wall": "c"}).run()
    assert result["drift"] == [{"path": "place.wall", "expected": "c", "actual": "b"}]
    assert result["diff"] == {"before": {"place": {"wall": "b"}}, "after": {"place": {"wall": "c"}}}
    assert service.shelves["blue"]["colour"] == "red"


@pytest.mark.parametrize(
    ("there", "wanted", "path"),
    [
        ({"books": ["a", "b"]}, {"books": ["a"]}, "books"),
        ({"books": ["a"]}, {"books": ["a", "b"]}, "books"),
        ({"labels": {"a": 1, "b": 2}}, {"labels": {"a": 1}}, "labels"),
        ({}, {"labels": {"a": 1}}, "labels"),
    ],
)
def test_lists_and_whole_fields_are_compared_exactly(there: Fields, wanted: Fields, path: str) -> None:
    service = Service(blue=there)
    result = Shelf(service, **wanted).run()
    assert [drift["path"] for drift in result["drift"]] == [path]
    assert service.shelves["blue"][path] == wanted[path]
    assert not Shelf(service, **wanted).run()["changed"]


def test_no_labels_and_labels_that_are_not_there_are_the_same() -> None:
    assert not Shelf(Service(blue={}), labels={}).run()["changed"]


@pytest.mark.parametrize(
    ("there", "params", "actions"),
    [
        ({}, {"colour": "red"}, ["create"]),
        ({"blue": {"colour": "green"}}, {"colour": "red"}, ["update"]),
        ({"blue": {"colour": "red"}}, {"colour": "red"}, []),
        ({"blue": {"colour": "red"}}, {"state": "absent"}, ["delete"]),
        ({}, {"state": "absent"}, []),
        ({"blue": {"colour": "red", "lost": True}}, {"colour": "red"}, ["restore"]),
        ({"blue": {"colour": "green", "lost": True}}, {"colour": "red"}, ["restore", "update"]),
        ({"blue": {"lost": True}}, {"state": "absent"}, []),
    ],
)
def test_check_mode_foretells_and_does_nothing(there: dict[str, Fields], params: Fields, actions: list[str]) -> None:
    service = Service(**there)
    foretold = Shelf(service, check_mode=True, **params).run()
    assert set(service.calls) == {"read"}
    done = Shelf(service, **params).run()
    assert [action["action"] for action in done["actions"]] == actions
    assert foretold["actions"] == done["actions"]
    assert foretold["changed"] is done["changed"] is bool(actions)
    assert foretold["drift"] == done["drift"]
    assert foretold["diff"] == done["diff"]
    assert not Shelf(service, **params).run()["changed"]


def test_what_would_be_made_has_a_pending_id() -> None:
    result = Shelf(Service(), check_mode=True, colour="red").run()
    assert result["resource"] == {"id": "pending:shelf:blue", "colour": "red"}


def test_what_stands_on_something_pending_reads_nothing() -> None:
    service = Service(blue={"colour": "red"})
    result = Shelf(service, check_mode=True, room="pending:room:hall").run()
    assert [action["action"] for action in result["actions"]] == ["create"]
    assert service.calls == []


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize(
    ("there", "params", "call"),
    [
        ({}, {"colour": "red"}, "create"),
        ({"blue": {"colour": "green"}}, {"colour": "red"}, "update"),
        ({"blue": {}}, {"state": "absent"}, "delete"),
        ({"blue": {"lost": True}}, {}, "restore"),
    ],
)
def test_after_a_lost_answer_it_reads_before_it_repeats(
    there: dict[str, Fields], params: Fields, call: str, applied: bool
) -> None:
    quiet, service = Service(**there), Service(**there)
    expected = Shelf(quiet, **params).run()
    service.lose[call] = [applied]
    result = Shelf(service, **params).run()
    assert service.shelves == quiet.shelves
    assert service.calls.count(call) == (1 if applied else 2)
    assert result == expected


def test_what_is_brought_back_shows_what_else_differs() -> None:
    result = Shelf(Service(blue={"colour": "green", "lost": True}), colour="red").run()
    assert [drift["path"] for drift in result["drift"]] == ["", "colour"]
    assert result["diff"] == {"before": {"colour": "green"}, "after": {"colour": "red"}}


def test_it_gives_up_when_answers_are_lost_again_and_again() -> None:
    service = Service()
    service.lose["create"] = [False] * 10
    with pytest.raises(OutcomeUnknown):
        Shelf(service).run()
    assert service.calls.count("create") == 3


@pytest.mark.parametrize("check_mode", [False, True])
def test_what_is_fixed_at_creation_is_an_error_in_check_mode_too(check_mode: bool) -> None:
    service = Service(blue={"wood": "oak", "colour": "green"})
    with pytest.raises(InvalidInput, match="wood can't be changed"):
        Shelf(service, check_mode=check_mode, wood="pine", colour="red").run()
    assert service.calls == ["read"]


@pytest.mark.parametrize(
    ("there", "words"), [({}, "does not exist"), ({"blue": {"lost": True}}, "waits for its deletion")]
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_create_false_wants_it_to_exist(there: dict[str, Fields], words: str, check_mode: bool) -> None:
    with pytest.raises(BridgeError, match=words) as caught:
        Shelf(Service(**there), check_mode=check_mode, create=False).run()
    assert caught.value.kind == "not_found"


def test_secret_fields_show_nowhere_and_their_change_shows() -> None:
    service = Service(blue={"code": "old-secret"})
    result = Shelf(service, code="new-secret").run()
    assert "secret" not in str(result)
    assert result["diff"] == {"before": {"code": HIDDEN}, "after": {"code": f"{HIDDEN} (new)"}}
    assert result["drift"] == [{"path": "code", "expected": HIDDEN, "actual": HIDDEN}]
    assert result["resource"]["code"] == HIDDEN
    assert service.shelves["blue"]["code"] == "new-secret"


def test_what_comes_after_can_change_something_too() -> None:
    class Read(Shelf):
        operations = {**Shelf.operations, "dust": "DustShelf"}

        def follow_up(self, current: Fields, outcome: Outcome) -> Fields:
            outcome.act(self, "dust")
            return {**current, "dusted": True}

    result = Read(Service(blue={})).run()
    assert result["changed"]
    assert result["actions"] == [{"action": "dust", "kind": "shelf", "name": "blue", "call": "DustShelf"}]
    assert result["resource"]["dusted"]


class Contested(Shelf):
    """Somebody paints it in the meantime, as often as there are colours."""

    def update(self, current: Fields, changes: Fields) -> Fields:
        if self.params["colours"]:
            self.service.shelves[self.name]["colour"] = self.params["colours"].pop(0)
            raise Outdated("another one was faster")
        return super().update(current, changes)


@pytest.mark.parametrize(("colours", "before"), [(["black"], "black"), (["black", "white"], "white")])
def test_what_came_too_late_is_decided_anew(colours: list[str], before: str) -> None:
    result = Contested(Service(blue={"colour": "green"}), colour="red", colours=colours).run()
    assert result["drift"] == [{"path": "colour", "expected": "red", "actual": before}]
    assert result["diff"]["before"] == {"colour": before} and len(result["actions"]) == 1


def test_if_the_other_one_did_the_same_nothing_was_changed() -> None:
    result = Contested(Service(blue={"colour": "green"}), colour="red", colours=["red"]).run()
    assert not (result["changed"] or result["drift"] or result["actions"])


def test_coming_too_late_again_and_again_ends() -> None:
    with pytest.raises(Outdated):
        Contested(Service(blue={"colour": "green"}), colour="red", colours=["a", "b", "c", "d"]).run()
