# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file of a commit is."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import typing as t
from dataclasses import dataclass

from ..core.errors import InvalidInput

ABSENT = "absent"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class File:
    """A file of a commit. ``kind``: file, link (then ``content`` is the target), directory or submodule."""

    content: bytes
    executable: bool = False
    kind: str = "file"

    def summary(self) -> str:
        """What it holds, without showing it."""
        size = f"{len(self.content)} byte{'' if len(self.content) == 1 else 's'}"
        digest = f"sha256:{hashlib.sha256(self.content).hexdigest()} ({size})"
        return digest if self.kind == "file" else f"{self.kind} {digest}"


Files = dict[str, "File | None"]


def view(file: File | None) -> dict[str, t.Any]:
    """What is compared and reported of a file."""
    return {"content": file.summary() if file else ABSENT, "executable": bool(file and file.executable)}


def as_text(path: str, file: File | None) -> str:
    """A file in a diff for people: its text, or what can be said of it."""
    if file is None:
        return ""
    try:
        text = file.content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        text = f"({file.summary()})"
    mark = " (executable)" if file.executable else f" ({file.kind})" if file.kind != "file" else ""
    end = "" if text.endswith("\n") or not text else "\n"
    return f"=== {path}{mark}\n{text}{end}"


def decoded(path: str, text: str) -> bytes:
    """The content that is given as base64. :raises InvalidInput: it is none."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput(f"content_base64 of {path} is not base64") from None


def check_path(given: str, path: str, others: t.Iterable[str]) -> None:
    """:raises InvalidInput: it leads out of the repository or into ``.git``, or one of the others is below it."""
    parts = path.split("/")
    if {"", ".", ".."} & set(parts) or ".git" in map(str.lower, parts) or _CONTROL.search(path):
        raise InvalidInput(f"{given!r} is not a path of a file below the root of the repository")
    if any(other.startswith(f"{path}/") for other in others):
        raise InvalidInput(f"{path} cannot be both a file and a directory")
