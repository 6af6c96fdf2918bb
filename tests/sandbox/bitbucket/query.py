# SPDX-License-Identifier: GPL-3.0-or-later
"""``q=`` and ``sort=``: Bitbucket's query language, as much of it as its users write.

https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import errors

Item = dict[str, Any]
Test = Callable[[Item], bool]
_TOKEN = re.compile(r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<op>!=|!~|>=|<=|[=~<>()])|(?P<word>[A-Za-z0-9_.:+-]+))""")
_LITERALS = {"null": None, "true": True, "false": False}
_LEVELS = {"read": 1, "write": 2, "admin": 3}
_MISSING = object()


def select(items: list[Item], query: str | None, sort: str | None) -> list[Item]:
    """The items a query asks for, in the order it asks for."""
    if query:
        test = _Parser(query, items).parse()
        items = [item for item in items if test(item)]
    if sort:
        name = sort.lstrip("-")
        _known(items, name)
        items = sorted(items, key=lambda item: _natural(_get(item, name)), reverse=sort.startswith("-"))
    return items


def _get(item: Item, path: str) -> Any:
    value: Any = item
    for part in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict) or part not in value:
            return _MISSING
        value = value[part]
    return value


def _known(items: list[Item], path: str) -> None:
    if items and all(_get(item, path) is _MISSING for item in items):
        raise errors.refused(400, f"Invalid field: {path}")


def _natural(value: Any) -> list[Any]:
    """Numbers inside names count as numbers: v9 before v10."""
    parts = re.split(r"([0-9]+)", str("" if value in (None, _MISSING) else value))
    return [int(part) if part.isascii() and part.isdigit() else part for part in parts]


class _Parser:
    """``name ~ "x" AND (a.b = 1 OR c != null)``: recursive descent, AND before OR."""

    def __init__(self, query: str, items: list[Item]) -> None:
        self._items = items
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while query[at:].strip():
            match = _TOKEN.match(query, at)
            if not match:
                raise self._bad()
            self._tokens.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
            at = match.end()

    @staticmethod
    def _bad() -> errors.Refused:
        return errors.refused(400, "Invalid query: the q parameter could not be parsed")

    def parse(self) -> Test:
        test = self._either()
        if self._tokens:
            raise self._bad()
        return test

    def _next(self, *kinds: str) -> str:
        if not self._tokens or self._tokens[0][0] not in kinds:
            raise self._bad()
        return self._tokens.pop(0)[1]

    def _word(self, word: str) -> bool:
        if self._tokens and self._tokens[0][0] == "word" and self._tokens[0][1].lower() == word:
            self._tokens.pop(0)
            return True
        return False

    def _either(self) -> Test:
        tests = [self._both()]
        while self._word("or"):
            tests.append(self._both())
        return lambda item: any(test(item) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._word("and"):
            tests.append(self._one())
        return lambda item: all(test(item) for test in tests)

    def _one(self) -> Test:
        if self._tokens and self._tokens[0] == ("op", "("):
            self._tokens.pop(0)
            test = self._either()
            if self._next("op") != ")":
                raise self._bad()
            return test
        field = self._next("word")
        _known(self._items, field)
        operator = self._next("op")
        value = self._value()
        return lambda item: _compare(_get(item, field), operator, value)

    def _value(self) -> Any:
        text = self._next("text", "word")
        if text.startswith('"'):
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if text.lower() in _LITERALS:
            return _LITERALS[text.lower()]
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            raise self._bad() from None


def _compare(actual: Any, operator: str, wanted: Any) -> bool:
    if actual is _MISSING:
        actual = None
    if isinstance(actual, list):  # a list matches when one of its entries does
        return (
            any(_compare(entry, operator, wanted) for entry in actual)
            if operator in "=~"
            else not any(_compare(entry, operator.lstrip("!"), wanted) for entry in actual)
        )
    if operator in ("=", "!="):
        return (actual == wanted) is (operator == "=")
    if operator in ("~", "!~"):
        return (str(wanted).lower() in str(actual or "").lower()) is (operator == "~")
    if actual is None or wanted is None:
        return False
    left, right = _LEVELS.get(actual, actual), _LEVELS.get(wanted, wanted)
    try:
        return bool({">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[operator])
    except (KeyError, TypeError):
        raise errors.refused(400, "Invalid query: the q parameter could not be parsed") from None
