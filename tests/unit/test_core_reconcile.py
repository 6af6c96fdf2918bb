# SPDX-License-Identifier: GPL-3.0-or-later
"""The state machine, on a service that is a dict."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core import reconcile as core
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import (
    Ambiguous,
    BridgeError,
    InvalidInput,
    OutcomeUnknown,
    Outdated,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.reconcile import (
    Context,
    Fields,
    Outcome,
    Resource,
    Snapshot,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.redact import HIDDEN
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.spec import STATE, ArgumentSpec


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


def test_check_mode_goes_on_with_the_wanted_values_and_with_all_that_was_read() -> None:
    seen: list[tuple[Fields, Any]] = []

    class Followed(Shelf):
        def read(self) -> Fields | None:
            return Snapshot(super().read() or {}, origin="the whole object")

        def follow_up(self, current: Snapshot, outcome: core.Outcome) -> Fields:
            seen.append((dict(current), current.origin))
            return current

    Followed(Service(blue={"colour": "red", "books": 3}), check_mode=True, colour="green").run()
    assert seen == [({"id": "id-blue", "colour": "green", "books": 3}, "the whole object")]


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
    with pytest.raises(InvalidInput, match="wood cannot be changed"):
        Shelf(service, check_mode=check_mode, wood="pine", colour="red").run()
    assert service.calls == ["read"]


@pytest.mark.parametrize(
    ("there", "words"), [({}, "does not exist"), ({"blue": {"lost": True}}, "is scheduled for deletion")]
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


class Remembering(Shelf):
    """Its caller has read it; a lost update leaves the number of the version that it was sent to."""

    def __init__(self, service: Service, known: Fields | None, **params: Any) -> None:
        super().__init__(service, **params)
        self.known = known
        self.again: list[Any] = []

    def read_first(self) -> Fields | None:
        return self.known or self.read()

    def read_again(self, known: Snapshot | None, actions: Container[str]) -> Fields | None:
        self.again.append((known and known.origin, "update" in actions))
        return Snapshot(self.read() or {}, known and known.origin)

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        try:
            return super().update(current, changes)
        except OutcomeUnknown as error:
            error.known = Snapshot(current, len(self.service.calls))
            raise


def test_what_the_caller_has_read_is_taken_once_and_a_lost_call_tells_what_it_knew() -> None:
    service = Service(blue={"colour": "green"})
    service.lose["update"] = [False]
    shelf = Remembering(service, {"id": "id-blue", "colour": "green"}, colour="red")
    assert shelf.run()["resource"]["colour"] == "red"
    assert service.calls == ["update", "read", "update"]
    assert shelf.again == [(1, True)]


def test_without_anything_told_a_lost_call_hands_on_what_was_read() -> None:
    service = Service()
    service.lose["create"] = [True]
    shelf = Remembering(service, None, colour="red")
    assert shelf.run()["changed"]
    assert shelf.again == [(None, False)]


class Restored(Shelf):
    """What it wants depends on whether this task has brought it back."""

    def desired(self, current: Snapshot | None) -> Fields:
        assert current is not None
        return {"colour": "red" if current.restored else "green"}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("lost", [[], [True], [False]])
def test_what_was_brought_back_is_known_to_be(lost: list[bool], check_mode: bool) -> None:
    service = Service(blue={"colour": "green", "lost": True})
    service.lose["restore"] = list(lost)
    assert Restored(service, check_mode).run()["resource"]["colour"] == "red"
    assert not Restored(Service(blue={"colour": "green"}), check_mode).run()["changed"]


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


class Refused(Shelf):
    """Another run creates it first, and names are unique."""

    def create(self, desired: Fields) -> Fields:
        if "other" in self.params:
            self.service.shelves.update(self.params.pop("other"))
            raise BridgeError("Make it: exists already", kind="conflict", status=409)
        return super().create(desired)


@pytest.mark.parametrize(("theirs", "actions"), [("red", []), ("green", ["update"])])
def test_a_refused_creation_takes_what_another_run_has_created(theirs: str, actions: list[str]) -> None:
    service = Service()
    result = Refused(service, colour="red", other={"blue": {"id": "theirs", "colour": theirs}}).run()
    assert [action["action"] for action in result["actions"]] == actions
    assert service.shelves == {"blue": {"id": "theirs", "colour": "red"}}


def test_a_creation_that_is_refused_for_another_reason_is_an_error() -> None:
    with pytest.raises(BridgeError, match="exists already"):
        Refused(Service(), other={}).run()


class Shelves(Shelf):
    """Books that are put there one by one, while another run does the same."""

    creates_parts = True

    def update(self, current: Fields, changes: Fields) -> Fields:
        there = self.service.shelves[self.name]
        for book in [book for book in changes["books"] if book not in current["books"]]:
            if self.params["theirs"]:
                there["books"] = sorted([*there["books"], self.params["theirs"].pop(0)])
            if book in there["books"]:
                raise BridgeError(f"Put {book} there: exists already", kind="conflict", status=409)
            if book == "bad":
                raise BridgeError("Put it there: refused", kind="conflict", status=409)
            there["books"] = sorted([*there["books"], book])
        return dict(there)


def test_a_collection_may_be_overtaken_at_each_of_its_parts() -> None:
    books = list("abcdefgh")
    service = Service(blue={"books": []})
    result = Shelves(service, books=books, theirs=list("abcdef")).run()
    assert service.shelves["blue"]["books"] == books
    assert result["changed"]


def test_a_collection_that_another_run_has_completed_is_still_reported_as_changed() -> None:
    """Some of it may be this run's."""
    service = Service(blue={"books": []})
    result = Shelves(service, books=["a", "b"], theirs=["c", "b"]).run()
    assert result["changed"] and result["actions"] and result["drift"]


