# SPDX-License-Identifier: GPL-3.0-or-later
"""Retention policies: a line of Lua that says whether a run is kept. (engine/api/purge)

Of Lua there is what policies are made of: comparisons of the known variables, ``and``, ``or``, ``not`` and brackets.
"""

from __future__ import annotations

import re

from . import errors

DEFAULT = "return run_days_before < 365"
BRANCH, HAS_BRANCH = "git_branch_exist", "has_git_branch"
_TOKEN = re.compile(r'\s*(?:(\d+)|"([^"]*)"|([A-Za-z_]\w*)|(<=|>=|==|~=|<|>|\(|\)))')


class _Reader:
    def __init__(self, text: str, known: dict[str, object]) -> None:
        self.known = known
        self.tokens: list[tuple[str, str]] = []
        place = 0
        text = text.strip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _wrong(f"unexpected {text[place : place + 10]!r}")
            kind = ("number", "text", "name", "sign")[(found.lastindex or 1) - 1]
            self.tokens.append((kind, found[found.lastindex or 1]))
            place = found.end()

    def next(self) -> tuple[str, str]:
        return self.tokens.pop(0) if self.tokens else ("end", "")

    def peek(self) -> tuple[str, str]:
        return self.tokens[0] if self.tokens else ("end", "")

    def either(self) -> object:
        value = self.both()
        while self.peek() == ("name", "or"):
            self.next()
            other = self.both()
            value = value or other
        return value

    def both(self) -> object:
        value = self.compared()
        while self.peek() == ("name", "and"):
            self.next()
            other = self.compared()
            value = value and other
        return value

    def compared(self) -> object:
        if self.peek() == ("name", "not"):
            self.next()
            return not self.compared()
        left = self.value()
        kind, sign = self.peek()
        if kind != "sign" or sign in "()":
            return left
        self.next()
        right = self.value()
        if sign in ("==", "~="):
            return (left == right) == (sign == "==")
        if not isinstance(left, int) or not isinstance(right, int):
            raise _wrong("attempt to compare other things than numbers")
        return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[sign]

    def value(self) -> object:
        kind, text = self.next()
        if kind == "number":
            return int(text)
        if kind == "text":
            return text
        if (kind, text) == ("sign", "("):
            inside = self.either()
            if self.next() != ("sign", ")"):
                raise _wrong("')' expected")
            return inside
        if kind == "name" and text in ("true", "false"):
            return text == "true"
        if kind == "name" and text in self.known:
            return self.known[text]
        raise _wrong(f"variable '{text}' is not declared")


def _wrong(text: str) -> errors.Refused:
    return errors.WRONG_REQUEST(f"unable to apply retention policy: {text}")


def keeps(policy: str, days: int, branch_exists: str | None, status: str = "Success", has_branch: bool = True) -> bool:
    """Whether a run stays. ``branch_exists`` None: nobody can tell, and a policy that asks is an error, which keeps it.

    ``has_branch``: a run of a tag has none.
    """
    known: dict[str, object] = {"run_days_before": days, "run_status": status}
    known[HAS_BRANCH] = str(has_branch).lower()
    if branch_exists is not None:
        known[BRANCH] = branch_exists
    try:
        reader = _Reader(policy.strip().removeprefix("return"), known)
        out = bool(reader.either())
        return out if reader.peek()[0] == "end" else True
    except errors.Refused:
        return True


def check(policy: str) -> None:
    """:raises Refused: it is no policy."""
    if not policy.strip().startswith("return"):
        raise _wrong("'return' expected")
    reader = _Reader(
        policy.strip().removeprefix("return"),
        {"run_days_before": 0, "run_status": "", BRANCH: "true", HAS_BRANCH: "true"},
    )
    reader.either()
    if reader.peek()[0] != "end":
        raise _wrong("end of text expected")
