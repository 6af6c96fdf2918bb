# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environments of a project, and whether they are what the repository says.

Sources: https://docs.upsun.com/api/ (Environment, Deployment, Project)
"""

from __future__ import annotations

from ..core.errors import InvalidInput
from ..core.reconcile import Fields, Info
from ..core.spec import ArgumentSpec, each
from .client import place
from .environment import environments, primary_url
from .expectation import Expectation
from .options import IN_PROJECT
from .project import InProject


class EnvironmentInfo(InProject, Info):
    """Reads a project and its environments: two calls, and one more for each whose address is asked for."""

    module = "upsun_environment_info"
    spec = IN_PROJECT + ArgumentSpec(
        {
            "urls": {"type": "str", "choices": ["none", "pull_requests", "all"], "default": "none"},
            **each(("wait", "others"), "bool", default=False),
            "source_refs": {"type": "dict"},
            "pull_requests": {"type": "list", "elements": "dict"},
        }
    )

    def validate(self) -> None:
        super().validate()
        for request in self.params["pull_requests"] or ():
            missing = [name for name in ("id", "destination") if request.get(name) is None]
            if missing or not str(request["id"]).isdigit():
                raise InvalidInput("Each of pull_requests needs its number as id, and destination")

    def gather(self) -> Fields:
        project = self.client.get(place(self.project), asked=f"Read the project {self.project}", keys=("id",))
        found = self._environments()
        for one in found:
            one["url"] = self._url(one)
        expected = Expectation(self.params["source_refs"], self.params["pull_requests"], self.params["others"])
        return {
            "project": {
                **{name: project.get(name) for name in ("id", "title", "region", "default_branch")},
                "repository_url": (project.get("repository") or {}).get("url"),
            },
            "environments": found,
            "differences": expected.differences(found),
        }

    def _environments(self) -> list[Fields]:
        """With ``wait``, once nothing is under way in any of them."""
        return self.waited(
            lambda: environments(self.client, self.project),
            lambda found: not _busy(found),
            lambda found: f"busy with {', '.join(_busy(found))}",
        )

    def _url(self, environment: Fields) -> str | None:
        wanted = {"none": False, "pull_requests": environment["is_pr"], "all": True}[self.params["urls"]]
        if not wanted or not environment["has_deployment"]:
            return None
        return primary_url(self.client, self.project, environment["id"])


def _busy(found: list[Fields]) -> list[str]:
    """The environments that something is going on in."""
    return [str(one["name"]) for one in found if one["is_dirty"] or one["status"] in ("dirty", "deleting")]
