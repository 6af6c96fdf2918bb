# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbooks do for a target. ``make generate`` writes the playbooks from it; nothing reads it at run time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One task of a play: an entry point of the target's role."""

    name: str
    # The task list of the role, or an expression for it.
    entry: str = "main"
    # A condition makes an include of the import, which is one task result even where nothing is to do.
    when: str = ""
    included: bool = False
    tags: tuple[str, ...] = ()
    # A comment above it.
    comment: str = ""


@dataclass(frozen=True)
class Play:
    """One play. Its name is the target's title and ``name``, its tags are the target's name and ``tags``."""

    tasks: tuple[Task, ...]
    name: str = ""
    # The inventory group, by default the target's first one.
    group: str = ""
    tags: tuple[str, ...] = ()
    # Whether tasks run on the controller; False for hosts that a service runs on.
    local: bool = True


@dataclass(frozen=True)
class Plays:
    """All plays of a target. The order of the targets follows from what is said here, else from that of the table.

    - ``site``: those that commit to the repositories come first, so that the others read what was committed; those with parts
      for a service's own hosts come last, because they may restart it.
    - ``audit``: as the table, those with parts last.
    - ``teardown``: the reverse of the table, and at the end those that say why they must be ``last``.
    """

    # What it does for the repositories of its group, for the first line of its playbook.
    about: str
    converge: tuple[Play, ...]
    teardown: tuple[Play, ...]
    commits: bool = False
    last: str = ""
    # Whether hosts decide together, so that all of them take part as soon as one of them differs.
    together: bool = False
