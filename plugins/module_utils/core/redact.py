# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that removes secrets from all output: results, diffs, errors, warnings, progress."""

from __future__ import annotations

import base64
import re
import typing as t
from functools import lru_cache

from .spelling import base64_spelling, spelling

HIDDEN = "********"

# Shorter values are hidden only if they stand alone: masking every "no" in a text would only make the text unreadable.
_MIN_SUBSTRING = 4
# base64 inside a longer base64 text is only searched if enough of it remains to exclude a coincidence.
_MIN_ENCODED = 12
# The same of one without its padding, which shows where it ends.
_MIN_ENCODED_ALONE = 8
# An error text may quote one line of a multi-line secret (a PEM key).
_MIN_LINE = 16

# A password that is an ordinary word (main, http): hidden everywhere, it would corrupt values that later tasks need.
_WORD = re.compile(r"[a-z]{1,10}|[A-Z]{1,10}|[A-Z][a-z]{1,9}|[0-9]{1,5}")
# Places where any word is a credential: after a name for one, and in the user part of an address.
_CREDENTIAL = r"(?i:pass(?:word|wd|phrase)?|secret|token|credential|authorization|bearer|basic|api.?key)"
_QUOTE = r"(?:\\*[\"']|&(?:quot|apos|#34|#39|#x27);)?"
_NAMED = rf"{_CREDENTIAL}\w*{_QUOTE}(?:\s*(?:[:=]|%3[AaDd])\s*|\s+){_QUOTE}"
_IN_ADDRESS = r"://[^/\s]*:"
_UNCERTAIN = re.compile(r"[^A-Za-z0-9]+")
_NAME = re.compile(rf"(?:.*[_.-])?{_CREDENTIAL}(?:[_-](?i:value))?")


