# SPDX-License-Identifier: GPL-3.0-or-later
"""``engine``: version, config and start, as CDS's own program has them."""

from __future__ import annotations

import os
import sys

from ..versions import Version
from . import VERSION_VARIABLE, commands


def main(arguments: list[str]) -> None:
    version = Version(os.environ.get(VERSION_VARIABLE, "0.57.0"))
    if not arguments:
        print("CDS Continuous Delivery Service\n\nUsage:\n  engine [command]")
        return
    command, *rest = arguments
    if command == "version":
        about = "os:linux architecture:amd64 git.hash:0000000 build.time:2026-01-01T00:00:00Z db.migrate:317"
        print(f"CDS engine version:{version.text} {about}")
        return
    if command == "start":
        from .start import start  # with its HTTP client, which the other commands do not wait for

        start(rest, version)
        return
    known = commands.ALL if version.has_consumers else {name: commands.ALL[name] for name in commands.OLD}
    if command != "config":
        commands.stop(f'Error: unknown command "{command}" for "engine"')
    if not rest or rest[0] not in known:
        print("Manage CDS Configuration")  # cobra's help, exit code 0
        return
    known[rest[0]](rest[1:], version)


main(sys.argv[1:])
