# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects that are read with the list of their group, 100 with one call.

Source: https://docs.gitlab.com/api/groups/#list-projects
"""

from __future__ import annotations

from ..core.operation import FEWEST
from ..core.reconcile import Fields
from ..core.urls import segment
from .session import Session

# A group is listed if it has no more than so many projects for each that is wanted.
_PER_PROJECT = 4
_IN_FULL = ("id", "path_with_namespace", "ci_config_path", "builds_access_level")


def listed(session: Session, names: list[str]) -> Fields:
    """The projects with these full paths, by the names given, as far as the lists of their groups describe them in full."""
    found: Fields = {}
    for group in dict.fromkeys(map(_group, names)):
        mine = {name.strip("/").lower(): name for name in names if _group(name) == group}
        if not group or len(mine) < FEWEST:
            continue
        for item in session.some(
            f"/groups/{segment(group)}/projects",
            asked=f"List the projects of {group}",
            query={"with_shared": "false", "order_by": "id", "sort": "asc"},
            most=_PER_PROJECT * len(mine),
        ):
            name = mine.get(str(item.get("path_with_namespace")).lower())
            # Who may not see all of a project gets a short description of it.
            if name and all(key in item for key in _IN_FULL):
                found[name] = item
    return found


def _group(name: str) -> str:
    return name.strip("/").rpartition("/")[0]
