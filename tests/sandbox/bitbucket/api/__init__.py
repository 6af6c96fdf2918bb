# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints, one module for each group of them."""

from __future__ import annotations

from . import (
    commits,
    consent,
    git,
    hooks,
    oauth,
    pipelines,
    pullrequest_comments,
    pullrequests,
    refs,
    removed,
    repositories,
    src,
    statuses,
    user,
    workspaces,
)

GROUPS = [
    module.group
    for module in (
        commits,
        consent,
        git,
        hooks,
        oauth,
        pipelines,
        pullrequest_comments,
        pullrequests,
        refs,
        removed,
        repositories,
        src,
        statuses,
        user,
        workspaces,
    )
]
