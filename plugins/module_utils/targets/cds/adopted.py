# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications and workflows that somebody made by hand for the same repository.

CDS has no place for a mark, so the inventory says what was adopted (``cds_adopted``).
"""

from __future__ import annotations

import typing as t

from ...cds.application import ApplicationRepository
from ...cds.webhook import RepositoryWebhook
from ...cds.workflow import Workflow
from ...core.adoption import entry
from ...core.pending import is_pending
from ...core.reconcile import Fields

_MOST_READ = 50  # workflows, where the list does not say what they use


class FoundApplication(ApplicationRepository):
    """The application, which looks for another one of the project with the same repository."""

    def others(self) -> list[Fields]:
        if is_pending(self.params["project"]):
            return []
        wanted = str(self.params["repository"]).lower()
        asked = f"List the applications of the project {self.project}"
        found = self.client.listing(self.path("applications"), asked=asked)
        names = [one["name"] for one in found if str(one.get("repository_fullname") or "").lower() == wanted]
        return [*self._entries(names)] if names else []

    def _entries(self, names: list[str]) -> t.Iterator[Fields]:
        place, repository = f"project {self.project}", self.params["repository"]
        for name in names:
            reason = f"it is attached to {repository}"
            yield entry(self.module, name, f"{place}, application {name}", reason, variable="application", value=name)
        for name, used in self._workflows(set(names)):
            reason = f"it uses the application {used}, which is attached to {repository}"
            yield entry(Workflow.module, name, f"{place}, workflow {name}", reason, variable="workflow", value=name)
        reason = "CDS has no place for a mark: the inventory says that it was adopted"
        yield entry(self.module, names[0], f"{place}, application {names[0]}", reason, variable="adopted", value=True)

    def _workflows(self, names: set[str]) -> t.Iterator[tuple[str, str]]:
        """Workflows that use one of the applications, and which."""
        asked = f"List the workflows of the project {self.project}"
        for one in self.client.listing(self.path("workflows"), asked=asked)[:_MOST_READ]:
            whole = one
            if "workflow_data" not in one:
                read = f"Read the workflow {one['name']} of the project {self.project}"
                whole = self.client.get(self.path("workflows", one["name"]), asked=read) or {}
            used = names & set(_applications(whole.get("workflow_data")))
            if used:
                yield one["name"], min(used)


def _applications(data: t.Any) -> t.Iterator[str]:
    """The names of all applications in the nodes of a workflow."""
    if isinstance(data, dict):
        if data.get("application_name"):
            yield data["application_name"]
        data = list(data.values())
    for part in data if isinstance(data, list) else ():
        yield from _applications(part)


def kept(project: str, workflow: str, application: str) -> list[Fields]:
    """What a teardown leaves of what was adopted."""
    reason = "cds_adopted says that it was not created by this collection"
    parts = {Workflow.module: workflow, RepositoryWebhook.module: workflow, ApplicationRepository.module: application}
    return [
        {"kind": kind, "name": name, "where": f"project {project}", "reason": reason} for kind, name in parts.items()
    ]
