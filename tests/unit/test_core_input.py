# SPDX-License-Identifier: GPL-3.0-or-later
"""Options with typical mistakes: tables over the options of all modules, and input.py, urls.py and refs.py by
themselves."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core import refs, urls
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.input import (
    check,
    cleaned,
    secrets,
    stripped,
    without_secrets,
)
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.redact import HIDDEN
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.spec import ArgumentSpec, env
from tests.integration import examples
from tests.integration.in_process import operation_of

SPECS = {module: operation_of(module).spec for module in examples.modules()}
Option = tuple[str, dict[str, Any]]


def walk(options: dict[str, dict[str, Any]], path: str = "") -> Iterator[Option]:
    """All options and sub-options, by their names with dots."""
    for name, option in options.items():
        yield f"{path}{name}", option
        yield from walk(option.get("options") or {}, f"{path}{name}.")


EVERYTHING = [(module, name, option) for module, spec in SPECS.items() for name, option in walk(spec.options)]
WITH_VARIABLES = sorted(
    {
        (name, tuple(option["fallback"][1]), str(option.get("default")), module.partition("_")[0]): module
        for module, name, option in EVERYTHING
        if "fallback" in option
    }.items()
)

# -- all modules --------------------------------------------------------------------------------------------------------

# What a service stores is stored as it is given, line breaks and all. An address is checked as such.
PAYLOADS = ("content", "content_base64", "variables.secret_value", "secret_url")
# From the result of an earlier task; each is checked where it becomes an option of its own.
FROM_A_RESULT = ("sessions",)
# Named like an address, and is none.
NO_ADDRESS = ("urls", "push_run_url", "servers.push_run_url", "projects.push_run_url")
# An address for each service: a check of its own looks at every one.
CHECKED_BY_ITSELF = ("endpoints", "oci.endpoints")


def test_every_secret_is_a_credential_or_known_to_be_a_payload() -> None:
    unknown = [
        f"{module}.{name}"
        for module, name, option in EVERYTHING
        if option.get("no_log")
        and name not in (*SPECS[module].tokens, *SPECS[module].passwords, *PAYLOADS, *FROM_A_RESULT)
    ]
    assert not unknown, "declare them as tokens or passwords of the spec"


def test_every_name_in_a_spec_is_one_of_its_options() -> None:
    wrong = []
    for module, spec in SPECS.items():
        known = {name for name, _option in walk(spec.options)}
        for kind in ("blank", "tokens", "passwords", "urls", "addresses"):
            # The description that all resources of OCI may have is declared for them together.
            wrong += [f"{module}.{name}" for name in getattr(spec, kind) if name not in known | {"description"}]
    assert not wrong


def test_every_address_is_checked() -> None:
    unchecked = [
        f"{module}.{name}"
        for module, name, option in EVERYTHING
        if re.search(r"(^|[._])(url|urls|endpoint|endpoints|docker_host)($|_public$)", name)
        and name not in (*SPECS[module].urls, *SPECS[module].addresses, *NO_ADDRESS, *CHECKED_BY_ITSELF)
    ]
    assert not unchecked, "declare them as urls or addresses of the spec"


def inside(params: Any, name: str) -> Any:
    """The value of an option, or of one of the options of another, or of those in the only entry of a list."""
    outer, _, inner = name.partition(".")
    value = params[outer]
    value = value[0] if inner and isinstance(value, list) else value
    return inside(value, inner) if inner else value


def alone(options: dict[str, dict[str, Any]], name: str) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The options with none but this one, and the option itself."""
    outer, _, inner = name.partition(".")
    option = {**options[outer], "required": False}
    if not inner:
        return {outer: option}, option
    suboptions, wanted = alone(option["options"], inner)
    return {outer: {**option, "options": suboptions}}, wanted


