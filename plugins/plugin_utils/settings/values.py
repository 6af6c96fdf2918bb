# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converts the variables of a host to the types that a role's argument specs declare.

Extra variables, surveys and INI inventories convert everything to strings; a blank field is an empty string, or null. Both
are handled here, before a value is used.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.redact import Redactor, secret_values

Options = dict[str, dict[str, t.Any]]
Values = dict[str, t.Any]


@dataclass
class Resolved:
    """The values of a host's variables."""

    values: Values
    warnings: list[str] = field(default_factory=list)


def is_blank(value: t.Any) -> bool:
    """Whether a value counts as not set."""
    return value is None or (isinstance(value, str) and not value.strip())


def without_blanks(values: Values, blank: t.Collection[str] = ()) -> Values:
    """The values that are set; ``blank`` are the options for which an empty string is a value."""
    return {name: value for name, value in values.items() if not is_blank(value) or (value == "" and name in blank)}


def typed(options: Options, given: Values) -> Values:
    """``given`` in the types of ``options``, with their defaults; options without a value are omitted.

    :raises InvalidInput: values of a wrong type or not among the choices; all of them are listed.
    """
    spec = {name: _plain(option) for name, option in options.items()}
    given = {
        name: _listed(value) if spec.get(name, {}).get("type") == "list" else value for name, value in given.items()
    }
    validation = ArgumentSpecValidator(spec).validate(given)
    if validation.error_messages:
        # A validator's message contains the value that it cannot convert, which may be a secret.
        redactor = Redactor(secret_values(spec, given))
        raise InvalidInput(redactor.text("; ".join(validation.error_messages)))
    return {name: value for name, value in validation.validated_parameters.items() if value is not None}


def _listed(value: t.Any) -> t.Any:
    """A list that is given as a JSON string; ansible-core would split such a string at its commas."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _plain(option: dict[str, t.Any]) -> dict[str, t.Any]:
    """An option of a role's argument specs in the terms of AnsibleModule. The target checks which options are
    required."""
    kept = ("type", "elements", "choices", "default", "no_log")
    out = {key: option[key] for key in kept if key in option}
    if "options" in option:
        out["options"] = {
            name: {**_plain(one), "required": one.get("required", False)} for name, one in option["options"].items()
        }
    return out