def test_a_change_that_creates_nothing_is_not_looked_at_again() -> None:
    class Whole(Shelves):
        creates_parts = False

    service = Service(blue={"books": []})
    with pytest.raises(BridgeError, match="exists already"):
        Whole(service, books=["a"], theirs=["a"]).run()
    assert service.calls == ["read"]


def test_a_change_that_is_refused_for_another_reason_is_an_error() -> None:
    service = Service(blue={"books": []})
    with pytest.raises(BridgeError, match="refused"):
        Shelves(service, books=["a", "bad"], theirs=[]).run()
    assert service.shelves["blue"]["books"] == ["a"]


class Pile:
    """A service that creates a second one of a name without an error. ``meanwhile`` is what other runs do before each call."""

    def __init__(self, *books: Fields) -> None:
        self.books = [{"name": "blue", **book} for book in books]
        self.meanwhile: dict[str, list[Callable[[], None]]] = {}
        self.calls: list[str] = []

    def call(self, name: str) -> None:
        self.calls.append(name)
        for happens in self.meanwhile.pop(name, []):
            happens()

    def put(self, **book: Any) -> Fields:
        self.books.append({"name": "blue", **book})
        return dict(self.books[-1])


class Book(Resource):
    module = "book"
    spec = STATE + ArgumentSpec({"name": {"type": "str", "required": True}})
    identity = ("name",)
    operations = {"create": "PrintBook", "update": "RevisePages", "delete": "BurnBook"}
    duplicates = True

    def __init__(self, pile: Pile, check_mode: bool = False, **params: Any) -> None:
        self.warnings: list[str] = []
        context = Context(check_mode=check_mode, warn=self.warnings.append)
        super().__init__({"name": "blue", "state": "present", "made_at": "5", **params}, context)
        self.pile = pile

    def matching(self) -> list[Fields]:
        self.pile.call("list")
        return [dict(book) for book in self.pile.books if book["name"] == self.name]

    def read(self) -> Fields | None:
        found = self.matching()
        if len(found) > 1:
            raise Ambiguous(f"Book {self.name}", [book["id"] for book in found], "Delete one.")
        return found[0] if found else None

    def fully_known(self, one: Fields) -> bool:
        return not one.get("sealed")

    def desired(self, current: Fields | None) -> Fields:
        return {"pages": self.params["pages"]}

    def create(self, desired: Fields) -> Fields:
        self.pile.call("create")
        if self.params.get("lose"):
            self.params["lose"] = False
            self.pile.put(id="mine", created_at=self.params["made_at"], **desired)
            raise OutcomeUnknown("no answer")
        return self.pile.put(id="mine", created_at=self.params["made_at"], **desired)

    def update(self, current: Fields, changes: Fields) -> Fields:
        self.pile.call("update")
        (book,) = [book for book in self.pile.books if book["id"] == current["id"]]
        book.update(changes)
        return dict(book)

    def delete(self, current: Fields) -> None:
        self.pile.call(f"delete {current['id']}")
        self.pile.books = [book for book in self.pile.books if book["id"] != current["id"]]

    def ids(self) -> list[str]:
        return [book["id"] for book in self.pile.books]


