# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM's two small languages, brought into one form each so that texts that mean the same compare equal.

Sources: https://docs.oracle.com/en-us/iaas/Content/Identity/Concepts/policysyntax.htm,
https://docs.oracle.com/en-us/iaas/Content/Identity/policysyntax/conditions.htm and
https://docs.oracle.com/en-us/iaas/Content/Identity/dynamicgroups/Writing_Matching_Rules_to_Define_Dynamic_Groups.htm

What is undone: spaces and line breaks; the case of keywords, verbs, resource types and variables; the kind of quotes,
and quotes around simple names; the name of the Default domain; the order inside ``any {}`` and ``all {}``. What a text
names (groups, compartments, values) keeps its case. A text that is not understood is compared by its words. Nothing
made here is ever sent: OCI gets the user's own text.
"""

from __future__ import annotations

import re

# A word may have quoted parts: 'My Domain'/'My Group'.
_TOKEN = re.compile(r"""(?:'[^']*'|"[^"]*"|[^\s'"=!{}(),])+|!=|[={}(),!]""")
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_SIMPLE = re.compile(r"[\w.:/@+-]+")
_GROUPS = ("group", "dynamic-group")
_KEYWORDS = (
    "allow", "deny", "define", "endorse", "admit", "associate", "to", "of", "as", "with", "in", "id", "where", "all", "any",
    "group", "dynamic-group", "any-user", "any-group", "service", "resource", "tenancy", "compartment",
    "inspect", "read", "use", "manage", "before", "after", "between",
)  # fmt: skip


def canonical_rule(text: str) -> str:
    """A dynamic group's matching rule."""
    return _condition_text(_tokens(text))


def canonical_statement(text: str) -> str:
    """A policy statement."""
    words = _tokens(text)
    where = next((at for at, word in enumerate(words) if word.lower() == "where"), len(words))
    head = _head(words[:where])
    return f"{head} where {_condition_text(words[where + 1 :])}" if where < len(words) else head


def canonical_statements(statements: list[str]) -> list[str]:
    """The statements of a policy, as a set: neither order nor repetition means anything."""
    return sorted({canonical_statement(statement) for statement in statements})


def is_several_rules(text: str) -> bool:
    """Whether a text holds several rules one after the other, as the console takes them and the API does not."""
    words = _tokens(text)
    try:
        rest = _condition(words)[1]
    except _NotUnderstood:
        return False
    return bool(rest) and rest[0].lower() in ("all", "any")


class _NotUnderstood(Exception):
    """The text is not of the form expected; its words are compared."""


def _tokens(text: str) -> list[str]:
    return [_plain(token) for token in _TOKEN.findall(text)]


def _plain(token: str) -> str:
    """A token without quotes it does not need; the others are single ones."""

    def unquote(match: re.Match[str]) -> str:
        inner = match.group()[1:-1]
        return inner if _SIMPLE.fullmatch(inner) else f"'{inner}'"

    return _QUOTED.sub(unquote, token)


def _keyword(word: str) -> str:
    return word.lower() if word.lower() in _KEYWORDS else word


# -- statements ---------------------------------------------------------------------------------------------------


def _head(words: list[str]) -> str:
    """A statement up to its condition: ``allow dynamic-group a,b to read secret-family in compartment x``."""
    out: list[str] = []
    subjects = False
    for at, word in enumerate(words):
        before = words[at - 1].lower() if at else ""
        if word.lower() == "to":
            subjects = False
        elif subjects:
            word = re.sub("^default/", "", word, flags=re.I)
        elif before == "to" or (at > 1 and words[at - 2].lower() == "to"):
            word = word.lower()  # the verb and the resource type
        if word.lower() in _GROUPS:
            subjects = True
        named = before in (*_GROUPS, "compartment", "id", "service", "tenancy", ",") and word.lower() not in (
            "id",
            "in",
            "to",
        )
        out.append(word if named else _keyword(word))
    return _joined(_permissions_sorted(out))


def _permissions_sorted(words: list[str]) -> list[str]:
    """``to {SECRET_READ, SECRET_BUNDLE_READ} in``: permissions have no order."""
    if "{" not in words or "}" not in words:
        return words
    first, last = words.index("{"), words.index("}")
    names = sorted({word.upper() for word in words[first + 1 : last] if word != ","})
    return [*words[:first], "{", *",".join(names).replace(",", " , ").split(), *words[last:]]


def _joined(words: list[str]) -> str:
    return re.sub(r" ?([={}(),]|!=) ?", r"\1", " ".join(words))


# -- conditions ---------------------------------------------------------------------------------------------------


def _condition_text(words: list[str]) -> str:
    try:
        text, rest = _condition(words)
    except _NotUnderstood:
        return _joined([_keyword(word) for word in words])
    return _joined([text, *(_keyword(word) for word in rest)])


def _condition(words: list[str]) -> tuple[str, list[str]]:
    """The first condition in canonical form, and the words behind it. :raises _NotUnderstood:"""
    if len(words) > 1 and words[0].lower() in ("all", "any") and words[1] == "{":
        return _group(words[0].lower(), words[2:])
    if len(words) < 3 or words[1].lower() not in ("=", "!=", "in", "before", "after", "between"):
        raise _NotUnderstood
    variable, operator = words[0].lower(), words[1].lower()
    if operator in ("=", "!="):
        return f"{variable}{operator}{words[2]}", words[3:]
    end = next((at for at, word in enumerate(words) if word in (",", "}") and "(" not in words[:at]), len(words))
    if "(" in words[:3]:  # in ('a', 'b')
        if ")" not in words:
            raise _NotUnderstood
        end = words.index(")") + 1
        values = sorted(word for word in words[3 : end - 1] if word != ",")
        return f"{variable} {operator} ({','.join(values)})", words[end:]
    return " ".join([variable, operator, *words[2:end]]), words[end:]


def _group(kind: str, words: list[str]) -> tuple[str, list[str]]:
    """What stands behind ``all {`` or ``any {``. One condition alone needs neither."""
    found: set[str] = set()
    while True:
        inner, words = _condition(words)
        found.add(inner)
        if not words or words[0] not in (",", "}"):
            raise _NotUnderstood
        if words.pop(0) == "}":
            text = found.pop() if len(found) == 1 else f"{kind}{{{','.join(sorted(found))}}}"
            return text, words
