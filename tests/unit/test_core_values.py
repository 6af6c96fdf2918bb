# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing, hiding, fingerprints, specs, pending ids, errors, waiting: the small parts of the core."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils import errors, fingerprint, waiting
from ansible_collections.repobridge.bitbucket.plugins.module_utils.compare import differences, managed_view
from ansible_collections.repobridge.bitbucket.plugins.module_utils.errors import Ambiguous, BridgeError, InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.pending import is_pending, pending_id
from ansible_collections.repobridge.bitbucket.plugins.module_utils.redact import HIDDEN, Redactor, secret_values
from ansible_collections.repobridge.bitbucket.plugins.module_utils.spec import ArgumentSpec, update_secret

# -- compare ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "actual", "paths"),
    [
        ("a", "a", []),
        ("a", "b", ["x"]),
        ("", None, ["x"]),
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, ["x.a.c"]),
        ({"a": 1}, None, ["x"]),
        ({"a": 1}, {}, ["x.a"]),
        (["a", "b"], ["b", "a"], ["x"]),
        (["a"], ["a", "b"], ["x"]),
        ([], None, ["x"]),
        ([{"a": 1}], [{"a": 1, "b": 2}], ["x"]),
    ],
)
def test_differences(expected: Any, actual: Any, paths: list[str]) -> None:
    assert [drift["path"] for drift in differences(expected, actual, "x")] == paths


def test_managed_view_is_what_is_managed() -> None:
    assert managed_view({"a": {"b": 1}, "d": 1}, {"a": {"b": 2, "c": 3}, "e": 4}) == {"a": {"b": 2}, "d": None}


# -- redact -------------------------------------------------------------------------------------------------------------

SECRET = "s3cr/t+ value=&ü"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.b64encode(f"ada:{SECRET}".encode()).decode(),
    ],
)
def test_a_secret_is_hidden_in_every_form_it_is_sent_in(form: str) -> None:
    redactor = Redactor()
    redactor.add_basic("ada", SECRET)
    assert redactor.text(f"before {form} after") == f"before {HIDDEN} after"
    cleaned = redactor.clean({form: [form, {"deep": (f"<{form}>", 1, None, True)}]})
    assert form not in json.dumps(cleaned)
    assert cleaned[HIDDEN][1]["deep"] == [f"<{HIDDEN}>", 1, None, True]


def test_the_longer_of_two_secrets_is_hidden_whole() -> None:
    assert Redactor(["token", "token-of-ada"]).text("it is token-of-ada") == f"it is {HIDDEN}"


def test_a_short_secret_hides_only_itself() -> None:
    redactor = Redactor(["n0"])
    assert redactor.text("n0") == HIDDEN
    assert redactor.text("n0t known") == "n0t known"


def test_a_line_of_a_key_is_hidden() -> None:
    lines = ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0B", "AQEFAASCBKcwggSjAgEAAoIB"]
    assert lines[1] not in Redactor(["\n".join(lines)]).text(f"bad line {lines[1]}")


def test_nothing_is_no_secret() -> None:
    redactor = Redactor()
    redactor.add("")
    redactor.add(None)
    assert redactor.text("as it is") == "as it is"


def test_secret_values_of_nested_options() -> None:
    options: dict[str, Any] = {
        "plain": {"type": "str"},
        "token": {"type": "str", "no_log": True},
        "unset": {"type": "str", "no_log": True},
        "parts": {"type": "dict", "no_log": True},
        "hooks": {"type": "list", "options": {"secret": {"no_log": True}, "url": {}}},
        "login": {"type": "dict", "options": {"password": {"no_log": True}}},
    }
    params = {
        "plain": "p",
        "token": "t",
        "unset": None,
        "parts": {"a": ["x", 7]},
        "hooks": [{"secret": "h1", "url": "u"}, {"secret": "h2"}],
        "login": {"password": "pw"},
    }
    assert list(secret_values(options, params)) == ["t", "x", "7", "h1", "h2", "pw"]


# -- fingerprint --------------------------------------------------------------------------------------------------------


def test_a_fingerprint_knows_its_secret_and_shows_nothing_of_it() -> None:
    one, two = fingerprint.fingerprint("secret"), fingerprint.fingerprint("secret")
    assert one != two, "not salted"
    assert len(one) == 8 + 1 + 16
    assert "secret" not in one
    assert fingerprint.matches(one, "secret")
    assert not fingerprint.matches(one, "another")
    assert not fingerprint.matches(None, "secret")


@pytest.mark.parametrize("text", ["", "nightly build", "ends with ]", "two\nlines"])
def test_a_mark_comes_off_as_it_went_on(text: str) -> None:
    stored = fingerprint.fingerprint("secret")
    marked = fingerprint.join_mark(text, stored)
    assert fingerprint.split_mark(marked) == (text, stored)
    assert fingerprint.split_mark(text) == (text, None)
    assert fingerprint.join_mark(text, None) == text


def test_no_text_has_no_mark() -> None:
    assert fingerprint.split_mark(None) == ("", None)


