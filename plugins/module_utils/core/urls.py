# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: validation, comparison, and names as parts of a path."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit, urlunsplit

from .errors import InvalidInput

_PORTS = {"http": 80, "https": 443, "ssh": 22, "git": 9418}
_WEB = ("http", "https")
_SECRET_PARAMETER = re.compile(r"token|secret|passw|key|sig|auth", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LONG = 16  # from this length on a value in the query of a secret address is neither a number nor a name
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f]")


def parsed(url: str, what: str) -> SplitResult:
    """The parts of an address with a valid host and port. ``what`` is its name in the error.

    :raises InvalidInput: it is malformed (an unbalanced ``[``, a port that is no number, white space).
    """
    try:
        parts = urlsplit(url)
        _host, _port = parts.hostname, parts.port
    except ValueError:
        # Python's own message contains a part of the address, which may be a part of a secret.
        raise InvalidInput(f"{what} is not a valid URL: its host or port is malformed") from None
    found = _FORBIDDEN.search(url)
    if found:
        raise InvalidInput(f"{what} is not a valid URL: it contains the character U+{ord(found.group()):04X}")
    return parts


def check_base_url(url: str, what: str) -> None:
    """:raises InvalidInput: requests cannot be sent to paths below this address."""
    parts = parsed(url, what)
    example = "Give it as in https://host.example.com or https://host.example.com/path."
    if parts.scheme not in _WEB or not parts.hostname:
        raise InvalidInput(f"{what} must begin with http:// or https:// and name a host", example)
    if "@" in parts.netloc:
        raise InvalidInput(f"{what} must not contain a user name or password", "Use the options for the credential.")
    if parts.query or parts.fragment:
        raise InvalidInput(f"{what} must not contain a query (?) or a fragment (#)", example)


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: if they are equal, a credential for one address may be sent to the other."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(scheme)


def without_query(url: str) -> str:
    """An address for display: a query or user part may contain a secret."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def is_web(url: str) -> bool:
    """Whether an address is one of HTTP with a host."""
    parts = urlsplit(url)
    return parts.scheme in _WEB and bool(parts.hostname)


def seems_secret(url: str) -> bool:
    """Whether a parameter of the query has the name of a secret."""
    return any(_SECRET_PARAMETER.search(name) for name, _value in parse_qsl(urlsplit(url).query))


def secrets_in(url: str, all_long: bool = False, uuids: bool = False) -> list[str]:
    """The password, and the values in the query that are secrets by their names; ``all_long``: all but short ones.

    ``uuids``: also those in the path, if a uuid protects the address from other callers.
    """
    parts = urlsplit(url)
    found = [parts.password] if parts.password else []
    found += [
        value
        for name, value in parse_qsl(parts.query)
        if _SECRET_PARAMETER.search(name) or (all_long and len(value) >= _LONG)
    ]
    return found + (list(filter(_UUID.fullmatch, parts.path.split("/"))) if uuids else [])


def without_user(url: str) -> str:
    """An address without its user name and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def normalised(url: str, query: bool = True) -> str:
    """An address without irrelevant differences: case of scheme and host, the default port, an empty path.

    ``query`` False: without query and fragment too.
    """
    parts = urlsplit(url.strip())
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    parts = parts._replace(scheme=parts.scheme.lower(), netloc=f"{user}{_authority(parts)}", path=parts.path or "/")
    return parts.geturl() if query else parts._replace(query="", fragment="").geturl()


def normalised_base(url: str) -> str:
    """The same for the address of a server: without user, query and a slash at the end."""
    parts = urlsplit(url.strip())
    return urlunsplit((parts.scheme.lower(), _authority(parts), parts.path.rstrip("/"), "", ""))


def normalised_repository(url: str) -> str:
    """The same for a repository that git clones: without user, ``.git`` and a slash at the end."""
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/").removesuffix(".git")
    return urlunsplit((parts.scheme.lower(), _authority(parts), path, parts.query, ""))


def _authority(parts: SplitResult) -> str:
    """Host and port, if it is not the scheme's own."""
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme.lower()) else host


def segment(name: str, safe: str = "") -> str:
    """A name as one segment of a path.

    :raises InvalidInput: it is empty, or has a part ``.`` or ``..``, which results in another path in any encoding.
    """
    if not name or any(part in (".", "..") for part in name.split("/")):
        raise InvalidInput(
            f'"{name}" is not a valid name here: as part of a URL it would address another object',
            "Check the options that name the resource.",
        )
    return quote(name, safe=safe, errors="surrogateescape")


def joined(*names: str, safe: str = "") -> str:
    """Names as a path, each one segment: ``acme/shop`` and ``a/b`` become ``acme%2Fshop/a%2Fb``."""
    return "/".join(segment(name, safe) for name in names)


def nested(path: str, safe: str = "") -> str:
    """A path whose slashes separate (of a file in a repository), segment by segment."""
    return "/".join(segment(part, safe) for part in path.split("/"))
