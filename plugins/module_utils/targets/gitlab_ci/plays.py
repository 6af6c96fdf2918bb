# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GitLab CI/CD in the playbooks."""

from __future__ import annotations

from ..plays import Play, Plays, Task

PLAYS = Plays(
    about="Runs GitLab CI/CD for the repositories of the group gitlab_ci.",
    converge=(
        Play(
            tasks=(
                Task("Integration"),
                Task(
                    "Removal, or the probe",
                    "{{ gitlab_ci.next }}",
                    when="gitlab_ci.next != '' and not (gitlab_ci.next == 'probe' and ansible_check_mode)",
                    comment="Nothing for most hosts: one that is to leave, or a probe that was asked for.",
                ),
            )
        ),
    ),
    teardown=(Play(tasks=(Task("Integration", "absent", included=True),)),),
    # The pipelines file, and in some modes a script.
    commits=True,
)