def given_as(options: dict[str, dict[str, Any]], name: str, *value: Any) -> dict[str, Any]:
    """A task's options with this one; without a ``value`` what stands around it."""
    outer, _, inner = name.partition(".")
    if not inner:
        return {outer: value[0]} if value else {}
    found = given_as(options[outer]["options"], inner, *value)
    return {outer: [found] if options[outer]["type"] == "list" else found}


def with_defaults(options: dict[str, dict[str, Any]], given: dict[str, Any]) -> dict[str, Any]:
    """The given options, and in objects all others."""
    out = {}
    for name, value in given.items():
        inner = options[name].get("options")
        entries = [
            {**{one: o.get("default") for one, o in inner.items()}, **with_defaults(inner, entry)}
            for entry in (value if isinstance(value, list) else [value])
            if inner
        ]
        out[name] = (entries if isinstance(value, list) else entries[0]) if inner else value
    return out


def valid(module: str, **given: Any) -> dict[str, Any]:
    """Options that pass the checks of a spec, but for ``given``."""
    spec = SPECS[module]
    params = dict.fromkeys(spec.options)
    return {**params, **{name: o["default"] for name, o in spec.options.items() if "default" in o}, **given}


# A setting of the project, which GitLab itself checks: nobody here waits for it.
OF_THE_SERVICE = ("build_timeout",)
TIMES = sorted(
    {(module, name) for module, name, o in EVERYTHING if o["type"] == "float" or "timeout" in name.partition(".")[0]}
)


@pytest.mark.parametrize("value", [-1.0, math.inf, math.nan, 1e9])
def test_every_time_is_bounded(value: float) -> None:
    unbounded = []
    for module, name in TIMES:
        if name in OF_THE_SERVICE:
            continue
        try:
            outer = name.partition(".")[0]
            usual = {outer: SPECS[module].options[outer]}
            check(SPECS[module], valid(module, **with_defaults(usual, given_as(usual, name, value))))
            unbounded.append(f"{module}.{name}")
        except InvalidInput as error:
            assert str(error).startswith(name)
    assert not unbounded


def test_the_other_options_that_the_tables_give_are_right() -> None:
    for module, spec in SPECS.items():
        check(spec, valid(module))


@pytest.mark.parametrize("value", ["", " ", "\t\n"])
@pytest.mark.parametrize(("key", "module"), WITH_VARIABLES, ids=lambda value: "-".join(map(str, value[:2])))
def test_an_empty_variable_is_not_set(key: tuple[str, tuple[str, ...], str, str], module: str, value: str) -> None:
    name, variables = key[:2]
    options, option = alone(SPECS[module].options, name)
    spec, around = ArgumentSpec(options), given_as(options, name)
    outcome = validated(spec, around, dict.fromkeys(variables, value))
    assert outcome == validated(spec, around, {})
    right = right_for(option)
    assert str(inside(validated(spec, around, {variables[-1]: right}), name)) == right


def right_for(option: dict[str, Any]) -> str:
    """A value that the option takes, as the text it has then."""
    by_type = {"float": "7.5", "int": "7", "path": "/x", "bool": "False"}
    return str((option.get("choices") or [by_type.get(option["type"], "right")])[0])


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize(("key", "module"), WITH_VARIABLES, ids=lambda value: "-".join(map(str, value[:2])))
def test_an_empty_option_lets_the_environment_count(
    key: tuple[str, tuple[str, ...], str, str], module: str, value: str | None
) -> None:
    name, variables = key[:2]
    options, option = alone(SPECS[module].options, name)
    spec = ArgumentSpec(options)
    right = right_for(option)
    assert name not in SPECS[module].blank
    assert str(inside(validated(spec, given_as(options, name, value), {variables[0]: right}), name)) == right


def validated(spec: ArgumentSpec, given: dict[str, Any], variables: dict[str, str]) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    with mock.patch.dict(os.environ, {**kept, **variables}, clear=True):
        validation = ArgumentSpecValidator(spec.options, **spec.rules()).validate(cleaned(spec, given))
        assert not validation.error_messages
        return dict(validation.validated_parameters)


