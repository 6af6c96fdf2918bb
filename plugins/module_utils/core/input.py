# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Normalizes and validates the options of a task: blank fields, tokens that end in a newline, addresses with a typo.

Both execution paths use it: ``cleaned`` before the options are validated, ``stripped`` and ``check`` before the operation is
created.
"""

from __future__ import annotations

import typing as t
from urllib.parse import unquote
from urllib.request import getproxies

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .errors import InvalidInput
from .pending import is_pending
from .redact import HIDDEN, secret_values
from .spec import ArgumentSpec
from .urls import check_base_url, parsed

if t.TYPE_CHECKING:
    from .operation import Operation

Params = dict[str, t.Any]


def cleaned(spec: ArgumentSpec, given: Params) -> Params:
    """The options without those that are blank or null; credentials without the white space around them."""
    return t.cast("Params", _cleaned(spec, spec.options, given, ""))


def _cleaned(spec: ArgumentSpec, options: t.Any, given: t.Any, path: str) -> t.Any:
    if isinstance(given, list):
        return [_cleaned(spec, options, item, path) for item in given]
    if not isinstance(given, dict):
        return given
    aliases = {alias: name for name, option in options.items() for alias in option.get("aliases", ())}
    out = {}
    for given_as, value in given.items():
        name = aliases.get(given_as, given_as)
        where = f"{path}{name}"
        if isinstance(value, str) and where in (*spec.tokens, *spec.passwords):
            value = value.strip()
        if name in options and (value is None or (value == "" and where not in spec.blank)):
            continue
        inner = options.get(name, {}).get("options")
        out[given_as] = _cleaned(spec, inner, value, f"{where}.") if inner else value
    return out


def secrets(spec: ArgumentSpec, params: Params, proxies: bool = True) -> t.Iterator[str]:
    """All secrets of a task: its ``no_log`` options, and passwords in addresses, including the proxy's (``proxies``)."""
    yield from secret_values(spec.options, params)
    given = (value for name in (*spec.urls, *spec.addresses) for value in _values(params, name.split(".")))
    for address in (*given, *(getproxies().values() if proxies else ())):
        user, at, _host = str(address or "").partition("://")[2].partition("/")[0].rpartition("@")
        if at:
            yield unquote(user.partition(":")[2])
            yield user.partition(":")[2]


def without_secrets(options: dict[str, t.Any], params: Params) -> Params:
    """The options for a result's ``invocation``: values of ``no_log`` options are hidden completely, nested ones
    too."""
    out: Params = {}
    for name, value in params.items():
        option = options.get(name, {})
        inner = option.get("options")
        if value is not None and option.get("no_log"):
            value = HIDDEN
        elif inner and isinstance(value, list):
            value = [without_secrets(inner, item) if isinstance(item, dict) else item for item in value]
        elif inner and isinstance(value, dict):
            value = without_secrets(inner, value)
        out[name] = value
    return out


def stripped(spec: ArgumentSpec, params: Params) -> Params:
    """The validated options; credentials, which may now come from the environment, without the white space around them."""
    return t.cast("Params", _stripped((*spec.tokens, *spec.passwords), params, ""))


def _stripped(credentials: t.Collection[str], given: t.Any, path: str) -> t.Any:
    if isinstance(given, list):
        return [_stripped(credentials, item, path) for item in given]
    if isinstance(given, dict) and (not path or any(name.startswith(path) for name in credentials)):
        return {name: _stripped(credentials, value, f"{path}.{name}".lstrip(".")) for name, value in given.items()}
    return given.strip() if isinstance(given, str) and path in credentials else given


def validated(operation: type[Operation], given: Params) -> Params:
    """The options of an operation that another one runs, as if a task gave them: with defaults, converted and checked.

    :raises InvalidInput: a task could not have them.
    """
    spec = operation.spec
    validation = ArgumentSpecValidator(spec.options, **spec.rules()).validate(cleaned(spec, given))
    if validation.error_messages:
        raise InvalidInput(f"{operation.module}: {'; '.join(validation.error_messages)}")
    params = stripped(spec, validation.validated_parameters)
    check(spec, params)
    return params


def check(spec: ArgumentSpec, params: Params) -> None:
    """:raises InvalidInput: an option is invalid; checked before the first request."""
    for names, header in ((spec.tokens, True), (spec.passwords, False)):
        for name in names:
            for value in _values(params, name.split(".")):
                _check_characters(name, value, header)
    for names, check_address in ((spec.urls, check_base_url), (spec.addresses, parsed)):
        for name in names:
            for value in _values(params, name.split(".")):
                if value and not is_pending(value):
                    check_address(value, name)
    for refuse in spec.checks:
        refuse(params)


def _values(params: t.Any, path: list[str]) -> t.Iterator[t.Any]:
    """The value of an option in the task, or of a sub-option of one or several."""
    for item in params if isinstance(params, list) else [params]:
        value = item.get(path[0]) if isinstance(item, dict) else None
        if len(path) > 1:
            yield from _values(value, path[1:])
        else:
            yield value


def _check_characters(option: str, value: t.Any, header: bool) -> None:
    """A header accepts the printable characters of latin-1 (https://www.rfc-editor.org/rfc/rfc9110#section-5.5)."""
    for position, character in enumerate(value if isinstance(value, str) else "", 1):
        code = ord(character)
        if code < 0x20 or 0x7F <= code < 0xA0 or (header and code > 0xFF):
            raise InvalidInput(
                f"{option} contains the character U+{code:04X} at position {position}, which is not allowed",
                "Copy the value again without invisible characters or line breaks.",
            )