class Redactor:
    """Knows the secret values of one task and replaces them, in any of the forms a client may send them."""

    def __init__(self, values: t.Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._lines: set[str] = set()
        self._words: set[str] = set()
        self._forms: list[_Form] | None = None
        # No shorter text has a secret in it.
        self._shortest = 0
        for value in values:
            self.add(value)

    def add(self, value: str | None) -> None:
        """Hide ``value`` from now on in all its forms, with and without surrounding white space."""
        stripped = (value or "").strip()
        if not value or not stripped:
            return
        if is_word(stripped):
            self._words.add(stripped)
        else:
            self._values |= {value, stripped}
            self._lines |= {line.strip() for line in value.splitlines() if len(line.strip()) >= _MIN_LINE}
        self._forms = None

    def add_basic(self, user: str, password: str) -> None:
        """Hide the password, and the pair in the form of a Basic ``Authorization`` header."""
        self.add(password)
        self._values |= {f"{user}:{password}", base64.b64encode(f"{user}:{password}".encode()).decode()}
        self._forms = None

    @property
    def words(self) -> frozenset[str]:
        """The secrets that equal an ordinary word, and are hidden only where they are used as a credential."""
        return frozenset(self._words)

    def hides(self, value: str) -> bool:
        """Whether this secret is hidden in every place; words and very short secrets are not."""
        stripped = value.strip()
        return len(stripped) >= _MIN_SUBSTRING and stripped not in self._words

    def text(self, text: str) -> str:
        """``text`` with every known secret replaced; the longest first, so that no part of one remains."""
        if text in self._values:
            return HIDDEN
        if self._forms is None:
            forms = self._all_forms()
            self._shortest = min((len(form.certain) for form in forms), default=0)
            self._forms = forms
        if len(text) >= self._shortest:
            for form in self._forms:
                if form.certain in text:
                    text = form.hidden_in(text)
        for word in self._words:
            text = re.sub(rf"({_NAMED}){re.escape(word)}(?!\w)", rf"\1{HIDDEN}", text)
            text = re.sub(rf"({_IN_ADDRESS}){re.escape(word)}(?=@)", rf"\1{HIDDEN}", text)
        return text

    def _all_forms(self) -> list[_Form]:
        long_enough = {value for value in self._values if len(value) >= _MIN_SUBSTRING}
        encoded = {form for value in long_enough for form in _base64_forms(value)}
        forms = [_form(value, spelling) for value in sorted(long_enough | self._lines, key=len, reverse=True)]
        return forms + [_form(form, base64_spelling) for form in sorted(encoded, key=len, reverse=True)]

    def excerpt(self, text: str, length: int = 500) -> str:
        """The beginning of a text for a message. It is redacted before it is cut, so that no part of a secret
        remains."""
        text = " ".join(self.text(text).split())
        return text if len(text) <= length else f"{text[:length]}…"

    def clean(self, value: t.Any) -> t.Any:
        """A copy of any JSON-like value with every known secret replaced, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            cleaned = self._named if self._words else self._below
            return {self.clean(key): cleaned(key, item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.clean(item) for item in value]
        return value

    def _below(self, _name: t.Any, value: t.Any) -> t.Any:
        return self.text(value) if isinstance(value, str) else self.clean(value)

    def _named(self, name: t.Any, value: t.Any) -> t.Any:
        """A word is hidden below a name for a credential."""
        if isinstance(value, str) and value in self._words and isinstance(name, str) and _NAME.fullmatch(name):
            return HIDDEN
        return self.clean(value)


class _Form:
    """A secret in all its spellings. Its pattern takes milliseconds to compile, so it is only compiled for a text
    that may contain it."""

    def __init__(self, value: str, spelled: t.Callable[[str], str]) -> None:
        self._value, self._spelled = value, spelled
        # Letters and digits are written in one way only, see spelling.py.
        self.certain = max(_UNCERTAIN.split(value), key=len)
        self._pattern: re.Pattern[str] | None = None

    def hidden_in(self, text: str) -> str:
        self._pattern = self._pattern or re.compile(self._spelled(self._value))
        return self._pattern.sub(HIDDEN, text)


# The tasks of a run have mostly the same secrets: of all hosts, and of all roles.
@lru_cache(maxsize=1024)
def _form(value: str, spelled: t.Callable[[str], str]) -> _Form:
    return _Form(value, spelled)


def is_word(value: str) -> bool:
    """Whether a secret is an ordinary word (letters of one case, or a few digits)."""
    return bool(_WORD.fullmatch(value))


@lru_cache(maxsize=1024)
def _base64_forms(value: str) -> frozenset[str]:
    """base64 of the value alone, and its part in the base64 of a longer text, wherever it begins there."""
    raw = value.encode("utf-8", "surrogateescape")
    alone = base64.b64encode(raw).decode()
    out = {alone}
    if len(alone.rstrip("=")) >= _MIN_ENCODED_ALONE:
        out.add(alone.rstrip("="))
    for before in range(3):
        # Characters that also depend on the neighbouring bytes are omitted.
        inside = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        inside = inside[(0, 2, 3)[before] : len(inside) - (1 if (before + len(raw)) % 3 else 0)]
        if len(inside) >= _MIN_ENCODED:
            out.add(inside)
    return frozenset(out)


def secret_values(options: dict[str, t.Any], params: dict[str, t.Any]) -> t.Iterator[str]:
    """The values of all ``no_log`` options of an argument spec, nested ones included.

    A value that is not an option (a misspelled ``api_tokn``, a mapping of names to tokens instead of a list of objects) may be
    a secret as well: it is rejected anyway, so nothing is lost when it is hidden.
    """
    aliases = {alias: name for name, option in options.items() for alias in option.get("aliases", ())}
    for given_as, value in params.items():
        option = options.get(aliases.get(given_as, given_as))
        if option is None or option.get("no_log"):
            yield from _strings(value)
        elif option.get("options"):
            for item in value if isinstance(value, (list, tuple)) else [value]:
                yield from secret_values(option["options"], item) if isinstance(item, dict) else _strings(item)


def _strings(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
