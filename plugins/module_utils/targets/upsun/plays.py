# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upsun in the playbooks."""

from __future__ import annotations

from ..plays import Play, Plays, Task

PLAYS = Plays(
    about="Deploys the repositories of the group upsun with Upsun.",
    converge=(
        Play(
            tasks=(
                Task("Integration"),
                Task(
                    "Removal",
                    "absent",
                    when="upsun.state == 'absent'",
                    comment="For hosts whose upsun_state says so.",
                ),
            )
        ),
    ),
    teardown=(Play(tasks=(Task("Integration", "absent"),)),),
)