def test_of_an_empty_text_that_means_something_all_is_kept() -> None:
    for module, spec in SPECS.items():
        for name in spec.blank:
            if "." not in name and name in spec.options:
                assert cleaned(spec, {name: ""}) == {name: ""}, f"{module}.{name}"


# -- input ---------------------------------------------------------------------------------------------------------------

SPEC = ArgumentSpec(
    {
        "name": {"type": "str", "aliases": ["title"]},
        "note": {"type": "str"},
        "token": env("REPOBRIDGE_TEST_TOKEN", no_log=True),
        "password": {"type": "str", "no_log": True},
        "stored": {"type": "str", "no_log": True},
        "url": {"type": "str"},
        "address": {"type": "str"},
        "server": {"type": "dict", "options": {"url": {"type": "str"}, "password": {"type": "str", "no_log": True}}},
        "items": {
            "type": "list",
            "elements": "dict",
            "options": {"key": {"type": "str"}, "secret": {"type": "str", "no_log": True}, "text": {"type": "str"}},
        },
    },
    blank=("note", "items.text"),
    tokens=("token",),
    passwords=("password", "items.secret", "server.password"),
    urls=("url", "server.url"),
    addresses=("address",),
)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"name": "", "note": "", "token": ""}, {"note": ""}),
        ({"name": None, "note": None}, {}),
        ({"title": ""}, {}),
        ({"title": "x"}, {"title": "x"}),
        ({"token": " t\r\n", "password": "\tp ", "stored": " s\n"}, {"token": "t", "password": "p", "stored": " s\n"}),
        ({"token": " \n"}, {}),
        ({"token": 7, "name": 0, "url": False}, {"token": 7, "name": 0, "url": False}),
        ({"items": [{"key": "", "secret": " s ", "text": ""}]}, {"items": [{"secret": "s", "text": ""}]}),
        ({"items": {"secret": " s "}}, {"items": {"secret": "s"}}),
        ({"items": ["x", 1, None]}, {"items": ["x", 1, None]}),
        ({"server": {"password": "p\n"}}, {"server": {"password": "p"}}),
        ({"unknown": ""}, {"unknown": ""}),
    ],
)
def test_cleaned(given: dict[str, Any], left: dict[str, Any]) -> None:
    assert cleaned(SPEC, given) == left