@pytest.mark.parametrize(
    ("policy", "stored", "exists", "sent"),
    [
        ("on_create", "none", False, True),
        ("on_create", "none", True, False),
        ("on_create", "other", True, False),
        ("on_change", "none", True, True),
        ("on_change", "same", True, False),
        ("on_change", "other", True, True),
        ("on_change", "same", False, True),
        ("always", "same", True, True),
    ],
)
def test_when_a_write_only_value_is_sent(policy: str, stored: str, exists: bool, sent: bool) -> None:
    mark = {"none": None, "same": fingerprint.fingerprint("secret"), "other": fingerprint.fingerprint("other")}[stored]
    assert fingerprint.must_send(policy, "secret", mark, exists) is sent


# -- spec ---------------------------------------------------------------------------------------------------------------


def test_specs_add_up() -> None:
    left = ArgumentSpec({"a": {"type": "str"}, "b": {"type": "str"}}, mutually_exclusive=[("a", "b")])
    right = ArgumentSpec({"b": {"type": "int"}}, required_if=[("b", 1, ("a",))], required_by={"b": "a"})
    both = left + right
    assert both.options == {"a": {"type": "str"}, "b": {"type": "int"}}
    assert both.rules() == {
        "mutually_exclusive": [("a", "b")],
        "required_together": [],
        "required_one_of": [],
        "required_if": [("b", 1, ("a",))],
        "required_by": {"b": "a"},
    }
    assert left.options["b"] == {"type": "str"}, "adding changes neither"


def test_update_secret_is_no_secret() -> None:
    option = update_secret("on_create").options["update_secret"]
    assert option["default"] == "on_create"
    assert option["no_log"] is False


# -- pending ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [pending_id("oci_vault", "x"), ["a", pending_id("a", "")], {"a": {"b": ("pending:a1_b:",)}}]
)
def test_pending(value: Any) -> None:
    assert is_pending(value)


@pytest.mark.parametrize(
    "value", [None, 1, "", "pending", "pending:", "pending: see below", "it is pending:a:b", ["a"], {}]
)
def test_not_pending(value: Any) -> None:
    assert not is_pending(value)


# -- errors -------------------------------------------------------------------------------------------------------------


def test_an_error_says_all_it_knows() -> None:
    error = BridgeError(
        "Read the webhooks of acme/shop",
        kind="forbidden",
        service="Bitbucket",
        operation="GET /2.0/repositories/acme/shop/hooks",
        status=403,
        code="E1",
        words="Access denied. ",
        request_id="abc",
        remedy="Give the token the scope webhook.",
    )
    assert str(error) == (
        "Read the webhooks of acme/shop: Bitbucket answered 403 E1 to GET /2.0/repositories/acme/shop/hooks: "
        '"Access denied." (request abc). Give the token the scope webhook.'
    )
    assert error.as_dict()["status"] == 403
    assert "request_id" not in InvalidInput("Wrong").as_dict()
    assert str(InvalidInput("Wrong.")) == "Wrong."


def test_two_matches_are_both_named() -> None:
    error = Ambiguous("webhook x", (id_ for id_ in ("{1}", "{2}")), "Remove one.")
    assert str(error) == "webhook x: 2 match ({1}, {2}). Remove one."
    assert error.kind == "conflict"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid"), (401, "unauthorized"), (403, "forbidden"), (404, "not_found"), (409, "conflict"), (410, "failed"),
     (418, "failed"), (422, "invalid"), (429, "rate_limited"), (500, "unavailable"), (503, "unavailable")],
)  # fmt: skip
def test_kinds(status: int, kind: str) -> None:
    assert errors.kind_of_status(status) == kind
    assert kind in errors.KINDS


# -- waiting ------------------------------------------------------------------------------------------------------------


class Time:
    """``time`` for as long as the test wants: sleeping takes none."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    out = Time()
    monkeypatch.setattr(waiting, "time", out)
    return out


def wait(states: list[str], told: list[str], **more: Any) -> str:
    options: dict[str, Any] = {"timeout": 100, "interval": 2, **more}
    return waiting.wait_until(
        lambda: states.pop(0),
        lambda state: state == "ACTIVE",
        what="The vault",
        describe=str.lower,
        progress=told.append,
        **options,
    )


def test_waiting_costs_nothing_where_nothing_is_to_wait_for(clock: Time) -> None:
    assert wait([], [], first="ACTIVE") == "ACTIVE"
    assert wait(["ACTIVE"], []) == "ACTIVE"
    assert clock.slept == []


def test_pauses_grow_to_ten_times_the_first(clock: Time) -> None:
    wait(["CREATING"] * 12 + ["ACTIVE"], [], timeout=10_000)
    assert clock.slept[:3] == [2, 3, 4.5]
    assert max(clock.slept) == clock.slept[-1] == 20


def test_who_watches_hears_of_a_long_wait_only(clock: Time) -> None:
    told: list[str] = []
    wait(["CREATING", "CREATING", "ACTIVE"], told)
    assert told == []
    wait(["CREATING"] * 5 + ["ACTIVE"], told)
    assert told[0] == "The vault: creating (5 s)"
    assert len(told) < 5


def test_the_end_of_the_time_says_the_state_and_what_to_do(clock: Time) -> None:
    with pytest.raises(BridgeError, match=r"The vault was still creating after \d+ s.* wait_timeout") as caught:
        wait(["CREATING"] * 100, [], timeout=30)
    assert caught.value.kind == "unavailable"
    assert 30 <= sum(clock.slept) <= 50
