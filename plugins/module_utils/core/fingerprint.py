# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingerprints of write-only values, which a service never returns.

A fingerprint is stored in a free text of the resource itself (a description, a tag), so that the next run can detect
whether the value in the inventory is the one in the service. It is salted, slow to compute and cut to 64 bits: it
compares values, but does not reveal them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re

_ITERATIONS = 50_000
_MARK = re.compile(r"\s*\[repobridge:([0-9a-f]{8})\.([0-9a-f]{16})\]\s*$")


def fingerprint(secret: str, salt: str | None = None) -> str:
    """``<salt>.<digest>`` of the secret, with a new random salt unless one is given (8 hex digits)."""
    salt = salt or os.urandom(4).hex()
    digest = hashlib.pbkdf2_hmac("sha256", secret.encode(), bytes.fromhex(salt), _ITERATIONS).hex()[:16]
    return f"{salt}.{digest}"


def matches(stored: str | None, secret: str) -> bool:
    """Whether ``stored`` is a fingerprint of ``secret``."""
    if not stored:
        return False
    return hmac.compare_digest(stored, fingerprint(secret, stored.partition(".")[0]))


def split_mark(text: str | None) -> tuple[str, str | None]:
    """A free text as the user wrote it, and the fingerprint after it (None if it has none)."""
    text = text or ""
    found = _MARK.search(text)
    if not found:
        return text, None
    return text[: found.start()], f"{found.group(1)}.{found.group(2)}"


def join_mark(text: str, stored: str | None) -> str:
    """A free text with a fingerprint after it: ``nightly build [repobridge:0a1b2c3d.0123456789abcdef]``."""
    return f"{text} [repobridge:{stored}]".lstrip() if stored else text


def mark_for(policy: str, secret: str | None) -> str | None:
    """The fingerprint to store for a secret that is sent; None if the policy does not compare fingerprints."""
    return fingerprint(secret) if secret and policy == "on_change" else None


def must_send(policy: str, secret: str, stored: str | None, exists: bool) -> bool:
    """Whether a write-only value has to be sent, by the ``update_secret`` policy of the task.

    ``policy``: ``on_create`` (only to something new), ``on_change`` (when the stored fingerprint differs or is
    missing), ``always``.
    """
    if not exists or policy == "always":
        return True
    return policy == "on_change" and not matches(stored, secret)
