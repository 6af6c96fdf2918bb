# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for CDS's ``engine`` program: its configuration commands, and services that sign in with the sandbox's CDS.

``install`` puts it on the disk under the program's own name, for a PATH.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

VERSION_VARIABLE = "REPOBRIDGE_ENGINE_VERSION"


def install(folder: Path, version: str) -> Path:
    """``engine`` of a release in a folder; the path of the program."""
    root = Path(__file__).resolve().parents[4]
    path = folder / "engine"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "#!/bin/sh\n"
        f"{VERSION_VARIABLE}={shlex.quote(version)} PYTHONPATH={shlex.quote(str(root))} "
        f'exec {shlex.quote(sys.executable)} -P -m {__name__} "$@"\n'
    )
    path.chmod(0o755)
    return path
