# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: which are usable, which are the same, and how names become parts of a path."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit

from .errors import InvalidInput

_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f]")


def parsed(url: str, what: str) -> SplitResult:
    """The parts of an address whose host and port can be read. ``what`` names it in the error.

    :raises InvalidInput: it is malformed (an unbalanced ``[``, a port that is no number, white space).
    """
    try:
        parts = urlsplit(url)
        _host, _port = parts.hostname, parts.port
    except ValueError:
        # Python's own message quotes a part of the address, which may be a part of a secret.
        raise InvalidInput(f"{what} is not a valid URL: its host or port can't be read") from None
    found = _FORBIDDEN.search(url)
    if found:
        raise InvalidInput(f"{what} is not a valid URL: it contains the character U+{ord(found.group()):04X}")
    return parts


def check_base_url(url: str, what: str) -> None:
    """:raises InvalidInput: no requests can be sent to paths below this address."""
    parts = parsed(url, what)
    example = "Give it as in https://host.example.com or https://host.example.com/path."
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InvalidInput(f"{what} must begin with http:// or https:// and name a host", example)
    if "@" in parts.netloc:
        raise InvalidInput(f"{what} must not contain a user name or password", "Use the options for the credential.")
    if parts.query or parts.fragment:
        raise InvalidInput(f"{what} must not contain a query (?) or a fragment (#)", example)


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what two addresses have in common when a credential for one may be sent to the other."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(scheme)


def without_query(url: str) -> str:
    """An address as it can be shown: a query or user part may hold a secret."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def segment(name: str, safe: str = "") -> str:
    """A name as one segment of a path.

    :raises InvalidInput: it is empty, or has a part ``.`` or ``..``, which leads to another path however it is encoded.
    """
    if not name or any(part in (".", "..") for part in name.split("/")):
        raise InvalidInput(
            f'"{name}" can\'t be a name here: as part of a URL it would address something else',
            "Check the options that name the resource.",
        )
    return quote(name, safe=safe, errors="surrogateescape")


def joined(*names: str, safe: str = "") -> str:
    """Names as a path, each one segment: ``acme/shop`` and ``a/b`` become ``acme%2Fshop/a%2Fb``."""
    return "/".join(segment(name, safe) for name in names)


def nested(path: str, safe: str = "") -> str:
    """A path whose slashes separate (of a file in a repository), segment by segment."""
    return "/".join(segment(part, safe) for part in path.split("/"))
