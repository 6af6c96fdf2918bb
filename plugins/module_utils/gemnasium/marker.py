# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done to Gemnasium, remembered in its own data volume, because Gemnasium itself does not tell.

Two files for each object, in the folder ``.repobridge``: ``<object>.started.json`` is written before the command runs and names
the engine's id of it, ``<object>.done.json`` after it went well. So a run that is cut off leaves what the next one needs to
know. A file that was written by half is no JSON and counts as none; until the next command starts, the other one is there.

Of a secret there is a fingerprint, never the value.
"""

from __future__ import annotations

import hashlib
import json
import typing as t
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

FOLDER = ".repobridge"
_LONGEST = 120  # of a file name; 255 bytes are possible almost everywhere

Fields = dict[str, t.Any]


@dataclass(frozen=True)
class Record:
    """One file. ``command`` is the engine's id of the command; ``how`` became it so (see ``HOW``)."""

    kind: str
    name: str
    fields: Fields
    command: str | None = None
    how: str = "made"
    fingerprints: dict[str, str] = field(default_factory=dict)
    at: str = ""

    def dump(self) -> bytes:
        at = self.at or datetime.now(UTC).isoformat(timespec="seconds")
        return (json.dumps({**asdict(self), "at": at}, indent=1, sort_keys=True) + "\n").encode()


# made: by a command that ended well. finished: so did one whose run was cut off; the engine knew. found: Gemnasium had it when
# the command of such a run was repeated. adopted: Gemnasium had it, and the operator says that it is right.
# started, refused: not there, as far as this file can tell. forgotten: by the operator's leave; Gemnasium may still have it.
HOW = ("made", "finished", "found", "adopted", "started", "refused", "forgotten")
LIVE = HOW[:4]


def stem(kind: str, name: t.Sequence[str]) -> str:
    """The object's part of its files' names: readable, and different for different objects."""
    text = ".".join([kind, *(quote(part, safe="").replace(".", "%2E") for part in name)])
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def parse(content: bytes | None) -> Record | None:
    """A record; None for none, half of one, or something else."""
    try:
        found = json.loads(content or b"")
        record = Record(**found)
    except (ValueError, TypeError):
        return None
    return record if record.how in HOW and isinstance(record.fields, dict) else None
