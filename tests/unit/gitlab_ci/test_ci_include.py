# SPDX-License-Identifier: GPL-3.0-or-later
"""The one include entry in an existing .gitlab-ci.yml: the existing content is not changed."""

from __future__ import annotations

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import BridgeError
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.include import (
    add_include,
    has_include,
    remove_include,
)

PATH = ".gitlab/repobridge.yml"
ENTRY = "local: /.gitlab/repobridge.yml"

ADDED = {
    "nothing": ("", f"include:\n  - {ENTRY}\n"),
    "no key": ("# Mine\nbuild:\n  script: make", f"# Mine\nbuild:\n  script: make\ninclude:\n  - {ENTRY}\n"),
    "comments only": ("# Later\n", f"# Later\ninclude:\n  - {ENTRY}\n"),
    "key without value": ("include:\nbuild:\n  script: make\n", f"include:\n  - {ENTRY}\nbuild:\n  script: make\n"),
    "text": ("include: a.yml # why\nx: 1\n", f"include:\n  - a.yml # why\n  - {ENTRY}\nx: 1\n"),
    "quoted text at the end": ("include: 'a.yml'", f"include:\n  - 'a.yml'\n  - {ENTRY}\n"),
    "braces": ("include: {local: a.yml}\n", f"include:\n  - {{local: a.yml}}\n  - {ENTRY}\n"),
    "mapping": (
        "include:\n  local: a.yml # a\n  rules:\n    - if: $CI\n\n# jobs\nx: 1\n",
        f"include:\n  - local: a.yml # a\n    rules:\n      - if: $CI\n  - {ENTRY}\n\n# jobs\nx: 1\n",
    ),
    "list": (
        "include:\n  # ours\n  - local: a.yml\n  - b.yml   # b\n\n# jobs\nx: 1\n",
        f"include:\n  # ours\n  - local: a.yml\n  - b.yml   # b\n  - {ENTRY}\n\n# jobs\nx: 1\n",
    ),
    "list at the margin": ("include:\n- a.yml\nx: 1\n", f"include:\n- a.yml\n- {ENTRY}\nx: 1\n"),
    "list at the end without a line break": ("include:\n    - a.yml", f"include:\n    - a.yml\n    - {ENTRY}\n"),
    "list of mappings": (
        "include:\n  - project: g/p\n    file:\n      - a.yml\n      - b.yml\nx: 1\n",
        f"include:\n  - project: g/p\n    file:\n      - a.yml\n      - b.yml\n  - {ENTRY}\nx: 1\n",
    ),
    "brackets": (
        "include: [a.yml, {remote: 'https://x/y.yml'}]\n",
        f"include: [a.yml, {{remote: 'https://x/y.yml'}}, {{{ENTRY}}}]\n",
    ),
    "brackets with a comma": ("include: [a.yml, ]\n", None),
    "empty brackets": ("include: []\n", f"include: [{{{ENTRY}}}]\n"),
    "references": (
        "build:\n  script:\n    - !reference [.a, script]\n",
        f"build:\n  script:\n    - !reference [.a, script]\ninclude:\n  - {ENTRY}\n",
    ),
    "inputs before": (
        "spec:\n  inputs:\n    x:\n---\ninclude: a.yml\n",
        f"spec:\n  inputs:\n    x:\n---\ninclude:\n  - a.yml\n  - {ENTRY}\n",
    ),
    "a text of many lines at the end": (
        "build:\n  script:\n    - |\n      # not a comment\n      make\n",
        f"build:\n  script:\n    - |\n      # not a comment\n      make\ninclude:\n  - {ENTRY}\n",
    ),
    "windows": ("include:\r\n  - a.yml\r\nx: 1\r\n", None),
}


@pytest.mark.parametrize(("before", "after"), ADDED.values(), ids=ADDED.keys())
def test_one_entry_is_added(before: str, after: str | None) -> None:
    got = add_include(before, PATH)
    if after is not None:
        assert got == after
    assert has_include(got, PATH)
    assert add_include(got, PATH) == got


@pytest.mark.parametrize(
    "text",
    [
        f"include: {PATH}\n",
        f"include: /{PATH}\n",
        f"include: {{local: {PATH}}}\n",
        f"include:\n  - a.yml\n  - local: '/{PATH}'\n    rules:\n      - if: $CI\n",
        f'include: ["{PATH}"]\n',
    ],
)
def test_one_that_is_there_is_left(text: str) -> None:
    assert add_include(text, PATH) == text


@pytest.mark.parametrize(
    "text", [f"include: https://example.com/{PATH}\n", f"include: [{{remote: 'x/{PATH}'}}]\n", f"x: {PATH}\n"]
)
def test_another_one_is_not_taken_for_it(text: str) -> None:
    assert not has_include(text, PATH)


BACK = ["no key", "comments only", "list", "list at the margin", "list of mappings", "brackets", "references"]


@pytest.mark.parametrize("name", BACK)
def test_there_and_back(name: str) -> None:
    before = ADDED[name][0]
    assert remove_include(add_include(before, PATH), PATH) == (before if before.endswith("\n") else before + "\n")


def test_nothing_is_left_of_what_was_nothing() -> None:
    assert remove_include(add_include("", PATH), PATH) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"include: /{PATH} # x\nx: 1\n", "x: 1\n"),
        (f"x: 1\ninclude:\n  local: {PATH}\n# y\ny: 1\n", "x: 1\n# y\ny: 1\n"),
        (f"include: [{PATH}, b.yml]\n", "include: [b.yml]\n"),
        (f"include:\n  - {PATH}\n  # b\n  - b.yml\n", "include:\n  # b\n  - b.yml\n"),
        (f"include:\n  - local: {PATH}\n    rules:\n      - if: $CI\n\n  - b.yml\n", "include:\n\n  - b.yml\n"),
        ("include: b.yml\n", "include: b.yml\n"),
    ],
)
def test_it_is_taken_out(before: str, after: str) -> None:
    assert remove_include(before, PATH) == after


@pytest.mark.parametrize("text", ["- a\n", "just a text\n", "x: [1\n", "x: {a: 1}}\n"])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(BridgeError):
        add_include(text, PATH)


@pytest.mark.parametrize(
    "text",
    [
        "{build: {script: make}}\n",
        "x: &a [a.yml]\ninclude: *a\n",
        "build:\n  script: |+\n    make",
        "build: {script: make}\n...\n",
    ],
)
def test_what_can_not_be_done_by_the_letter_is_refused_and_never_damaged(text: str) -> None:
    try:
        got = add_include(text, PATH)
    except BridgeError as error:
        assert "by hand" in str(error)
    else:
        assert has_include(got, PATH)


def test_an_odd_path_is_quoted() -> None:
    assert add_include("", "a b: it's.yml") == "include:\n  - local: '/a b: it''s.yml'\n"
