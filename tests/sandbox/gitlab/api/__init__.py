# SPDX-License-Identifier: GPL-3.0-or-later
"""One blueprint per group of endpoints."""

from __future__ import annotations

from . import (
    access_tokens,
    git,
    groups,
    lint,
    meta,
    mirror,
    personal_tokens,
    pipelines,
    projects,
    protected_branches,
    repository,
    variables,
)

GROUPS = (
    meta.group,
    personal_tokens.group,
    groups.group,
    projects.group,
    mirror.group,
    variables.group,
    access_tokens.group,
    protected_branches.group,
    repository.group,
    pipelines.group,
    lint.group,
    git.group,
)
