# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are easily recognised, and the search for them: in all spellings, and in process lists."""

from __future__ import annotations

import base64
import html
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

# A piece of a secret of this length is a leak too.
PIECE = 12
SPECIAL = "\"'<&>%\\$`+/=#? é"


def canary(special: str = "") -> str:
    """A new secret with special characters, each between random ones, so that every piece of it is in no other."""
    return "".join([secrets.token_hex(8), *(f"{character}{secrets.token_hex(2)}" for character in special)])


def forms(secret: str, user: str = "") -> set[str]:
    """How clients and services write it; each encoder has its own opinion of what is special."""
    raw = secret.strip()
    out = {raw, json.dumps(raw)[1:-1], json.dumps(raw, ensure_ascii=False)[1:-1], repr(raw)[1:-1]}
    out |= {_go_json(raw), json.dumps(json.dumps(raw))[3:-3], raw.replace("/", "\\/")}
    out |= {html.escape(raw), html.escape(raw, quote=False), html.escape(raw).replace("&quot;", "&#34;")}
    out |= {quote(raw, safe=""), quote(raw), quote_plus(raw), quote(raw, safe="").lower()}
    out.add(base64.b64encode(raw.encode()).decode())
    if user:
        out.add(base64.b64encode(f"{user}:{raw}".encode()).decode())
    return out


def _go_json(text: str) -> str:
    escaped = json.dumps(text)[1:-1]
    for character in "<>&":
        escaped = escaped.replace(character, f"\\u{ord(character):04x}")
    return escaped


def pieces(secret: str, user: str = "") -> set[str]:
    """Everything of it that must not be found. Of the user's name in base64 nothing is secret."""
    out = set()
    for form in forms(secret):
        out |= {form[at : at + PIECE] for at in range(max(1, len(form) - PIECE + 1))}
    if user:
        out.add(base64.b64encode(f"{user}:{secret.strip()}".encode()).decode())
    return out


class Searched:
    """A place where a run leaves something, searched for secrets."""

    def __init__(self, known: dict[str, str]) -> None:
        """``known``: secrets, by a name for them."""
        self._pieces = {piece: name for name, secret in known.items() for piece in pieces(secret)}

    def found(self, text: str) -> list[str]:
        """The secrets a text has pieces of, each with the longest run of it and what is around."""
        out: dict[str, str] = {}
        for at in range(len(text) - PIECE + 1):
            name = self._pieces.get(text[at : at + PIECE])
            if name and name not in out:
                out[name] = text[max(0, at - 200) : at + 60]
        return [f"{name} in {around!r}" for name, around in out.items()]

    def below(self, folder: Path) -> Iterator[str]:
        """What is found in the files below a folder."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                for one in self.found(path.read_bytes().decode("utf-8", "replace")):
                    yield f"{path}: {one}"


class ProcessList:
    """Reads the arguments of all processes, again and again while a block runs; keeps those that ``wanted`` wants."""

    def __init__(self, wanted: Callable[[str], Iterable[str]]) -> None:
        self._wanted = wanted
        self._seen: set[str] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.found: list[str] = []

    def __enter__(self) -> ProcessList:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def programs(self) -> set[str]:
        """The names of the programs that were seen."""
        return {os.path.basename(line.partition("\0")[0]) for line in self._seen}

    def _watch(self) -> None:
        while not self._stopped.wait(0.02):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    line = (process / "cmdline").read_bytes().decode("utf-8", "replace")
                except OSError:
                    continue  # it has ended
                if line not in self._seen:
                    self._seen.add(line)
                    self.found += self._wanted(line)
