# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that both links of a repository with its GitLab project have."""

from __future__ import annotations

from ...bitbucket.options import BITBUCKET
from ...core.spec import PRESENCE, ArgumentSpec
from ...gitlab.options import GITLAB
from ..link import REPOSITORY, Link, connections
from .verification import VERIFY

PLACE = (
    connections(bitbucket=BITBUCKET, gitlab=GITLAB)
    + REPOSITORY
    + VERIFY
    + PRESENCE
    + ArgumentSpec(
        {
            "project": {"type": "str", "required": True},
            "token_days": {"type": "int", "default": 90, "no_log": False},
            "token_renew_before_days": {"type": "int", "default": 30, "no_log": False},
            "mirror": {"type": "str", "choices": ["auto", "pull", "push"]},
            "pull_mirroring": {"type": "bool"},
        }
    )
)


def say_how(link: Link, chosen: str) -> None:
    """Where the operator left the choice to the role: which way it took, and why."""
    if link.params["mirror"] != "auto" or not link.changed:
        return
    known = link.params["pull_mirroring"] is not None
    why = (
        "chosen by the features of this GitLab"
        if known
        else "assumed, because GitLab does not report it before the project exists"
    )
    link.context.progress(f"{link.params['workspace']}/{link.params['repository']}: {chosen}, {why}")
