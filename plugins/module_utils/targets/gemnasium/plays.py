# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gemnasium in the playbooks."""

from __future__ import annotations

from ..plays import Play, Plays, Task

_NEXT = "{{ gemnasium.next }}"

PLAYS = Plays(
    about="Lets Gemnasium Enterprise sign users in and synchronise the repositories of the group gemnasium.",
    converge=(
        Play(
            name="foundation",
            tags=("foundation",),
            tasks=(
                Task("Foundation", "foundation"),
                Task(
                    "Removal, or what has to be done by hand",
                    _NEXT,
                    when="gemnasium.next != ''",
                    comment="Nothing for most hosts: Gemnasium that is to be left, or Bitbucket Server, which is set up by hand.",
                ),
            ),
        ),
        Play(name="repositories", tags=("repositories",), tasks=(Task("Repository", "repository"),)),
    ),
    teardown=(
        Play(
            tasks=(
                Task("Foundation", "absent"),
                Task(
                    "What has to be done by hand for Bitbucket Server",
                    _NEXT,
                    when="gemnasium.next == 'server_absent'",
                ),
            )
        ),
    ),
    last="it fails where Gemnasium can't take back what it has, unless gemnasium_forget is true.",
)
