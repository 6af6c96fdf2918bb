# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects are deleted in two steps: marked and renamed at once, gone after a while.

https://docs.gitlab.com/user/project/working_with_projects/#delete-a-project
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from .model import Project

if TYPE_CHECKING:
    from .service import GitLab

DAY = 24 * 3600.0


def _suffix(project: Project) -> str:
    return f"-deletion_scheduled-{project.id}"


def mark(service: GitLab, project: Project, days: int) -> None:
    """Out of the way under another path; what is marked can be restored."""
    project.marked_for_deletion_on = moment = service.clock.datetime() + timedelta(days=days)
    project.path, project.name = project.path + _suffix(project), project.name + _suffix(project)

    def due() -> None:
        if project.marked_for_deletion_on == moment:
            remove(service, project)

    service.clock.after(days * DAY, due)


def restore(project: Project) -> None:
    project.marked_for_deletion_on = None
    project.path = project.path.removesuffix(_suffix(project))
    project.name = project.name.removesuffix(_suffix(project))


def remove(service: GitLab, project: Project) -> None:
    """For good, with its tokens and its repository."""
    with service.lock:
        service.projects.pop(project.id, None)
        for token in service.tokens.of_project(project):
            service.revoke(token)
    shutil.rmtree(project.git_path, ignore_errors=True)
