# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a git command that failed says: an answer of the server, or a failure of git's own."""

from __future__ import annotations

import re

from ..core.errors import BridgeError, Outdated, kind_of_status, outage_remedy

SERVICE = "Bitbucket"
_NOT_FAST_FORWARD = ("non-fast-forward", "fetch first", "stale info", "cannot lock ref", "failed to update ref")
_STATUS = re.compile(r"(?:returned error: |RPC failed; HTTP )(\d{3})\b")
# What the API would answer as well. Other answers are of whatever serves git, which is not what serves the API.
_REFUSALS = (401, 403, 404)
_LOGIN = ("Authentication failed", "could not read Username", "could not read Password")
_MISSING = re.compile(r"repository '[^']*' not found|couldn't find remote ref", re.IGNORECASE)
_REJECTED = ("[remote rejected]", "[rejected]", "not our ref")
_TLS = re.compile(r"SSL certificate|certificate verif|ca cert|CAfile|SSL_connect|GnuTLS|SSL routines", re.IGNORECASE)
_UNREACHED = re.compile(
    r"could ?n['o]t (?:resolve|connect)|failed to connect|timed out|too slow|empty reply|reset by peer", re.IGNORECASE
)
_MOST_WORDS = 500


class GitFailed(BridgeError):
    """git did not get as far as an answer about the repository: what it was for may be had in another way."""


class Redirected(BridgeError):
    """The server sends to another address; ``status`` says how."""


def squeezed(text: str) -> str:
    """git's words on one line; of many the last, where the reason stands. Secrets have to be out of them already."""
    words = " ".join(text.split())
    return words if len(words) <= _MOST_WORDS else f"… {words[-_MOST_WORDS:]}"


def error_of(request: str, words: str, status: int, remedy: str | None) -> BridgeError:
    """The error that a command with these words and this exit status stands for. ``words`` hold no secret."""
    shown = squeezed(words) or (f"killed by signal {-status}" if status < 0 else f"exit status {status}")

    def error(kind: str, what: type[BridgeError] = BridgeError, advice: str | None = None) -> BridgeError:
        parts = " ".join(filter(None, (advice, remedy))) or None
        return what(request, kind=kind, service=SERVICE, words=shown, remedy=parts)

    if request.startswith("git push") and any(reason in words for reason in _NOT_FAST_FORWARD):
        return error("conflict", Outdated)
    answered = _STATUS.search(words)
    code = int(answered.group(1)) if answered else 0
    if 300 <= code < 400:
        return error("failed", Redirected)
    if any(sign in words for sign in _LOGIN):
        return error("unauthorized")
    if _MISSING.search(words):
        return error("not_found")
    if code in _REFUSALS:
        return error(kind_of_status(code))
    if code:
        return error(kind_of_status(code), GitFailed, outage_remedy(SERVICE) if code >= 500 else None)
    if any(sign in words for sign in _REJECTED):
        return error("failed")
    if _TLS.search(words):
        return error("unavailable", GitFailed, "If the certificate is not trusted, set ca_path to the site's CA.")
    return error("unavailable" if _UNREACHED.search(words) else "failed", GitFailed)
