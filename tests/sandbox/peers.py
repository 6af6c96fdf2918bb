# SPDX-License-Identifier: GPL-3.0-or-later
"""How the services of the sandbox call one another: over HTTP as the vendors would, but known for what they are.

A test may cut the wire of the one who runs the playbook; the vendors' own wires are not cut by that.
"""

from __future__ import annotations

import requests

HEADER = "X-Sandbox-Peer"
"""Set on every call of one service to another. No service looks at it."""


def session(name: str = "") -> requests.Session:
    """A session of the service ``name``, without the proxies and the netrc of the machine the sandbox runs on."""
    made = requests.Session()
    made.trust_env = False
    made.headers[HEADER] = name or "service"
    return made
