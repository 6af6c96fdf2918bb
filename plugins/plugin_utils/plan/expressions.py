# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The expressions of the roles' own files, compiled once for all hosts.

Ansible's templar costs about a millisecond for an expression, which is most of the time of a converged repository. Roles hold
references, defaults and comparisons; Jinja with Ansible's filters and tests is enough for them. Nothing that a user wrote is
templated here: settings are resolved by Ansible's templar, and results of modules are never templates.
"""

from __future__ import annotations

import typing as t
from functools import cache

from ansible.errors import AnsibleError
from ansible.plugins.filter.core import FilterModule as CoreFilters
from ansible.plugins.filter.mathstuff import FilterModule as MathFilters
from ansible.plugins.test.core import TestModule as CoreTests
from ansible.plugins.test.mathstuff import TestModule as MathTests
from jinja2 import ChainableUndefined, Environment, StrictUndefined, pass_context
from jinja2.exceptions import TemplateError, UndefinedError
from jinja2.runtime import Context, Undefined
from jinja2.utils import missing

# The value of an option that counts as not given.
OMIT = object()
_SCOPE = "__scope__"


class Scope(t.Protocol):
    """The variables of one host at one task."""

    def resolve(self, name: str) -> t.Any:
        """The value of a variable. :raises KeyError: it is not defined."""

    def template(self, name: str) -> str:
        """The text of a template of the task's role."""


class Unresolved(AnsibleError):
    """An expression of a role can't be resolved."""

    # Whether it names something that is not defined, so that another expression may give a default for it.
    is_undefined = False


class NotDefined(Unresolved):
    """An expression names something that is not defined."""

    is_undefined = True


class _Undefined(StrictUndefined):
    """As Ansible's: what lies below something undefined is undefined too, until it is used."""

    __slots__ = ()
    __getattr__ = ChainableUndefined.__getattr__
    __getitem__ = ChainableUndefined.__getitem__  # type: ignore[assignment]


class _Context(Context):
    """Looks variables up in the scope, so that only those that an expression names are computed."""

    def resolve_or_missing(self, key: str) -> t.Any:
        value = super().resolve_or_missing(key)
        if value is not missing:
            return value
        try:
            return self.parent[_SCOPE].resolve(key)
        except KeyError:
            return missing


@pass_context
def _lookup(context: Context, plugin: str, name: str) -> str:
    if plugin != "ansible.builtin.template":
        raise Unresolved(f"the lookup {plugin} is not supported here")
    scope: Scope = context.parent[_SCOPE]
    text = scope.template(name)
    return str(_template(text).render({_SCOPE: scope}))


def _environment() -> Environment:
    environment = Environment(undefined=_Undefined, trim_blocks=True, keep_trailing_newline=True)
    environment.context_class = _Context
    # Jinja's own stay: Ansible's of the same names expect Ansible's undefined values.
    environment.filters = {**CoreFilters().filters(), **MathFilters().filters(), **environment.filters}
    environment.tests = {**CoreTests().tests(), **MathTests().tests(), **environment.tests}
    environment.globals.update({"lookup": _lookup, "omit": OMIT})
    return environment


_ENVIRONMENT = _environment()


@cache
def _expression(text: str) -> t.Callable[..., t.Any]:
    return _ENVIRONMENT.compile_expression(text, undefined_to_none=False)


@cache
def _template(text: str) -> t.Any:
    return _ENVIRONMENT.from_string(text)


@cache
def _only(text: str) -> str | None:
    """The expression that ``text`` is, if it is nothing else: its value keeps its type."""
    bare = text.strip()
    inner = bare[2:-2]
    whole = bare.startswith("{{") and bare.endswith("}}") and "{{" not in inner and "}}" not in inner
    return inner.strip() if whole else None


def evaluate(value: t.Any, scope: Scope) -> t.Any:
    """``value`` with its expressions resolved; of dicts, what is omitted is left out.

    :raises Unresolved: an expression names what is not defined, or can't be evaluated.
    """
    if isinstance(value, dict):
        items = ((key, evaluate(item, scope)) for key, item in value.items())
        return {key: item for key, item in items if item is not OMIT}
    if isinstance(value, list):
        return [item for item in (evaluate(item, scope) for item in value) if item is not OMIT]
    if not isinstance(value, str) or ("{{" not in value and "{%" not in value):
        return value
    only = _only(value)
    return _guarded(
        value, lambda: _expression(only)(**{_SCOPE: scope}) if only else _template(value).render({_SCOPE: scope})
    )


def holds(condition: t.Any, scope: Scope) -> bool:
    """Whether a ``when`` is true. :raises Unresolved:"""
    if not isinstance(condition, str):
        return bool(condition)
    return bool(_guarded(condition, lambda: _expression(condition)(**{_SCOPE: scope})))


def _guarded(text: str, compute: t.Callable[[], t.Any]) -> t.Any:
    try:
        value = compute()
        if isinstance(value, Undefined):
            str(value)  # raises, with the name of what is not defined
        return _whole(value)
    except UndefinedError as error:
        raise NotDefined(f"{error}, in: {text.strip()}") from None
    except NotDefined:
        raise
    except (TemplateError, AnsibleError, TypeError, ValueError) as error:
        raise Unresolved(f"{error}, in: {text.strip()}") from error


def _whole(value: t.Any) -> t.Any:
    """A result with nothing omitted in it; generators of filters become lists."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items() if item is not OMIT}
    if isinstance(value, (list, tuple)):
        return [_whole(item) for item in value if item is not OMIT]
    return value
