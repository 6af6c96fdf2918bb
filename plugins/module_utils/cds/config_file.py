# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TOML file that is edited in place: what the task does not name stays as it is, comments and unknown keys too.

The engine finds keys in any case of letters, so they are found here in any case as well; a second one beside it would be
read or not by chance.
"""

from __future__ import annotations

import re
import typing as t

from ..core.errors import BridgeError
from .config_keys import Key

try:
    import tomlkit
    from tomlkit.exceptions import ParseError, TOMLKitError
except ImportError:  # named by the module before the first call (Operation.requires)
    ParseError = TOMLKitError = Exception  # type: ignore[assignment,misc]

Table = t.MutableMapping[str, t.Any]
_SECRET = re.compile(r"(token|secret|password|privatekey|rsaprivate|encryptionkey|webhookkey)$", re.IGNORECASE)


def parse(text: str, path: str) -> t.Any:
    """:raises BridgeError: not TOML. No word of the file is in the message, only the place."""
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        if isinstance(error, ParseError):
            place = f"line {error.line}, column {error.col}"
        else:  # a key twice
            place = type(error).__name__
    raise BridgeError(
        f"{path} is not valid TOML: {place}", kind="invalid", remedy="The engine could not read it either."
    )


def text(document: t.Any) -> str:
    """The file that ``parse`` read, with the changes."""
    return str(tomlkit.dumps(document))


def find(table: t.Any, name: str) -> str | None:
    """The key as it is written in the file."""
    if not isinstance(table, dict):
        return None
    if name in table:
        return name
    return next((key for key in table if key.lower() == name.lower()), None)


def section(document: t.Any, *path: str) -> t.Any:
    """The table at a path, or None."""
    for name in path:
        key = find(document, name)
        if key is None:
            return None
        document = document[key]
    return document if isinstance(document, dict) else None


def make_section(document: Table, *path: str) -> Table:
    """The table at a path, made where it is missing."""
    for name in path:
        key = find(document, name)
        if key is None:
            document[name] = tomlkit.table()
            key = name
        document = document[key]
    return document


def value(table: t.Any, key: Key) -> t.Any:
    """A setting by its effect; None where the file says nothing and CDS has no plain default."""
    place = section(table, *key.path[:-1])
    name = find(place, key.path[-1])
    raw = place[name] if name is not None else key.default
    raw = raw.unwrap() if hasattr(raw, "unwrap") else raw
    return not raw if key.opposite and isinstance(raw, bool) else raw


def put(table: Table, key: Key, wanted: t.Any) -> None:
    """Write a setting where it is, or where it belongs. Comments beside it stay."""
    place = make_section(table, *key.path[:-1])
    place[find(place, key.path[-1]) or key.path[-1]] = not wanted if key.opposite else wanted


def remove(document: Table, *path: str) -> None:
    """Take a table away, and what holds it if nothing else is left there."""
    holder = section(document, *path[:-1])
    name = find(holder, path[-1])
    if name is not None:
        del holder[name]


def secrets(table: t.Any) -> t.Iterator[str]:
    """The values of all keys that look like one, wherever they are: the file holds more of them than a task manages."""
    for name, item in table.items():
        if isinstance(item, dict):
            yield from secrets(item)
        elif isinstance(item, list):
            for inner in item:
                if isinstance(inner, dict):
                    yield from secrets(inner)
        elif _SECRET.search(name) and isinstance(item, str) and len(item) > 3:
            yield str(item)


def twins(table: t.Any, path: str = "") -> t.Iterator[str]:
    """Keys that are there twice, but for their case."""
    seen: dict[str, str] = {}
    for name, item in table.items():
        where = f"{path}.{name}" if path else name
        if name.lower() in seen:
            yield f"{seen[name.lower()]} and {where}"
        seen.setdefault(name.lower(), where)
        if isinstance(item, dict):
            yield from twins(item, where)
