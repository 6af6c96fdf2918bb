# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints, one module for each group of them."""

from __future__ import annotations

from . import (
    access_tokens,
    builds,
    commits,
    files,
    git,
    meta,
    permissions,
    projects,
    pull_requests,
    refs,
    repositories,
    webhooks,
)

GROUPS = [
    module.group
    for module in (
        access_tokens,
        builds,
        commits,
        files,
        git,
        meta,
        permissions,
        projects,
        pull_requests,
        refs,
        repositories,
        webhooks,
    )
]
