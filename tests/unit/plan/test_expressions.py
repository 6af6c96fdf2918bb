# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions of roles mean here what they mean to Ansible."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.expressions import (
    NotDefined,
    Unresolved,
    evaluate,
    holds,
)


class Scope:
    """A scope of fixed values that remembers which were looked at."""

    def __init__(self, **values: Any) -> None:
        self.values = values
        self.seen: list[str] = []

    def resolve(self, name: str) -> Any:
        self.seen.append(name)
        return self.values[name]

    def template(self, name: str) -> str:
        return {"one.j2": "{% if a %}\n{{ a }}-\\n\n{% endif %}\n"}[name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ a }}", "7"),  # a text stays one, also if it looks like a number
        ("{{ n }}", 7),
        ("{{ d }}", {"x": [1]}),
        ("{{ d.x }}", [1]),
        ("{{ d['x'][0] }}", 1),
        ("v{{ n }}", "v7"),
        ("{{ n }}{{ n }}", "77"),
        ("{{ missing | default(n) }}", 7),
        ("{{ missing.below.it | default('x') }}", "x"),
        ("{{ d.y | default(missing) | default('x') }}", "x"),
        ("{{ empty | default('x', true) }}", "x"),
        ("{{ 'yes' if d.x else missing }}", "yes"),
        ("{{ d.x + [2] }}", [1, 2]),
        ("{{ rows | map(attribute='path') | select('match', 'b') | list }}", ["b"]),
        ("{{ ['a', 'b'] | select('in', d2) | join(':') }}", "a"),
        ("{{ lookup('ansible.builtin.template', 'one.j2') }}", "7-\\n\n"),
        ({"k": "{{ n }}", "o": "{{ missing | default(omit) }}"}, {"k": 7}),
        (["{{ missing | default(omit) }}", "{{ n }}"], [7]),
        (["{{ d }}"], [{"x": [1]}]),
        ("{{ [{'k': n, 'o': omit}] }}", [{"k": 7}]),
        (True, True),
    ],
)
def test_an_expression_has_its_value(text: Any, expected: Any) -> None:
    scope = Scope(a="7", n=7, d={"x": [1]}, d2={"a": 1}, empty="", rows=[{"path": "a"}, {"path": "b"}])
    value = evaluate(text, scope)
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize("text", ["{{ missing }}", "{{ d.y }}", "{{ d.y.z }}", "a {{ missing }}", "{{ missing + 1 }}"])
def test_what_is_not_defined_is_named(text: str) -> None:
    with pytest.raises(NotDefined, match=r"missing|'y'"):
        evaluate(text, Scope(d={"x": 1}))


@pytest.mark.parametrize("text", ["{{ d + 1 }}", "{{ x y }}", "{{ lookup('ansible.builtin.env', 'HOME') }}"])
def test_what_cannot_be_evaluated_is_an_error_with_the_expression(text: str) -> None:
    with pytest.raises(Unresolved) as error:
        evaluate(text, Scope(d={"x": 1}))
    assert text in str(error.value)


def test_a_value_is_never_a_template() -> None:
    """What a service answered, or a user wrote, is not evaluated."""
    scope = Scope(result={"name": "{{ 7 * 7 }}"})
    assert evaluate("{{ result.name }}", scope) == "{{ 7 * 7 }}"
    assert evaluate("a {{ result.name }}", scope) == "a {{ 7 * 7 }}"


def test_only_what_is_named_is_looked_up() -> None:
    scope = Scope(a=1)
    evaluate("{{ a }}", scope)
    assert scope.seen == ["a"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a == 'x'", True),
        ("not a == 'x'", False),
        ("result is changed", True),
        ("result is skipped", False),
        ("other is skipped", True),
        ("a in ['x'] and flag is not false", True),
        ("missing is not defined", True),
        ("missing | default([]) != []", False),
        (False, False),
    ],
)
def test_a_condition_holds_or_not(condition: Any, expected: bool) -> None:
    scope = Scope(a="x", flag=None, result={"changed": True}, other={"changed": False, "skipped": True})
    assert holds(condition, scope) is expected
