# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where secrets are taken out of what leaves: results, diffs, errors, warnings, progress."""

from __future__ import annotations

import base64
import html
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

HIDDEN = "********"

# Shorter values are hidden only where they stand alone: masking every "no" in a text would hide nothing but the text.
_MIN_SUBSTRING = 4
# base64 of a value that stands behind other bytes is only looked for if enough of it is left to be no coincidence.
_MIN_ENCODED = 12
# An error text may quote one line of a secret of several (a PEM key).
_MIN_LINE = 16

# A password that is a word of everyday texts (main, http): hidden everywhere, it would corrupt what later tasks need.
_WORD = re.compile(r"[a-z]{1,10}|[A-Z]{1,10}|[A-Z][a-z]{1,9}|[0-9]{1,5}")
# Where a word is a credential, whatever it is: behind a name for one, and in the user part of an address.
_NAMED = r"(?i:(?:pass(?:word|wd|phrase)?|secret|token|credential|authorization|bearer|basic|api.?key)\w*[\"']?\s*[:=]?\s*[\"']?)"
_IN_ADDRESS = r"://[^/\s:@]*:"


class Redactor:
    """Knows the secret values of one task and replaces them, in any of the forms a client may send them."""

    def __init__(self, values: t.Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._words: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for value in values:
            self.add(value)

    def add(self, value: str | None) -> None:
        """From now on hide ``value`` in all its forms; with and without the white space around it."""
        stripped = (value or "").strip()
        if not value or not stripped:
            return
        if is_word(stripped):
            self._words.add(stripped)
        else:
            for form in {value, stripped}:
                self._values |= _forms(form)
            lines = [line.strip() for line in value.splitlines() if len(line.strip()) >= _MIN_LINE]
            if len(lines) > 1:
                for line in lines:
                    self._values |= _forms(line)
        self._pattern = None

    def add_basic(self, user: str, password: str) -> None:
        """Hide the password, and the pair as it stands in a Basic ``Authorization`` header."""
        self.add(password)
        self.add(base64.b64encode(f"{user}:{password}".encode()).decode())

    @property
    def words(self) -> frozenset[str]:
        """The secrets that equal an ordinary word, and so are hidden only where they stand as a credential."""
        return frozenset(self._words)

    def text(self, text: str) -> str:
        """``text`` with every known secret replaced; the longest first, so that no part of one is left."""
        if text in self._values:
            return HIDDEN
        if self._pattern is None:
            self._pattern = self._compiled()
        text = self._pattern.sub(HIDDEN, text)
        for word in self._words:
            text = re.sub(rf"({_NAMED}|{_IN_ADDRESS}){re.escape(word)}(?!\w)", rf"\1{HIDDEN}", text)
        return text

    def _compiled(self) -> re.Pattern[str]:
        long_enough = sorted((v for v in self._values if len(v) >= _MIN_SUBSTRING), key=len, reverse=True)
        # (?!) matches nothing.
        return re.compile("|".join(map(re.escape, long_enough)) or "(?!)")

    def excerpt(self, text: str, length: int = 500) -> str:
        """The beginning of a text for a message. Redaction comes first, or the cut would leave a part of a secret."""
        text = self.text(" ".join(text.split()))
        return text if len(text) <= length else f"{text[:length]}…"

    def clean(self, value: t.Any) -> t.Any:
        """A copy of any JSON-like value with every known secret replaced, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.clean(key): self.clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(item) for item in value]
        return value


def is_word(value: str) -> bool:
    """Whether a secret is an ordinary word (letters of one case, or a few digits)."""
    return bool(_WORD.fullmatch(value))


def _forms(value: str) -> set[str]:
    """How a value is written in JSON, HTML, URLs, Python's own texts and base64."""
    raw = value.encode("utf-8", "surrogateescape")
    out = {value, repr(value)[1:-1], repr(raw)[2:-1]}
    for ascii_only in (True, False):
        out.add(json.dumps(value, ensure_ascii=ascii_only)[1:-1])
    escaped = html.escape(value)
    out |= {html.escape(value, quote=False), escaped, escaped.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}
    for encoded in (quote(raw, safe=""), quote(raw), quote_plus(raw), quote(raw, safe="/:@!$&'()*+,;=~")):
        out |= {encoded, re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), encoded)}
    out.add(value.replace("'", "'\"'\"'"))  # quoted for a shell
    out |= _base64_forms(raw)
    return {form for form in out if form}


def _base64_forms(raw: bytes) -> set[str]:
    """base64 of the value alone, and its part in the base64 of a longer text, wherever it begins there."""
    alone = base64.b64encode(raw).decode()
    out = {alone, alone.rstrip("=")}
    for before in range(3):
        # Characters that the neighbours take part in are left out.
        inside = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        inside = inside[(0, 2, 3)[before] : len(inside) - (1 if (before + len(raw)) % 3 else 0)]
        if len(inside) >= _MIN_ENCODED:
            out.add(inside)
    return out | {form.replace("+", "-").replace("/", "_") for form in out}


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
                if isinstance(item, dict):
                    yield from secret_values(option["options"], item)


def _strings(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)
    elif value is not None:
        yield str(value)
