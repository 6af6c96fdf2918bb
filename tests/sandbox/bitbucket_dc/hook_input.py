# SPDX-License-Identifier: GPL-3.0-or-later
"""What Data Center takes as a webhook, and what it refuses. What a PUT does not send is gone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from . import errors

MAXIMUM_NAME, MAXIMUM_URL = 255, 2000


def checked(body: dict[str, Any], known_events: tuple[str, ...]) -> dict[str, Any]:
    """The properties of the webhook, as a whole."""
    return {
        "name": _name(body.get("name")),
        "url": url(body.get("url")),
        "events": _events(body.get("events"), known_events),
        "active": _flag(body, "active"),
        "configuration": _configuration(body.get("configuration")),
        "credentials": _credentials(body.get("credentials")),
        "ssl_verification_required": _flag(body, "sslVerificationRequired"),
    }


def _name(value: Any) -> str:
    if not value or not isinstance(value, str) or not value.strip():
        raise errors.invalid(name="A name must be provided for the webhook.")
    if len(value) > MAXIMUM_NAME:
        raise errors.invalid(name=f"Please enter a name no longer than {MAXIMUM_NAME} characters.")
    return value


def url(value: Any) -> str:
    """Any address will do, this server's own network included."""
    try:
        parts = urlsplit(value or "")
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in value)
    except (ValueError, AttributeError, TypeError):
        good = False
    if not good or len(value) > MAXIMUM_URL:
        raise errors.invalid(url="The URL must be a valid http or https URL.")
    return str(value)


def _events(value: Any, known: tuple[str, ...]) -> list[str]:
    if not isinstance(value, list) or not value:
        raise errors.invalid(events="At least one event must be provided.")
    unknown = [str(one) for one in value if one not in known]
    if unknown:
        raise errors.invalid(events=f"Unknown event: {unknown[0]}")
    return list(dict.fromkeys(value))


def _configuration(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise errors.invalid(configuration="The configuration must be an object of strings.")
    if value.get("secret") == "":  # nobody thought of it: https://github.com/argoproj/argo-events/pull/1902
        raise errors.outage(500)
    return dict(value)


def _credentials(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise errors.invalid(credentials="The credentials must have a username and a password.")
    return {name: str(value[name]) for name in ("username", "password") if value.get(name)}


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, True)
    if not isinstance(value, bool):
        raise errors.invalid(**{name: f"{name} must be true or false."})
    return value