def test_what_comes_from_the_environment_is_stripped_too() -> None:
    assert stripped(SPEC, {"token": "t\n", "stored": "s\n", "password": None}) == {
        "token": "t",
        "stored": "s\n",
        "password": None,
    }


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("token", "one\ntwo", "U+000A"),
        ("token", "zero\u200bwidth", "U+200B"),
        ("token", "€uro", "U+20AC"),
        ("token", "nul\x00", "U+0000"),
        ("token", "\x7f", "U+007F"),
        ("token", "c1\x85", "U+0085"),
        ("password", "one\ntwo", "U+000A"),
        ("password", "nul\x00", "U+0000"),
        ("password", "esc\x1b[31m", "U+001B"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name_and_code(option: str, value: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check(SPEC, {option: value})
    position = value.index(chr(int(code[2:], 16))) + 1
    assert str(caught.value).startswith(f"{option} contains the character {code} at position {position}, ")
    assert not any(part in str(caught.value) for part in re.split(r"[^a-z0-9]", value) if len(part) > 2)


def test_sub_options_are_checked_by_their_names() -> None:
    for params, name in (
        ({"items": [{"secret": "fine"}, {"secret": "one\ntwo"}]}, "items.secret"),
        ({"server": {"password": "one\ntwo"}}, "server.password"),
        ({"server": {"url": "ftp://x"}}, "server.url"),
    ):
        with pytest.raises(InvalidInput, match=f"^{name} "):
            check(SPEC, params)


@pytest.mark.parametrize("value", ["café", "\"'<&>%\\$`{{ x }}", "a b"])
def test_what_can_be_sent_passes(value: str) -> None:
    check(SPEC, {"token": value, "password": value + "€\u200b", "stored": "\n\x00"})


def test_secrets_are_found_wherever_they_stand() -> None:
    given = {
        "tokn": "misspelled",
        "token": "right",
        "items": {"COLOUR": "not a list"},
        "server": "no object",
        "url": "https://ada:in%20url@host/",
        "address": "https://ada:p@ss@host",
        "note": "plain",
    }
    with mock.patch.dict(os.environ, {"https_proxy": "http://me:of-proxy@proxy:3128"}):
        found = set(secrets(SPEC, given))
    wanted = {"misspelled", "right", "not a list", "no object", "in url", "p@ss", "of-proxy"}
    assert wanted <= found
    assert "plain" not in found


def test_an_invocation_shows_no_secret() -> None:
    params = {"token": "t", "password": None, "items": [{"key": "k", "secret": "s"}, "x"], "server": {"password": "p"}}
    assert without_secrets(SPEC.options, params) == {
        "token": HIDDEN,
        "password": None,
        "items": [{"key": "k", "secret": HIDDEN}, "x"],
        "server": {"password": HIDDEN},
    }


# -- urls ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["https://host", "HTTP://Host:8080/path/", "https://[::1]:8443/x", "http://10.0.0.1"])
def test_a_base_url(url: str) -> None:
    urls.check_base_url(url, "api_url")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("host", "must begin with"),
        ("ftp://host", "must begin with"),
        ("https://", "must begin with"),
        ("https:///path", "must begin with"),
        ("https://[::1", "is malformed"),
        ("https://host:secret", "is malformed"),
        ("https://host:99999", "is malformed"),
        ("https://ho st", "U\\+0020"),
        ("https://host/\n", "U\\+000A"),
        ("https://ada:secret@host", "must not contain a user name"),
        ("https://host?secret=1", "must not contain a query"),
        ("https://host#secret", "must not contain a query"),
        ("https://hoﬀst℀secret", "is malformed"),
    ],
)
def test_no_base_url(url: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as caught:
        urls.check_base_url(url, "api_url")
    assert str(caught.value).startswith("api_url ")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://Host/a", "https://host:443/b", True),
        ("http://host", "http://host:80", True),
        ("http://host", "https://host", False),
        ("https://host:8443", "https://host", False),
        ("https://ada:x@host", "https://host", True),
        ("https://host.example", "https://host", False),
    ],
)
def test_origins(one: str, other: str, same: bool) -> None:
    assert (urls.origin(one) == urls.origin(other)) is same


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert urls.without_query("https://ada:x@host:1/p?token=y#z") == "https://host:1/p"


@pytest.mark.parametrize("name", ["", ".", "..", "a/..", "../b", "a/./b", "a//../b"])
def test_no_segment(name: str) -> None:
    with pytest.raises(InvalidInput):
        urls.segment(name)


def test_names_become_segments() -> None:
    assert urls.segment("a b/ü?#%") == "a%20b%2F%C3%BC%3F%23%25"
    assert urls.joined("acme/shop", "a/b") == "acme%2Fshop/a%2Fb"
    assert urls.nested("a b/c#d") == "a%20b/c%23d"
    assert urls.segment("...") == "..."


# -- refs ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["main", "feature/cart", "release-1.0", "ü", "a@b", "HEAD2", "x.lockx"])
def test_a_branch(name: str) -> None:
    refs.branch_names("branch", "other")({"branch": name, "other": None})


@pytest.mark.parametrize(
    "name",
    ["", "+main", "main:other", "-x", ".x", "a..b", "a b", "a~1", "a^", "a?", "a*", "a[", "a\\b", "/a", "a/", "a//b",
     "a.", "a.lock", "a.lock/b", "a/.b", "a@{1", "@", "refs/heads/main", "a\x07b", "a\nb"],
)  # fmt: skip
def test_no_branch(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"^branch: "):
        refs.branch_names("branch")({"branch": name})
