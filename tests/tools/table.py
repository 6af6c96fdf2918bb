# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of targets, for tools that do not run inside of Ansible."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Target

ROOT = Path(__file__).resolve().parents[2]
# Holds a link to the root, named as Ansible wants it (see the Makefile).
COLLECTIONS = ROOT / ".build" / "collections"
UTILS = "ansible_collections.repobridge.bitbucket.plugins.module_utils"


def targets() -> dict[str, Target]:
    """All targets by their names."""
    if str(COLLECTIONS) not in sys.path:
        sys.path.insert(0, str(COLLECTIONS))
    found: dict[str, Target] = importlib.import_module(f"{UTILS}.targets").TARGETS
    return found
