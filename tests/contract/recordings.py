# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded responses of real services, and the comparison of another response with their form.

``REPOBRIDGE_RECORDINGS`` is the folder with the recordings: one JSON object a line, with the request and the answer.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RECORDINGS = Path(
    os.environ.get("REPOBRIDGE_RECORDINGS") or Path(__file__).resolve().parents[3] / "shared" / "recordings"
)
_STRINGS = (
    ("never", re.compile(r"0001-01-01T00:00:00Z")),
    ("time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")),
    ("uuid", re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")),
)


@dataclass(frozen=True)
class Exchange:
    """One recorded request and its answer. ``number`` is its line's, counted from 0."""

    number: int
    method: str
    path: str
    headers: dict[str, str]
    request: str
    status: int
    content_type: str
    text: str

    @property
    def kind(self) -> str:
        """What a rule is found by: ``POST /project 400``."""
        return f"{self.method} {self.path} {self.status}"

    @property
    def answer(self) -> Any:
        return decoded(self.text)[1]


def exchanges(file: str) -> list[Exchange]:
    """All exchanges of a recording; none if it is not there."""
    path = RECORDINGS / file
    lines = path.read_text().splitlines() if path.is_file() else []
    return [
        Exchange(
            number,
            one["method"],
            one["path"],
            one["request_headers"],
            one["request"],
            one["status"],
            one["headers"].get("Content-Type", ""),
            one["answer"],
        )
        for number, one in enumerate(map(json.loads, lines))
    ]


def decoded(text: str) -> tuple[str, Any]:
    """The format of a body, whatever its label, and its value."""
    if not text.strip():
        return "empty", None
    try:
        return "JSON", json.loads(text)
    except ValueError:
        return "YAML", yaml.safe_load(text)


def shape(value: Any) -> Any:
    """Keys and types. Of a list the different shapes of its elements, of some strings what they are."""
    if isinstance(value, dict):
        return {key: shape(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        distinct = {repr(found): found for found in map(shape, value)}
        return [distinct[text] for text in sorted(distinct)]
    if isinstance(value, str):
        return next((name for name, pattern in _STRINGS if pattern.fullmatch(value)), "str")
    return type(value).__name__
