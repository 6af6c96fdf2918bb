# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access levels, which GitLab's API has as numbers.

Sources: https://docs.gitlab.com/api/project_access_tokens/ and https://docs.gitlab.com/api/protected_branches/
"""

from __future__ import annotations

import typing as t

ROLES = {"guest": 10, "planner": 15, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50}
PROTECTION = {"nobody": 0, "developer": 30, "maintainer": 40, "admin": 60}
_NUMBERS = {**ROLES, **PROTECTION}
_NAMES = {number: name for name, number in _NUMBERS.items()}


def numbered(level: t.Any) -> t.Any:
    """The number of a level; one that has none here as it is."""
    return _NUMBERS.get(level, level)


def named(level: t.Any) -> t.Any:
    """The name of a level; one that has none here as it is."""
    return _NAMES.get(level, level)
