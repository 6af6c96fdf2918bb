# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether GitLab has every branch and tag of Bitbucket, with the same commits."""

from __future__ import annotations

import typing as t

from ...bitbucket.repository import RepositoryInfo
from ...core.errors import BridgeError
from ...core.spec import ArgumentSpec
from ...gitlab.project_info import ProjectInfo
from ..link import Link

VERIFY = ArgumentSpec(
    {"verify": {"type": "str", "choices": ["when_changed", "always", "never"], "default": "when_changed"}}
)


def compare_refs(link: Link, project: str, mirrors: t.Callable[[str], bool] = lambda _ref: True) -> None:
    """Read the refs of both and compare those that the mirror takes. Refs that Bitbucket no longer has may remain in GitLab.

    :raises BridgeError: a branch or tag of Bitbucket is missing in GitLab, or has another commit there.
    """
    source = link.part("source", RepositoryInfo, "bitbucket", link.place, look_only=True)["refs"]
    there = link.part("copy", ProjectInfo, "gitlab", {"project": project}, look_only=True)
    differing = sorted(ref for ref, commit in source.items() if mirrors(ref) and there["refs"].get(ref) != commit)
    if differing:
        page = there["project"].get("web_url") or project
        raise BridgeError(
            f"GitLab's {project} differs from Bitbucket in {', '.join(differing)}.",
            kind="conflict",
            service="GitLab",
            remedy="After a push GitLab fetches within five minutes: run again. Otherwise check Settings > Repository "
            f"> Mirroring repositories of {page}.",
        )
