# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests with odd values, for every route of an app: in segments of the path, in the query, and in the body."""

from __future__ import annotations

import copy
import inspect
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import Client

from tests.sandbox.oci import wire
from tests.sandbox.server import Server
from tests.unit.sandbox.good_bodies import GOOD

TEXTS = (
    *(
        "\0",
        "a\0b",
        "..",
        "../../etc/passwd",
        "a/../b",
        ".",
        "a" * 3000,
        "ñ" * 300,
        "³2",
        "٣",
        "1_0",
        "-1",
        "0",
        "9" * 25,
    ),
    *("", " ", "null", "None", "true", "nan", "1e999", "é", "\u202e", "\U0001f600", "\ufffd", "a\nb", "a\r\nX: y"),
    *(
        "-x",
        "--help",
        "HEAD~1",
        "@{u}",
        "main..v1",
        "main^",
        ":/x",
        ":(top)",
        "refs/heads/main",
        "refs/tags/v1",
        "*",
        "[a",
    ),
    *("a b", "a/b", "/", "//", "%", "%2F", "%ff", "{}", "{", "}", "\\", "'", '"', "(", "${x}", "<a>", "a@b", "a.lock"),
    *("http://", "http://[", "https://u:p@h/x", "https://example.com:99999/", "2026-02-30", "9999-99-99T99:99:99Z"),
)
NUMBERS = (-1, 0, 1, 2**31, 2**63, 10**25, 1.5, -0.0)
BODIES = (
    *(b"", b"[]", b"null", b"1", b'"x"', b"{", b"{}", b"\xff\xfe", b'{"a": "\xff"}', b'{"a": NaN}', b'{"a": 1e999}'),
    *(b'{"name": "\\u0000"}', b'{"name": "\\ud800"}', b'{"": null}', b"[" * 20000, b'{"a": ' * 5000, b"1" * 5000),
    *(b"a: &x [*x]", b"%YAML 9", b"- - -\n-", b"{a: b, ? }", b"a: 2026-02-30", b"! x"),
)
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "", "json;;=")

