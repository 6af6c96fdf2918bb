# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file with which a repository takes part: written by those who may commit there, and read as data.

It is small YAML without anchors and tags. It chooses among the targets, and sets variables, as far as the inventory's author
allows; no value in it is ever a template.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

import yaml

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.names import groups_of_targets

_KEYS = ("targets", "variables")
_DEEPEST = 10
_SCALARS = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Allowed:
    """What such a file may choose: inventory groups of targets, and documented variables."""

    targets: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    def check(self) -> None:
        """:raises InvalidInput: these are no groups of targets, or no variables that a file in a repository may have."""
        wrong = sorted(set(self.targets) - set(groups_of_targets()))
        if wrong:
            raise InvalidInput(
                f"opt_in_targets has {', '.join(wrong)}, but the groups of targets are {', '.join(groups_of_targets())}"
            )
        unknown = sorted(set(self.variables) - declared.of_all())
        if unknown:
            raise InvalidInput(f"opt_in_variables has {', '.join(unknown)}, which no role documents")
        secret = sorted(set(self.variables) & declared.secrets())
        if secret:
            raise InvalidInput(
                f"opt_in_variables has {', '.join(secret)}", "A credential does not belong into a file of a repository."
            )


@dataclass(frozen=True)
class OptIn:
    """What the file of a repository says."""

    targets: tuple[str, ...] = ()
    variables: dict[str, t.Any] = field(default_factory=dict)


def parsed(text: str, allowed: Allowed) -> OptIn:
    """:raises InvalidInput: the file is malformed, or has something that is not allowed."""
    content = _loaded(text)
    if content is None:
        return OptIn()
    if not isinstance(content, dict):
        raise InvalidInput("it must be a mapping")
    _refuse("key", set(map(str, content)) - set(_KEYS), _KEYS)
    targets, variables = content.get("targets") or [], content.get("variables") or {}
    if not isinstance(targets, list) or not all(isinstance(one, str) for one in targets):
        raise InvalidInput("targets must be a list of names")
    if not isinstance(variables, dict):
        raise InvalidInput("variables must be a mapping")
    _refuse("target", set(targets) - set(allowed.targets), allowed.targets)
    _refuse("variable", set(variables) - set(allowed.variables), allowed.variables)
    return OptIn(tuple(dict.fromkeys(targets)), variables)


def _refuse(what: str, wrong: set[str], right: t.Sequence[str]) -> None:
    if wrong:
        raise InvalidInput(
            f"it has the {what} {', '.join(sorted(name[:100] for name in wrong))}, which is not allowed; allowed are "
            f"{', '.join(right) or 'none'}"
        )


def _loaded(text: str) -> t.Any:
    try:
        _check_events(text)
        return _plain(yaml.safe_load(text))
    except (yaml.YAMLError, ValueError) as error:
        # PyYAML quotes the line; where it stands is enough.
        mark = getattr(error, "problem_mark", None)
        raise InvalidInput(f"it is not valid YAML{f' (line {mark.line + 1})' if mark else ''}") from None


def _check_events(text: str) -> None:
    """:raises InvalidInput: an alias, which may stand for any amount of data, or too many levels."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InvalidInput("anchors and aliases are not allowed")
        if getattr(event, "tag", None):
            raise InvalidInput("tags are not allowed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise InvalidInput(f"it has more than {_DEEPEST} levels")


def _plain(value: t.Any) -> t.Any:
    """:raises InvalidInput: something that JSON does not have, such as a date or a key that is a number."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise InvalidInput("a key is not a text")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, _SCALARS):
        raise InvalidInput(f"a value is a {type(value).__name__}: write it as a text in quotes")
    return value
