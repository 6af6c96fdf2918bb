# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS in the demo."""

from __future__ import annotations

from typing import Any

from tests.sandbox.sandbox import Sandbox

from . import Wrong


def hosts(sandbox: Sandbox) -> dict[str, Any] | None:
    return {"hosts": {"shop": {}, "stock": {}}} if sandbox.cds.services.by_name else None


def lines(sandbox: Sandbox) -> list[str]:
    """A push to acme/stock, what CDS makes of it, and what the commit shows. :raises Wrong: not that."""
    commit = sandbox.bitbucket.commit("acme", "stock", "main", {"pushed.txt": "by the demo\n"})
    sandbox.bitbucket.wait_for_deliveries()
    sandbox.clock.advance(60)
    sandbox.clock.advance(60)
    statuses = sandbox.bitbucket.repository("acme", "stock").statuses
    shown = [f"{status.state} {status.url}" for (sha, _key), status in statuses.items() if sha == commit]
    if len(shown) != 1 or not shown[0].startswith("SUCCESSFUL "):
        raise Wrong("a push to acme/stock has not been built by CDS")
    return [f"CDS {sandbox.cds.version.text} builds both repositories. A push to acme/stock: {commit[:12]} {shown[0]}"]