texts = st.sampled_from(TEXTS) | st.text(max_size=12)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@dataclass
class Target:
    """A service under test.

    ``known`` are good values for the variables of paths, ``reads`` GETs that have a 200, ``good`` bodies by endpoint.
    """

    server: Server
    name: str
    app: Flask
    headers: dict[str, str]
    known: dict[str, list[str]]
    reads: list[str]
    good: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.good = GOOD.get(self.name, {}) | self.good
        # In this process: nothing of what is tested here is a matter of sockets.
        self.client = Client(self.server._wsgi)

    def send(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> int:
        headers = {**self.headers, "Content-Type": kind}
        before = len(self.server.defects)
        answer = self.client.open(f"/{self.name}{path}", method=method, data=body or b"", headers=headers)
        self.seen[answer.status_code] = self.seen.get(answer.status_code, 0) + 1
        self.problems += [f"{one}\n{kind} {(body or b'')[:300]!r}" for one in self.server.defects[before:]]
        return answer.status_code

    def works(self) -> bool:
        """Whether the plain reads are still answered."""
        return all(self.send("GET", path) == 200 for path in self.reads)


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every rule, those that delete last."""
    found = [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    yield from sorted(found, key=lambda one: one[0] == "DELETE")


def _words(app: Flask, rule: Rule) -> list[str]:
    """Names that may be parameters of the route's handler: the identifiers that its module has in quotes."""
    source = inspect.getsource(inspect.getmodule(inspect.unwrap(app.view_functions[rule.endpoint])) or inspect)
    return sorted(set(re.findall(r'["\[.]([A-Za-z]\w{1,30})"', source)))


def _sdk_body(app: Flask, rule: Rule) -> tuple[str, str] | None:
    """The package and the model that a handler of OCI takes as its body."""
    handler = app.view_functions[rule.endpoint]
    named = re.search(r'self\.body\("(\w+)"\)', inspect.getsource(handler))
    return (inspect.unwrap(handler).__self__.models, named[1]) if named else None  # type: ignore[attr-defined]


def _model(service: str, name: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """A body that the SDK's model allows, with odd values; some fields are left out or of another type."""
    odd: dict[str, st.SearchStrategy[Any]] = {}
    needed: dict[str, st.SearchStrategy[Any]] = {}
    for key, one in wire.fields(service, name).items():
        if one.allowed:
            value: st.SearchStrategy[Any] = st.sampled_from(one.allowed)
        elif one.type == "str":
            value = texts
        elif one.type in ("int", "float"):
            value = st.sampled_from(NUMBERS)
        elif one.type == "bool":
            value = st.booleans()
        elif one.type.startswith("list[str"):
            value = st.lists(texts, max_size=2)
        elif one.type.startswith("dict("):
            value = st.dictionaries(texts, texts, max_size=2)
        elif one.type[0].isupper() and depth < 2:
            value = _model(service, one.type, depth + 1)
        else:
            value = values
        (needed if one.required else odd)[key] = value
    return st.fixed_dictionaries(needed, optional=odd)


def _places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside of a JSON value where there is a value."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from _places(value, (*path, key))


@st.composite
def _changed(draw: Any, good: dict[str, Any]) -> dict[str, Any]:
    """A good body, or one with another value in one place."""
    body: dict[str, Any] = copy.deepcopy(good)
    places = sorted(_places(body), key=str)
    if places and draw(st.integers(0, 4)):
        *way, last = draw(st.sampled_from(places))
        around: Any = body
        for key in way:
            around = around[key]
        around[last] = draw(values)
    return body


def _as_json(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    return strategy.map(lambda value: json.dumps(value).encode())


@st.composite
def _requests(draw: Any, target: Target, method: str, rule: Rule) -> tuple[str, bytes, str]:
    """Path and query, body, content type."""
    names = sorted(rule.arguments)
    # Half of the requests are about something that exists; a deletion never is, or there were soon nothing left.
    odd = {name for name in names if draw(st.booleans())} if names and draw(st.booleans()) else set()
    if method == "DELETE" and names:
        odd.add(names[-1])
    path = rule.rule
    for name in names:
        good = target.known.get(name, ["1"])
        # OCIDs say what they are of: /20210630/connections/<ident>, ocid1.devopsconnection.…
        kinds = [segment[:5].lower() for segment in rule.rule.split("/") if segment.isalpha()]
        good = [one for one in good if one.startswith("ocid1.") and kinds and kinds[-1] in one] or good
        value = draw(texts) if name in odd else draw(st.sampled_from(good))
        path = re.sub(rf"<(?:\w+(?:\([^)]*\))?:)?{name}>", lambda _, value=value: quote(value, safe=""), path)
    words = _words(target.app, rule)
    query = draw(st.dictionaries(st.sampled_from(words) | texts, texts, max_size=2)) if words else {}
    pairs = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in query.items())
    path += f"?{pairs}" if pairs else ""
    if method == "GET":
        return path, b"", "application/json"
    model = _sdk_body(target.app, rule) if target.name == "oci" else None
    good = target.good.get(rule.endpoint)
    by_name = st.dictionaries(st.sampled_from(words or ["name"]), values, max_size=6)
    by_model = _model(*model) if model else by_name
    body = draw(_as_json(_changed(good) if good else by_model) | _as_json(by_model) | st.sampled_from(BODIES))
    kind = "application/json" if draw(st.integers(0, 3)) else draw(st.sampled_from(KINDS))
    return path, body, kind


def walk(target: Target, method: str, rule: Rule, examples: int) -> None:
    """Send odd requests to a route; what is wrong is in ``target.problems``."""

    # The same requests in every run, and not the same ones for every route.
    @seed(zlib.crc32(f"{method} {rule.rule}".encode()))
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_requests(target, method, rule))
    def one(sent: tuple[str, bytes, str]) -> None:
        path, body, kind = sent
        status = target.send(method, path, body, kind)
        if method != "GET" and status < 400:
            for read in target.reads:  # what was accepted must not poison what others read
                target.send("GET", read)

    one()
