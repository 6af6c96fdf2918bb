# SPDX-License-Identifier: GPL-3.0-or-later
"""What Bitbucket takes as a webhook, and what it refuses.

https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/#api-repositories-workspace-repo-slug-hooks-post
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from . import errors

MAXIMUM_SECRET = 128


def checked(body: dict[str, Any], known_events: tuple[str, ...]) -> dict[str, Any]:
    """The properties a request sets; ``secret`` only if the request has it (absent means unchanged), None for removed.

    ``url`` and ``events`` are needed on updates as well, and what is not sent falls back to its default: the
    documentation does not promise that a PUT keeps anything but the secret, so a client that relies on it fails here.
    """
    out: dict[str, Any] = {
        "url": _url(body.get("url")),
        "events": _events(body.get("events"), known_events),
        "description": _text(body, "description"),
        "active": _flag(body, "active", True),
        "skip_cert_verification": _flag(body, "skip_cert_verification", False),
        "history_enabled": _flag(body, "history_enabled", False),
    }
    if "secret" in body:
        out["secret"] = _secret(body["secret"])
    return out


def _url(value: Any) -> str:
    if not value:
        raise errors.invalid(url="This field is required.")
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except (ValueError, AttributeError, TypeError):
        raise errors.invalid(url="Enter a valid URL.") from None
    if parts.scheme not in ("http", "https") or not host or any(letter.isspace() for letter in value):
        raise errors.invalid(url="Enter a valid URL.")
    if not _is_public(host):
        raise errors.invalid(url="The URL must resolve to a public address.")
    return str(value)


def _is_public(host: str) -> bool:
    """Whether Bitbucket could reach the host.

    The one deliberate leniency of this sandbox: loopback is allowed, because everything it talks to lives there.
    Names are judged by their look, not looked up: tests send nothing to any name server.
    """
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localdomain", ".lan"))
    return address.is_loopback or address.is_global


def _events(value: Any, known: tuple[str, ...]) -> list[str]:
    if not value:
        raise errors.invalid(events="This field is required. At least one event must be selected.")
    if not isinstance(value, list) or not all(isinstance(event, str) for event in value):
        raise errors.invalid(events="Enter a list of values.")
    if len(set(value)) != len(value):
        raise errors.invalid(events="Events must be unique.")
    for event in value:
        if event not in known:
            raise errors.invalid(events=f"Select a valid choice. {event} is not one of the available choices.")
    return list(value)


def _secret(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise errors.invalid(secret="Not a valid string.")
    if value and len(value) > MAXIMUM_SECRET:
        raise errors.invalid(secret=at_most(MAXIMUM_SECRET, value))
    return value or None


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.invalid(**{name: "Not a valid string."})
    return value or ""


def _flag(body: dict[str, Any], name: str, default: bool) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise errors.invalid(**{name: "Not a valid boolean."})
    return value


def at_most(length: int, value: str) -> str:
    """Bitbucket's words for something too long."""
    return f"Ensure this value has at most {length} characters (it has {len(value)})."
