# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which projects can be pull mirrors: a matter of GitLab's edition and of the group's plan.

Source: https://docs.gitlab.com/user/project/repository/mirror/pull/
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError
from ..http.answer import OBJECTS
from .session import Session

Fields = dict[str, t.Any]

# The error code of a GitLab that has no pull mirrors, for playbooks that have another way.
UNAVAILABLE = "pull_mirroring_unavailable"


def can_mirror(project: Fields) -> bool:
    """Whether a project can, by GitLab's answer about it, which has the field only where the licence covers pull mirrors.

    https://gitlab.com/gitlab-org/gitlab/-/blob/master/ee/lib/ee/api/entities/project.rb
    """
    return "mirror" in project


def will_mirror(session: Session, namespace: Fields) -> bool | None:
    """Whether a project that is to be made could; None if nobody can tell before it is there.

    Told by the plan of the group (GitLab.com says it to those who may see its bills), by another project of the group,
    or by the edition, because the Community Edition has none.
    """
    plan = namespace.get("plan")
    if plan:
        return str(plan).removesuffix("_trial") not in ("free", "default")
    if namespace["kind"] == "group":
        others = session.call(
            "GET",
            f"/groups/{namespace['id']}/projects",
            asked=f"Read a project of {namespace['full_path']}",
            query={"per_page": 1, "include_subgroups": True},
            expects=OBJECTS,
            accept=(403, 404),
        )
        if others:
            return can_mirror(others[0])
    edition = session.call("GET", "/metadata", asked="Read GitLab's edition", keys=("version",), accept=(401, 403, 404))
    return False if edition and edition.get("enterprise") is False else None


def unavailable(asked: str, address: str) -> BridgeError:
    """The error of a GitLab whose project can't."""
    return BridgeError(
        f"{asked}: the GitLab at {address} has no pull mirrors for this project",
        service="GitLab",
        code=UNAVAILABLE,
        remedy="They need the Enterprise Edition with a Premium or Ultimate licence. Without it, push from Bitbucket to GitLab.",
    )
