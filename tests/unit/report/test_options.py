# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the report in all forms that AWX, ``-e`` and inventories give them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.options import check_variables, validated


@pytest.mark.parametrize("value", ["drift,error", " drift , error ", ["drift", "error"], ["drift ", "", "error"]])
def test_a_list_may_be_a_text(value: Any) -> None:
    assert validated({"fail_on": value})["fail_on"] == ["drift", "error"]


@pytest.mark.parametrize("value", ["", "  ", [], [""], None, ","])
def test_what_is_blank_is_not_set(value: Any) -> None:
    options = validated(dict.fromkeys(("fail_on", "formats"), value) | {"directory": " ", "fail_on_drift": ""})
    assert options == validated({})
    assert options["fail_on"] == ["forbidden", "error"] and options["directory"] is None


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("false", False), ("no", False), (True, True)])
def test_a_switch_may_be_a_text(value: Any, expected: bool) -> None:
    assert validated({"fail_on_drift": value})["fail_on_drift"] is expected


@pytest.mark.parametrize(
    ("option", "name", "value"),
    [
        ("fail_on", "repobridge_fail_on", "drfit"),
        ("formats", "repobridge_report_formats", ["pdf"]),
        ("fail_on_drift", "repobridge_fail_on_drift", "perhaps"),
    ],
)
def test_what_is_wrong_is_named_as_the_operator_named_it(option: str, name: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=option):
        validated({option: value})
    with pytest.raises(InvalidInput, match=f"{name}.*({value[0] if isinstance(value, list) else value})"):
        check_variables({name: value}, {name: value}.__getitem__)
