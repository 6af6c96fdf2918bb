# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked before a project gets a source integration: may it have one, and what would that take away?

Sources: https://docs.upsun.com/api/ (GET /projects/{projectId}/capabilities) and
https://docs.upsun.com/integrations/source/bitbucket.html (sync, fetch, and prune)
"""

from __future__ import annotations

from ..core.errors import BridgeError
from ..core.reconcile import Fields
from .client import Upsun, place
from .environment import at_risk, branches_of, environments

# The error code of what would take away environments, for playbooks.
AT_RISK = "environments_at_risk"

# What says which repository is followed.
_PLACE = ("type", "repository", "url")


def check_capabilities(client: Upsun, project: str, kind: str) -> None:
    """:raises BridgeError: the project's plan does not have integrations of that type."""
    asked = f"Read the capabilities of the project {project}"
    offered = client.get(place(project, "capabilities"), asked=asked).get("integrations") or {}
    # The vendor's own command line decides by this, too: without "enabled" there is no list to go by.
    if offered.get("enabled") and not ((offered.get("config") or {}).get(kind) or {}).get("enabled"):
        raise BridgeError(
            f"The project {project} does not support integrations of type {kind}",
            kind="forbidden",
            service=client.service,
            remedy="Its plan does not include it: contact the owner of the plan, or Upsun's support.",
        )


def check_risk(client: Upsun, project: str, before: Fields, after: Fields, refs: Fields | None) -> None:
    """:raises BridgeError: environments would be overwritten or deleted by what changes from ``before`` to ``after``.

    ``refs`` are the branches and tags of the repository with their commits, if they are known.
    """
    moved = any(before.get(name) != after.get(name) for name in _PLACE)
    begins = {
        name: after.get(name) and (moved or not before.get(name)) for name in ("fetch_branches", "prune_branches")
    }
    if not any(begins.values()):
        return
    branches = None if refs is None else branches_of(refs)
    risk = at_risk(
        environments(client, project),
        branches,
        fetch=bool(begins["fetch_branches"]),
        prune=bool(begins["prune_branches"]),
    )
    if risk:
        raise BridgeError(
            f"An integration with {after.get('repository')} would {risk.words(refs is not None)} in the project "
            f"{project}",
            kind="conflict",
            code=AT_RISK,
            service=client.service,
            remedy="Push the code to keep to the repository first. Then set confirm_overwrite to true.",
        )
