# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the report, and the variables of a run that give them."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput

from .findings import STATUSES, Values
from .formats import FORMATS

# Statuses that a run can be made to fail on.
FAILING = tuple(status for status in STATUSES if status not in ("ok", "changed", "left out"))
SPEC: dict[str, Values] = {
    "playbook": {"type": "str", "choices": ["site", "audit", "teardown"], "default": "site"},
    "plan": {"type": "dict", "default": {}},
    "directory": {"type": "path"},
    "formats": {"type": "list", "elements": "str", "choices": list(FORMATS), "default": ["json", "html"]},
    "fail_on_drift": {"type": "bool", "default": False},
    "fail_on": {"type": "list", "elements": "str", "choices": list(FAILING), "default": ["forbidden", "error"]},
}
# The variables, which the playbooks hand on.
VARIABLES = {
    "directory": "repobridge_report_dir",
    "formats": "repobridge_report_formats",
    "fail_on": "repobridge_fail_on",
    "fail_on_drift": "repobridge_fail_on_drift",
}


def validated(given: Values, names: t.Mapping[str, str] | None = None) -> Values:
    """The options with their types and defaults; what is blank is not set. ``names`` are those of an error.

    :raises InvalidInput: a value is of the wrong type, or unknown.
    """
    names = names or {}
    out: Values = {}
    for option, spec in SPEC.items():
        value = _without_blanks(given.get(option), spec["type"])
        validation = ArgumentSpecValidator({option: spec}).validate({} if value is None else {option: value})
        if validation.error_messages:
            raise InvalidInput("; ".join(validation.error_messages).replace(option, names.get(option, option), 1))
        out[option] = validation.validated_parameters[option]
    return out


def check_variables(names: t.Container[str], read: t.Callable[[str], t.Any]) -> None:
    """Check what a host's variables say of the report, before anything is looked at. :raises InvalidInput:"""
    validated({option: read(name) for option, name in VARIABLES.items() if name in names}, VARIABLES)


def _without_blanks(value: t.Any, kind: str) -> t.Any:
    """Forms and environment variables give lists as text, with blanks around the commas."""
    if kind == "list" and isinstance(value, str):
        value = value.split(",")
    if kind == "list" and isinstance(value, list):
        value = [one.strip() if isinstance(one, str) else one for one in value]
        return [one for one in value if one != ""] or None
    return None if isinstance(value, str) and not value.strip() else value