def _theirs(pile: Pile, created_at: str, pages: int = 7) -> Callable[[], None]:
    return lambda: pile.books.append({"name": "blue", "id": "theirs", "created_at": created_at, "pages": pages})


def test_nobody_else_costs_one_more_listing_after_a_creation_and_none_without() -> None:
    pile = Pile()
    assert Book(pile, pages=7).run()["resource"]["id"] == "mine"
    assert pile.calls == ["list", "create", "list"]
    assert not Book(pile, pages=7).run()["changed"]
    assert pile.calls == ["list", "create", "list", "list"]


@pytest.mark.parametrize(("theirs", "actions"), [(7, []), (8, ["update"])])
def test_of_two_creations_the_later_run_deletes_its_own_and_continues_with_the_other(
    theirs: int, actions: list[str]
) -> None:
    pile = Pile()
    pile.meanwhile["create"] = [_theirs(pile, "4", theirs)]
    book = Book(pile, pages=7)
    result = book.run()
    assert book.ids() == ["theirs"] and pile.books[0]["pages"] == 7
    assert result["resource"]["id"] == "theirs"
    assert [action["action"] for action in result["actions"]] == actions
    assert [call for call in pile.calls if call.startswith("delete")] == ["delete mine"]
    assert not book.warnings


def test_of_two_creations_the_earlier_run_leaves_the_other_alone() -> None:
    pile = Pile()
    pile.meanwhile["create"] = [_theirs(pile, "6")]
    book = Book(pile, pages=7)
    result = book.run()
    assert result["resource"]["id"] == "mine" and [action["action"] for action in result["actions"]] == ["create"]
    assert "theirs" in book.ids(), "only the run that has created it may delete it"


def test_of_two_creations_at_the_same_moment_the_id_decides() -> None:
    pile = Pile()
    pile.meanwhile["create"] = [_theirs(pile, "5")]
    book = Book(pile, pages=7)
    book.run()
    assert "mine" in book.ids()  # "mine" < "theirs", whoever looks


def test_an_older_one_that_is_deleted_meanwhile_is_created_again() -> None:
    pile = Pile()
    pile.meanwhile["create"] = [_theirs(pile, "4")]
    pile.meanwhile["delete mine"] = [pile.books.clear]
    book = Book(pile, pages=7)
    assert book.run()["resource"]["id"] == "mine"
    assert book.ids() == ["mine"]


TWO = ({"id": "b", "created_at": "2", "pages": 7}, {"id": "a", "created_at": "1", "pages": 7})


@pytest.mark.parametrize("check_mode", [False, True])
def test_two_that_exist_before_are_an_error_that_lists_both(check_mode: bool) -> None:
    pile = Pile(*TWO)
    with pytest.raises(Ambiguous, match="b, a"):
        Book(pile, check_mode, pages=7).run()
    assert len(pile.books) == 2


@pytest.mark.parametrize("theirs", [7, 8])
def test_a_creation_whose_answer_was_lost_is_deleted_too_if_another_run_was_faster(theirs: int) -> None:
    pile = Pile()
    pile.meanwhile["create"] = [_theirs(pile, "4", theirs)]
    book = Book(pile, pages=7, lose=True)
    result = book.run()
    assert book.ids() == ["theirs"] and pile.books[0]["pages"] == 7
    assert result["changed"] is (theirs == 8)


@pytest.mark.parametrize("other", [{"pages": 8}, {"pages": 7, "sealed": True}], ids=["differs", "may differ"])
def test_what_a_lost_creation_can_not_have_created_is_not_deleted(other: Fields) -> None:
    pile = Pile()
    pile.meanwhile["create"] = [lambda: pile.books.append({"name": "blue", "id": "theirs", "created_at": "6", **other})]
    book = Book(pile, pages=7, lose=True)
    with pytest.raises(Ambiguous):
        book.run()
    assert sorted(book.ids()) == ["mine", "theirs"]
