# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS, of the releases that its integration of Bitbucket Cloud changed with: https://github.com/ovh/cds"""

from __future__ import annotations

from .accounts import SHARED_INFRA
from .model import Consumer, Project, User
from .service import Cds
from .settings import toml
from .versions import Version

__all__ = ["SHARED_INFRA", "Cds", "Consumer", "Project", "User", "Version", "toml"]
