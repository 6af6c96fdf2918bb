# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing, hiding, fingerprints, specs, pending ids, errors, waiting: the small parts of the core."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core import errors, fingerprint, waiting
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.compare import differences, managed_view
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import (
    Ambiguous,
    BridgeError,
    InvalidInput,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.pending import is_pending, pending_id
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.redact import HIDDEN, Redactor, secret_values
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.spec import ArgumentSpec, update_secret

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


# Characters that some encoder escapes, beside each other and alone.
HARD = "to\"ke'n<&>%5/+= \\u0041$`{}#?;é€-😀 end"


def go_json(text: str) -> str:
    return re.sub("[<>&]", lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text)[1:-1])


ENCODERS = {
    "as it is": str,
    "JSON": lambda s: json.dumps(s)[1:-1],
    "JSON in UTF-8": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "JSON of Go": go_json,
    "JSON of PHP": lambda s: json.dumps(s)[1:-1].replace("/", "\\/"),
    "Python": lambda s: repr(s)[1:-1],
    "Python with both quotes": lambda s: repr(f"\"{s}'")[2:-3],
    "bytes": lambda s: repr(s.encode())[2:-1],
    "HTML": html.escape,
    "HTML without quotes": lambda s: html.escape(s, quote=False),
    "HTML in numbers": lambda s: "".join(c if c.isalnum() and c.isascii() else f"&#{ord(c)};" for c in s),
    "HTML in hexadecimal": lambda s: "".join(c if c.isalnum() and c.isascii() else f"&#x{ord(c):X};" for c in s),
    "URL": lambda s: quote(s, safe=""),
    "path": quote,
    "form": quote_plus,
    "URL in lower case": lambda s: re.sub("%..", lambda found: found.group().lower(), quote(s, safe="")),
    "shell": lambda s: shlex.quote(s)[1:-1],
    "YAML": lambda s: s.replace("'", "''"),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 for URLs": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "UTF-8 taken for latin-1": lambda s: s.encode().decode("latin-1"),
    "squeezed": lambda s: " ".join(s.split()),
}


@pytest.mark.parametrize("second", ["as it is", "JSON", "HTML", "URL", "JSON of Go"])
@pytest.mark.parametrize("first", ENCODERS)
def test_a_secret_is_hidden_however_it_is_encoded(first: str, second: str) -> None:
    text = ENCODERS[second](f"x.{ENCODERS[first](HARD)}.y")
    assert Redactor([f" {HARD}\n"]).text(text) == f"x.{HIDDEN}.y"


@pytest.mark.parametrize("before", ["", "a", "ab", "jane.doe@example.com:"])
def test_a_secret_within_a_longer_base64_is_hidden(before: str) -> None:
    """But for the characters at the ends that others take part in."""
    text = base64.b64encode(f"{before}glpat-0123456789abcdef!".encode()).decode()
    left = Redactor(["glpat-0123456789abcdef!"]).text(text)
    assert HIDDEN in left
    begin, _hidden, end = left.partition(HIDDEN)
    assert len(begin) <= len(base64.b64encode(before.encode())) + 1 and len(end) <= 4


@pytest.mark.parametrize("at", range(450, 520, 7))
def test_an_excerpt_is_redacted_before_it_is_cut(at: int) -> None:
    secret = "glpat-  0123456789\n<b>abcdef</b>"
    for encode in (str, html.escape, json.dumps):
        said = Redactor([secret]).excerpt(f"{'x' * at} {encode(secret)} and more")
        assert "glpat" not in said and "0123" not in said and "abcdef" not in said


# A text as results and messages have it. Nothing in it is a secret, whatever short secret a task has.
ORDINARY = {
    "sha": "abcdef0123456789abcdef0123456789abcdef01",
    "url": "https://host.example.com:8080/acme/shop.git?page=2&at=refs%2Fheads%2Fmain",
    "content": base64.b64encode(b"aabcdn0 main 8080 2\n" * 9).decode(),
    "count": 8080,
    "text": "Branch main of acme/shop has 2 commits, n0t more; http on port 8080. a-b, c: d=e",
    "branch": "main",
    "state": "token_main",
}


@pytest.mark.parametrize("secret", ["main", "abcd", "n0", "a", "8080", "2", "-", "a1", "http", "é", "==", "abc"])
def test_a_weak_secret_corrupts_no_result(secret: str) -> None:
    redactor = Redactor([secret])
    redactor.add_basic("ada", secret)
    assert redactor.clean(ORDINARY) == ORDINARY
    assert redactor.excerpt(ORDINARY["text"]) == ORDINARY["text"]


@pytest.mark.parametrize("secret", ["a-1x", "Xy9!", "pass1"])
def test_of_a_short_secret_nothing_but_itself_is_hidden(secret: str) -> None:
    redactor = Redactor([secret])
    assert redactor.clean(ORDINARY) == ORDINARY
    assert redactor.text(f"see {secret}.") == f"see {HIDDEN}."


@pytest.mark.parametrize(
    "text",
    [
        "password=main&x=1",
        "Password: main",
        '{"password": "main"}',
        '{\\"client_secret\\": \\"main\\"}',
        "&quot;token&quot;: &quot;main&quot;",
        "api_key%3Dmain",
        "https://ada:main@host/acme.git",
        "https://ada@example.com:main@host/acme.git",
        "Authorization: Bearer main",
        "PRIVATE-TOKEN: main",
        "--password main",
        "Basic " + base64.b64encode(b"ada:main").decode(),
        "user ada:main",
    ],
)
def test_a_word_is_hidden_where_it_is_a_credential(text: str) -> None:
    redactor = Redactor()
    redactor.add_basic("ada", "main")
    assert redactor.words == {"main"} and not redactor.hides("main")
    left = redactor.text(text)
    assert HIDDEN in left and "main" not in left and base64.b64encode(b"ada:main").decode() not in left


@pytest.mark.parametrize("name", ["password", "auth_password", "client_secret", "secret_value", "PRIVATE-TOKEN"])
def test_a_word_is_hidden_below_the_name_of_a_credential(name: str) -> None:
    result = {"diff": {"after": {name: "main", "branch": "main", "token_name": "main"}}}
    assert Redactor(["main"]).clean(result)["diff"]["after"] == {name: HIDDEN, "branch": "main", "token_name": "main"}


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


def test_secret_values_are_known_by_the_aliases_of_options() -> None:
    options: dict[str, Any] = {
        "workspace": {"type": "str", "aliases": ["project"]},
        "api_token": {"type": "str", "no_log": True, "aliases": ["token"]},
        "login": {"type": "dict", "aliases": ["account"], "options": {"user": {}, "password": {"no_log": True}}},
    }
    params = {"project": "acme", "token": "t", "account": {"user": "jane", "password": "pw"}, "misspelled": "m"}
    assert list(secret_values(options, params)) == ["t", "pw", "m"]


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


def test_pauses_stay_the_same_where_the_operator_says_how_long_they_are(clock: Time) -> None:
    wait(["CREATING"] * 12 + ["ACTIVE"], [], timeout=10_000, growth=1)
    assert set(clock.slept) == {2}


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
