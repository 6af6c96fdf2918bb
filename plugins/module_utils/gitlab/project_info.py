# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project, its branches and tags.

Sources: https://docs.gitlab.com/api/projects/, https://docs.gitlab.com/api/branches/ and https://docs.gitlab.com/api/tags/
"""

from __future__ import annotations

from ..core.pending import is_pending
from ..core.reconcile import Context, Fields, Info
from ..core.spec import ArgumentSpec
from .options import GITLAB, PROJECT
from .project_fields import shown
from .resource import check_project
from .session import REQUIRES, Session, project_path

_NEEDS = "the scope api or read_api, and a role in the project"
_PLACES = {"branches": "refs/heads/", "tags": "refs/tags/"}


class ProjectInfo(Info):
    """Reads a project: one call, with its refs two more, and more of those for more than a hundred."""

    module = "gitlab_project_info"
    requires = REQUIRES
    spec = GITLAB + PROJECT + ArgumentSpec({"refs": {"type": "bool", "default": True}})

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.session = Session(params, context)

    def validate(self) -> None:
        check_project(self.params["project"])

    def gather(self) -> Fields:
        name = self.params["project"]
        none: Fields = {"project": {}, "refs": {}}
        if is_pending(name):
            return none
        answer = self.session.call(
            "GET", project_path(name), asked=f"Read the project {name}", needs=_NEEDS, keys=("id",), accept=(404,)
        )
        if answer is None:
            return none
        trigger = f"{self.params['api_url'].rstrip('/')}/api/v4{project_path(str(answer['id']), 'mirror', 'pull')}"
        project = {**shown(answer), "mirror_trigger_url": trigger}
        return {"project": project, "refs": self._refs(str(answer["id"])) if self.params["refs"] else {}}

    def _refs(self, project: str) -> dict[str, str]:
        """``refs/heads/main`` -> commit. That of an annotated tag is the commit it leads to."""
        return {
            prefix + item["name"]: item["commit"]["id"]
            for kind, prefix in _PLACES.items()
            for item in self.session.listing(
                project_path(project, "repository", kind),
                asked=f"List the {kind} of the project {self.params['project']}",
                needs=_NEEDS,
            )
        }
