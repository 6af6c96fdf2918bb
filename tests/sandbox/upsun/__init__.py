# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Upsun: its API, its authentication, and projects that really follow a repository in Bitbucket."""

from __future__ import annotations

from .model import Activity, ApiToken, Environment, Integration, Organization, Project, User
from .service import Upsun

__all__ = ["Activity", "ApiToken", "Environment", "Integration", "Organization", "Project", "Upsun", "User"]
