# SPDX-License-Identifier: GPL-3.0-or-later
"""Every variable of every role, in all the forms in which people, surveys, INI files and ``-e`` give it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.all_hosts import places_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.values import typed, without_blanks

# By the type of an option: a value, and the texts that mean the same.
FORMS: dict[str, list[tuple[Any, tuple[str, ...]]]] = {
    "bool": [(True, ("true", "True", "yes", "on", "1")), (False, ("false", "False", "no", "off", "0"))],
    "int": [(7, ("7", " 7"))],
    "float": [(1.5, ("1.5",)), (2.0, ("2",))],
    "str": [("7", ("7",))],
    "path": [("/etc/ca.pem", ("/etc/ca.pem",))],
}
WRONG = {"bool": "perhaps", "int": "many", "float": "much", "dict": "no-pairs"}
VARIABLES = sorted({(name, option) for target in TARGETS for name in (target,) for option in declared.of_target(name)})

each_variable = pytest.mark.parametrize(("target", "variable"), VARIABLES)


def forms(option: dict[str, Any]) -> list[tuple[Any, tuple[str, ...]]]:
    kind = option.get("type", "str")
    if option.get("choices"):
        values = option["choices"][:1]
        return [(values, (",".join(values), json.dumps(values)))] if kind == "list" else [(values[0], (values[0],))]
    if kind == "list" and option.get("elements", "str") == "str":
        return [(["a", "b"], ("a,b", '["a", "b"]'))]
    if kind == "list" and "options" not in option:
        return [([{"key": "a"}], ('[{"key": "a"}]',))]
    if kind == "dict" and "options" not in option:
        return [({"a": "b"}, ('{"a": "b"}', "a=b"))]
    return FORMS.get(kind, [])


@each_variable
def test_a_text_means_what_the_value_means(target: str, variable: str) -> None:
    options = declared.of_target(target)
    for value, texts in forms(options[variable]):
        native = typed(options, {variable: value})[variable]
        for text in texts:
            assert typed(options, {variable: text})[variable] == native, text


@each_variable
def test_a_text_that_is_no_such_value_is_refused_with_the_name(target: str, variable: str) -> None:
    options = declared.of_target(target)
    kind = options[variable].get("type", "str")
    if kind in WRONG and not options[variable].get("choices"):
        with pytest.raises(InvalidInput, match=variable):
            typed(options, {variable: WRONG[kind]})
    if options[variable].get("choices"):
        with pytest.raises(InvalidInput, match=variable):
            typed(options, {variable: "no such choice"})


@each_variable
def test_blank_is_as_if_it_was_not_given(target: str, variable: str) -> None:
    options = declared.of_target(target)
    for blank in (None, "", "  "):
        given = without_blanks({variable: blank}, TARGETS[target].blank)
        if variable not in TARGETS[target].blank or blank != "":
            assert not given
    assert typed(options, {}).get(variable) == options[variable].get("default")


@pytest.mark.parametrize("target", TARGETS)
def test_a_secret_is_declared_as_one(target: str) -> None:
    """Variables with credentials have ``no_log``, so that no refusal quotes them."""
    words = ("_token", "_password", "_secret", "_key")
    named = [n for n, o in declared.of_target(target).items() if n.endswith(words) and o.get("type", "str") == "str"]
    ids = [
        name
        for name in named
        if "_id" in name
        or name.endswith(("status_key", "ssh_key_name", "_consumer_key", "_project_key", "update_secret"))
        or name in ("cds_ssh_key", "gemnasium_docker_client_key")  # the name of a key, and the path of one
    ]
    assert [name for name in named if name not in ids and not declared.of_target(target)[name].get("no_log")] == []


def test_groups_of_targets_and_what_tags_leave_of_them() -> None:
    every = places_of(TARGETS.values(), ["all"], [])
    assert list(every) == [group for target in TARGETS.values() for group in target.groups]
    for name, target in TARGETS.items():
        own, *of_parts = target.groups
        assert own == name and every[name] == (target, None)
        assert [every[group] for group in of_parts] == [(target, part) for part in target.parts]
        assert set(places_of(TARGETS.values(), [name, "repositories"], None)) == set(target.groups)
        assert set(places_of(TARGETS.values(), ["repositories"], [name])) == set(every) - set(target.groups)


def test_no_role_knows_bitbuckets_addresses() -> None:
    """They are in the package of Bitbucket, and get into the settings from there."""
    for target in TARGETS:
        values = [str(option.get("default")) for option in declared.of_target(target).values()]
        assert not [value for value in values if "bitbucket.org/" in value or "api.bitbucket.org" in value]
