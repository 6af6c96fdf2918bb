# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CDS in the playbooks."""

from __future__ import annotations

from ..plays import Play, Plays, Task

_ABSENT = "cds.state == 'absent'"

PLAYS = Plays(
    # A project is deleted when all its repositories are.
    together=True,
    about="Builds the repositories of the group cds with CDS, which runs on the hosts of the group cds_engine.",
    converge=(
        Play(
            name="engine",
            group="cds_engine",
            local=False,
            tags=("engine",),
            tasks=(
                Task("Configuration and services", "engine"),
                Task("Removal", "engine_absent", when=_ABSENT),
            ),
        ),
        Play(
            tasks=(
                Task("Projects and repositories"),
                Task("Removal", "absent", when=_ABSENT, tags=("foundation", "repositories")),
            )
        ),
    ),
    teardown=(
        Play(tasks=(Task("Repositories, and their projects", "absent"),)),
        Play(
            name="engine",
            group="cds_engine",
            local=False,
            tags=("engine",),
            tasks=(Task("Configuration", "engine_absent"),),
        ),
    ),
)
