# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing a file on the host that must not be read by others, not even for a moment.

AnsibleModule's ``atomic_move`` would give the new file the old one's mode before the move, or a new one's by the umask after it;
its ``set_fs_attributes_if_different`` ends the module without a word about ``become``. So these two are not used.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import typing as t
from pathlib import Path

from ..core.errors import BridgeError

MODE = 0o600


def owners(path: str) -> tuple[str, str, str]:
    """Mode, owner and group as names, or as numbers where they have none."""
    found = os.stat(path)
    owner, group = str(found.st_uid), str(found.st_gid)
    with contextlib.suppress(KeyError):
        owner = Path(path).owner()
    with contextlib.suppress(KeyError):
        group = Path(path).group()
    return f"{found.st_mode & 0o7777:04o}", owner, group


def give(path: str, mode: int, owner: str | None, group: str | None) -> None:
    """:raises BridgeError: the user of the task may not."""
    try:
        if owner:
            shutil.chown(path, user=owner)
        if group:
            shutil.chown(path, group=group)
        os.chmod(path, mode)
    except (OSError, LookupError) as error:
        raise BridgeError(
            f"Change owner or mode of {path}", words=str(error), remedy="The task needs become: true."
        ) from None


def keep(path: str, host: t.Any) -> str:
    """A copy beside the file, for its owner alone; its path."""
    usual = os.umask(0o077)  # or the copy could be read by others until it has the file's mode
    try:
        copy = str(host.backup_local(path))
    finally:
        os.umask(usual)
    os.chmod(copy, MODE)
    return copy


@contextlib.contextmanager
def replacement(path: str, text: str) -> t.Iterator[str]:
    """A file with ``text`` in the same folder, which takes the place of ``path`` if the block ends well."""
    path = os.path.realpath(path)  # what a link points to, and not the link
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise BridgeError(
            f"The folder {folder} does not exist", kind="not_found", remedy="Create it first, or correct path."
        )
    try:
        number, new = tempfile.mkstemp(dir=folder, prefix=f".{os.path.basename(path)}.", suffix=".toml")
    except OSError as error:
        raise BridgeError(f"Write {path}", words=str(error), remedy="The task may need become: true.") from None
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(path):
            found = os.stat(path)
            with contextlib.suppress(PermissionError):
                os.chown(new, found.st_uid, found.st_gid)
        yield new
        os.replace(new, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)
