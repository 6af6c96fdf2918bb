# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file of a commit is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


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
