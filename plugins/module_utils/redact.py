# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where secrets are taken out of what leaves: results, diffs, errors, warnings, progress."""

from __future__ import annotations

import base64
import typing as t
from urllib.parse import quote, quote_plus

HIDDEN = "********"

# Shorter values are hidden only where they stand alone: masking every "no" in a text would hide nothing but the text.
_MIN_SUBSTRING = 4


class Redactor:
    """Knows the secret values of one task and replaces them, in any of the forms a client may send them."""

    def __init__(self, values: t.Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        for value in values:
            self.add(value)

    def add(self, value: str | None) -> None:
        """From now on hide ``value``, also percent-encoded and in base64."""
        if not value:
            return
        encoded = base64.b64encode(value.encode()).decode()
        self._values.update((value, quote(value, safe=""), quote_plus(value), encoded, encoded.rstrip("=")))
        # An error text may quote one line of a secret of several (a PEM key).
        lines = [line for line in value.splitlines() if len(line) >= 16]
        if len(lines) > 1:
            self._values.update(lines)

    def add_basic(self, user: str, password: str) -> None:
        """Hide the password, and the pair as it stands in a Basic ``Authorization`` header."""
        self.add(password)
        self.add(base64.b64encode(f"{user}:{password}".encode()).decode())

    def text(self, text: str) -> str:
        """``text`` with every known secret replaced; the longest first, so that no tail of one is left."""
        if text in self._values:
            return HIDDEN
        for value in sorted(self._values, key=len, reverse=True):
            if len(value) >= _MIN_SUBSTRING and value in text:
                text = text.replace(value, HIDDEN)
        return text

    def clean(self, value: t.Any) -> t.Any:
        """A copy of any JSON-like value with every known secret replaced, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.clean(key): self.clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(item) for item in value]
        return value


def secret_values(options: dict[str, t.Any], params: dict[str, t.Any]) -> t.Iterator[str]:
    """The values of all ``no_log`` options of an argument spec, nested ones included."""
    for name, option in options.items():
        value = params.get(name)
        if value is None:
            continue
        if option.get("no_log"):
            yield from _strings(value)
        elif option.get("options"):
            for item in value if isinstance(value, list) else [value]:
                yield from secret_values(option["options"], item)


def _strings(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)
    else:
        yield str(value)
