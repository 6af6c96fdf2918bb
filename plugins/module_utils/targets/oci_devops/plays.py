# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps in the playbooks."""

from __future__ import annotations

from ..plays import Play, Plays, Task

PLAYS = Plays(
    # Whether a foundation is still used is decided by all hosts that share it.
    together=True,
    about="Mirrors the repositories of the group oci_devops into OCI DevOps.",
    converge=(
        Play(name="foundation", tags=("foundation",), tasks=(Task("Foundation", "foundation"),)),
        Play(
            name="repositories",
            tags=("repositories",),
            tasks=(
                Task("Repository", "repository"),
                Task("Removal", "absent", when="oci_devops.state == 'absent'"),
            ),
        ),
    ),
    teardown=(
        Play(
            name="repositories",
            tags=("repositories",),
            tasks=(Task("Repository", "repository_absent", included=True),),
        ),
        Play(
            name="foundation",
            tags=("foundation",),
            tasks=(
                Task("Foundation", "foundation_absent", included=True),
                Task("What OCI only schedules for deletion", "scheduled", included=True),
            ),
        ),
    ),
)
