# SPDX-License-Identifier: GPL-3.0-or-later
"""Gemnasium Enterprise in the demo."""

from __future__ import annotations

from typing import Any

from tests.sandbox.sandbox import Sandbox

from . import Wrong


def hosts(sandbox: Sandbox) -> dict[str, Any] | None:
    return {"hosts": {"shop": {}, "stock": {}}} if sandbox.gemnasium.runs else None


def lines(sandbox: Sandbox) -> list[str]:
    """What the commands in the container of Gemnasium Enterprise left."""
    clients = [client["usage"] for client in sandbox.gemnasium.objects("clients")]
    sources = [source["label"] for source in sandbox.gemnasium.objects("sources")]
    if clients != ["login", "sync"] or sources != ["Bitbucket Cloud"]:
        raise Wrong("Gemnasium is not configured")
    return [
        f"Gemnasium Enterprise, in its container, signs users in with Bitbucket and offers the source {sources[0]}."
    ]
