# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints, one module for each group of them."""

from __future__ import annotations

from . import (
    applications,
    auth,
    groups,
    keys,
    monitoring,
    pipelines,
    project_repositories,
    project_vcs,
    projects,
    rbac,
    repositories_manager,
    services,
    ui,
    workflows,
)

GROUPS = [
    module.group
    for module in (
        applications,
        auth,
        groups,
        keys,
        monitoring,
        pipelines,
        project_repositories,
        project_vcs,
        projects,
        rbac,
        repositories_manager,
        services,
        ui,
        workflows,
    )
]
