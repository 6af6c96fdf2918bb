# SPDX-License-Identifier: GPL-3.0-or-later
"""The two small languages of IAM: conditions (matching rules, ``where`` clauses) and policy statements.

https://docs.oracle.com/en-us/iaas/Content/Identity/Concepts/policysyntax.htm and
https://docs.oracle.com/en-us/iaas/Content/Identity/dynamicgroups/Writing_Matching_Rules_to_Define_Dynamic_Groups.htm
Keywords and names are matched without regard to case, spaces and line breaks have no meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from .wire import invalid

VERBS = ("inspect", "read", "use", "manage")
_TOKEN = re.compile(r"""\s*(?:!=|=|[{},()]|(?:'[^']*'|"[^"]*"|[^\s'"=!{},()])+)""")

Condition = tuple[Any, ...]  # ("all"|"any", [conditions]) or (variable, operator, value)


def tokens(text: str) -> list[str]:
    """Words, quoted values (with their quotes) and punctuation."""
    out, position = [], 0
    text = text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match or match.end() == position:
            raise invalid(f"Cannot parse {text!r} at character {position}")
        out.append(match.group(0).strip())
        position = match.end()
    return out


class _Reader:
    def __init__(self, words: list[str], what: str) -> None:
        self.words, self.what, self.at = words, what, 0

    def peek(self) -> str:
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self, *wanted: str) -> str:
        word = self.peek()
        if not word or (wanted and word.lower() not in wanted):
            expected = " or ".join(wanted) or "more"
            raise invalid(f"Cannot parse {self.what}: expected {expected} instead of {word or 'the end'!r}")
        self.at += 1
        return word

    def end(self) -> None:
        if self.peek():
            raise invalid(f"Cannot parse {self.what}: unexpected {self.peek()!r}")


def unquote(word: str) -> str:
    return word[1:-1] if word[:1] in "'\"" and word[:1] else word


def _condition(reader: _Reader) -> Condition:
    if reader.peek().lower() in ("all", "any"):
        kind = reader.take().lower()
        reader.take("{")
        inner = [_condition(reader)]
        while reader.take(",", "}") == ",":
            inner.append(_condition(reader))
        return kind, inner
    variable = reader.take().lower()
    if not re.fullmatch(r"[a-z][\w.\-]*", variable):
        raise invalid(f"Cannot parse {reader.what}: {variable!r} is not a variable")
    operator = reader.take("=", "!=")
    value = reader.take()
    if value in "{},()=" or not unquote(value):
        raise invalid(f"Cannot parse {reader.what}: {variable} needs a value")
    return variable, operator, unquote(value)


def parse_rule(text: str) -> Condition:
    """A dynamic group's matching rule. Several conditions need an outer ``Any {…}`` or ``All {…}``."""
    reader = _Reader(tokens(text), f"matching rule {text!r}")
    rule = _condition(reader)
    reader.end()
    known = ("resource.", "instance.", "tag.")
    for variable in _variables(rule):
        if not variable.startswith(known):
            raise invalid(f"Cannot parse matching rule {text!r}: {variable!r} is not a variable of matching rules")
    return rule


def _variables(rule: Condition) -> list[str]:
    if rule[0] in ("all", "any"):
        return [name for inner in rule[1] for name in _variables(inner)]
    return [rule[0]]


def holds(rule: Condition, values: dict[str, str]) -> bool:
    """Whether a condition is true of these values; a variable without a value makes its comparison false."""
    if rule[0] in ("all", "any"):
        return (all if rule[0] == "all" else any)(holds(inner, values) for inner in rule[1])
    variable, operator, wanted = rule
    if variable not in values:
        return False
    same = fnmatchcase(values[variable].lower(), wanted.lower())
    return same if operator == "=" else not same


@dataclass
class Statement:
    """One ``Allow`` statement, taken apart."""

    subject: str  # any-user, group, dynamic-group, service, …
    names: list[str] = field(default_factory=list)  # lower case; "id <ocid>" as the OCID
    verb: str = ""
    resource: str = ""
    location: str = ""  # "tenancy", or the compartment's name, path or OCID
    where: Condition | None = None


def parse_statement(text: str) -> Statement | None:
    """A policy statement; None for the kinds that give nothing inside one tenancy (define, endorse, admit, deny)."""
    reader = _Reader(tokens(text), f"policy statement {text!r}")
    if reader.take("allow", "define", "endorse", "admit", "deny").lower() != "allow":
        return None
    statement = Statement(reader.take("any-user", "any-group", "group", "dynamic-group", "service", "resource").lower())
    if statement.subject not in ("any-user", "any-group"):
        statement.names = _subjects(reader)
    reader.take("to")
    if reader.peek() == "{":  # explicit permissions
        reader.take("{")
        permissions = [reader.take().upper()]
        while reader.take(",", "}") == ",":
            permissions.append(reader.take().upper())
        statement.verb, statement.resource = "permissions", " ".join(permissions)
    else:
        statement.verb = reader.take(*VERBS).lower()
        statement.resource = reader.take().lower()
        if not re.fullmatch(r"[a-z][a-z0-9-]*", statement.resource):
            raise invalid(f"Cannot parse {reader.what}: {statement.resource!r} is not a resource type")
    reader.take("in")
    if reader.take("tenancy", "compartment").lower() == "tenancy":
        statement.location = "tenancy"
    else:
        word = reader.take()
        statement.location = unquote(reader.take() if word.lower() == "id" else word)
    if reader.peek():
        reader.take("where")
        statement.where = _condition(reader)
    reader.end()
    return statement


def _subjects(reader: _Reader) -> list[str]:
    names = []
    while True:
        word = reader.take()
        names.append((reader.take() if word.lower() == "id" else word).lower())
        if reader.peek() != ",":
            break
        reader.take(",")
    if reader.peek().lower() != "to":
        raise invalid(f"Cannot parse {reader.what}: expected to instead of {reader.peek()!r}")
    return [_plain(name) for name in names]


def _plain(name: str) -> str:
    """``'Domain'/'name'`` and ``Domain/name`` as ``domain/name``; the Default domain is left out."""
    plain = name.replace("'", "").replace('"', "")
    return plain.removeprefix("default/")
