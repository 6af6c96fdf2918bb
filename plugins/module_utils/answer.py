# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors for responses that are not the API's: a proxy's or a login page, and redirects."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urljoin

from .errors import BridgeError

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_QUOTED = 120


def not_an_api(response: t.Any, *, service: str, operation: str, asked: str, expected: str) -> BridgeError:
    """The error for a response that is not what the API answers; ``expected`` is what it should have been."""
    title = _TITLE.search(response.text)
    words = " ".join((title.group(1) if title else response.text).split())[:_QUOTED]
    kind = response.headers.get("Content-Type") or "no content type"
    return BridgeError(
        f"{asked}: {service} did not answer {operation} at {response.url}; a proxy or login page answered "
        f"({response.status_code}, {kind}; expected {expected})",
        kind="unavailable",
        service=service,
        operation=operation,
        words=words or "an empty body",
        remedy="Check the address, the proxy settings, and whether a sign-in page stands before the service.",
    )


def refuse_redirect(
    response: t.Any, *, service: str, operation: str, asked: str, method: str, setting: str
) -> BridgeError:
    """The error for a redirect that is not followed; ``setting`` is the option that holds the address."""
    target = urljoin(response.url, response.headers.get("Location", ""))
    return BridgeError(
        f"{asked}: {service} answered {response.status_code} to {method} {response.url}, a redirect to {target}, "
        "which is not followed",
        kind="unavailable",
        service=service,
        operation=operation,
        remedy=f"If the new address is the service's, set {setting} to it.",
    )
