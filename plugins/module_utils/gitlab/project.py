# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects.

Source: https://docs.gitlab.com/api/projects/
"""

from __future__ import annotations

import typing as t
from functools import cached_property

from ..core.adoption import ADOPTION, adopted
from ..core.errors import BridgeError, InvalidInput, remedies, says
from ..core.reconcile import Context, Fields
from ..core.spec import ArgumentSpec, each
from ..core.urls import segment
from ..http.answer import NOTHING, OBJECT
from .adoption import MARK, is_marked, mirrors_instead
from .group_projects import listed
from .licence import will_mirror
from .options import GITLAB, IN_PROJECT
from .project_fields import FEATURES, LEVELS, PLAIN, SWITCHES, shown
from .resource import GitlabResource
from .session import Session

# What GitLab's own "Run CI/CD for external repository" switches off; the API has no parameter for that.
_NOT_FOR_CI = ("issues", "merge_requests", "snippets", "wiki")
_TAKEN = "Either the token has no access to the project with this path, or another project in the group has its name."
_IN_GROUP = "the scope api and a role in the group that may create projects, by default Maintainer"


class Project(GitlabResource):
    """A project, found by its full path or id. What is about mirroring belongs to ``PullMirror`` and is never sent here."""

    module = "gitlab_project"
    spec = (
        IN_PROJECT
        + ADOPTION
        + ArgumentSpec(
            {
                **each(("name", "description", "ci_config_path")),
                "visibility": {"type": "str", "choices": ["private", "internal", "public"]},
                "ci_only": {"type": "bool", "default": False},
                "features": {"type": "dict"},
                "build_timeout": {"type": "int"},
                **each(SWITCHES, "bool"),
                "auto_cancel_pending_pipelines": {"type": "bool"},
            },
            blank=("description", "ci_config_path"),
        )
    )
    operations = {
        "create": "POST /api/v4/projects",
        "update": "PUT /api/v4/projects/{id}",
        "delete": "DELETE /api/v4/projects/{id}",
        "restore": "POST /api/v4/projects/{id}/restore",
    }
    noun = "project"
    together = "project"
    together_by = tuple(GITLAB.options)

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        for feature, level in (self.params["features"] or {}).items():
            if feature not in FEATURES:
                raise InvalidInput(f"{feature} is not a feature of a project", f"There are {', '.join(FEATURES)}.")
            if level not in LEVELS or (level == "public" and feature != "pages"):
                allowed = ", ".join(LEVELS if feature == "pages" else LEVELS[:-1])
                raise InvalidInput(f"The feature {feature} cannot be {level!r}", f"It can be one of {allowed}.")

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted: Fields = {} if current else self._needed()
        wanted.update(self.given(*PLAIN))
        if self.params["auto_cancel_pending_pipelines"] is not None:
            cancels = self.params["auto_cancel_pending_pipelines"]
            wanted["auto_cancel_pending_pipelines"] = "enabled" if cancels else "disabled"
        ci_only = self.params["ci_only"] and not ("ci_only" in self.params["defaults"] and adopted(self, current))
        off = dict.fromkeys(_NOT_FOR_CI, "disabled") if ci_only else {}
        for feature, level in {**off, **(self.params["features"] or {})}.items():
            name = f"{feature}_access_level"
            if current and name not in current:
                # An older GitLab ignores what it does not know without a word.
                self.context.warn(f"GitLab does not report the feature {feature} of {self.name}; it is skipped.")
            else:
                wanted[name] = level
        return wanted

    def _needed(self) -> Fields:
        """What a new one can't be created without. Without a visibility it would get the installation's default."""
        path = self.project.strip("/").rpartition("/")[2]
        return {"namespace_id": self._namespace["id"], "path": path, "name": path, "visibility": "private"}

    @cached_property
    def _namespace(self) -> Fields:
        """The group that a new one would be in."""
        group = self.project.strip("/").rpartition("/")[0]
        if not group:
            raise BridgeError(
                f"The project {self.name} does not exist",
                kind="not_found",
                remedy="GitLab assigns the ids itself: to create the project set its full path.",
            )
        options: Fields = {"asked": f"Find the group {group}", "keys": ("id", "kind"), "needs": _IN_GROUP}
        return t.cast(Fields, self.session.call("GET", f"/namespaces/{segment(group)}", **options))

    def planned(self, desired: Fields) -> Fields:
        planned = super().planned(desired)
        mirrors = will_mirror(self.session, self._namespace)
        return {**planned, "reference": planned["id"], "pull_mirroring": mirrors, "adopted": False}

    def comparable(self, desired: Fields) -> Fields:
        """GitLab has no description where an empty one was set."""
        empty = ("description", "ci_config_path")
        return {name: (value or "" if name in empty else value) for name, value in desired.items()}

    def dormant(self, current: Fields) -> bool:
        return bool(current.get("marked_for_deletion_on"))

    # -- calling -----------------------------------------------------------------------------------------------------

    @classmethod
    def read_together(cls, params: Fields, names: list[str], context: Context) -> Fields:
        """From the list of their group, which describes each project as its own address does."""
        return listed(Session(params, context), names)

    def read_first(self) -> Fields | None:
        return shown(self.context.known) if self.context.known else self.read()

    def read(self) -> Fields | None:
        answer = self.call("GET", verb="Read", accept=(404,))
        if answer is None:
            return None
        found = shown(answer)
        if not self.project.isdigit() and found["path_with_namespace"].lower() != self.project.strip("/").lower():
            self.context.warn(f"The project {self.name} has moved to {found['path_with_namespace']}; that is used.")
        return found

    def marked(self, current: Fields) -> bool:
        return is_marked(current)

    def others(self) -> list[Fields]:
        return mirrors_instead(self)

    def create(self, desired: Fields) -> Fields:
        with remedies((says("has already been taken"), _TAKEN), (says("namespace"), f"The call needs {_IN_GROUP}.")):
            options: Fields = {
                "asked": self.asked("Create"),
                "needs": _IN_GROUP,
                "keys": self.keys,
                "body": {**desired, "topics": [MARK]},
            }
            return shown(self.session.call("POST", "/projects", **options))

    def update(self, current: Fields, changes: Fields) -> Fields:
        found = shown(self.call("PUT", verb="Update", project=str(current["id"]), body=changes))
        there = self.comparable(found)
        refused = [name for name, value in self.comparable(changes).items() if there.get(name) != value]
        if refused:
            raise BridgeError(
                f"GitLab accepted the change of {self.name}, but did not change {', '.join(sorted(refused))}",
                remedy="A setting of the group or of the instance may prevent it.",
            )
        return found

    def restore(self, current: Fields) -> Fields:
        return shown(self.call("POST", "restore", verb="Restore", project=str(current["id"])))

    def delete(self, current: Fields) -> None:
        options: Fields = {"expects": NOTHING | OBJECT, "keys": ("message",), "accept": (404,)}
        self.call("DELETE", verb="Delete", project=str(current["id"]), **options)
