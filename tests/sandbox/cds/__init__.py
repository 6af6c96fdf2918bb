# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS, of the releases that its integration of Bitbucket Cloud changed with: https://github.com/ovh/cds"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .accounts import SHARED_INFRA
    from .model import Consumer, Project, User
    from .service import Cds
    from .settings import toml
    from .versions import Version

__all__ = ["SHARED_INFRA", "Cds", "Consumer", "Project", "User", "Version", "toml"]
_PLACES = {
    "SHARED_INFRA": "accounts",
    "Cds": "service",
    "Consumer": "model",
    "Project": "model",
    "User": "model",
    "Version": "versions",
    "toml": "settings",
}


def __getattr__(name: str) -> object:
    """Read when asked for: the engine program is a part of this package, and starts without a web server."""
    if name in _PLACES:
        return getattr(import_module(f".{_PLACES[name]}", __name__), name)
    raise AttributeError(name)
