# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects.

Source: https://docs.gitlab.com/api/projects/
"""

from __future__ import annotations

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Fields
from ..core.spec import STATE, ArgumentSpec
from ..core.urls import segment
from ..http.answer import NOTHING, OBJECT, OBJECTS
from .options import GITLAB, PROJECT
from .resource import GitlabResource

FEATURES = (
    "analytics",
    "builds",
    "container_registry",
    "environments",
    "feature_flags",
    "forking",
    "infrastructure",
    "issues",
    "merge_requests",
    "model_experiments",
    "model_registry",
    "monitor",
    "pages",
    "releases",
    "repository",
    "requirements",
    "security_and_compliance",
    "snippets",
    "wiki",
)
LEVELS = ("disabled", "private", "enabled", "public")
# What GitLab's own "Run CI/CD for external repository" switches off; the API has no parameter for that.
_NOT_FOR_CI = ("issues", "merge_requests", "snippets", "wiki")
_PLAIN = (
    "name",
    "description",
    "visibility",
    "ci_config_path",
    "build_timeout",
    "shared_runners_enabled",
    "auto_devops_enabled",
    "public_jobs",
)
_IN_GROUP = "the scope api and a role in the group that may make projects, Maintainer where nobody changed that"
# Of the hundred fields GitLab answers with, those a playbook has a use for.
_SHOWN = (
    "id",
    *_PLAIN,
    "path",
    "path_with_namespace",
    "web_url",
    "http_url_to_repo",
    "default_branch",
    "empty_repo",
    "auto_cancel_pending_pipelines",
    "import_status",
    "marked_for_deletion_on",
)


class Project(GitlabResource):
    """A project, found by its full path or id. What is about mirroring belongs to ``PullMirror`` and is never sent here."""

    module = "gitlab_project"
    spec = (
        GITLAB
        + PROJECT
        + STATE
        + ArgumentSpec(
            {
                "name": {"type": "str"},
                "description": {"type": "str"},
                "visibility": {"type": "str", "choices": ["private", "internal", "public"]},
                "ci_only": {"type": "bool", "default": False},
                "features": {"type": "dict"},
                "ci_config_path": {"type": "str"},
                "build_timeout": {"type": "int"},
                "auto_cancel_pending_pipelines": {"type": "bool"},
                "shared_runners_enabled": {"type": "bool"},
                "auto_devops_enabled": {"type": "bool"},
                "public_jobs": {"type": "bool"},
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

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        for feature, level in (self.params["features"] or {}).items():
            if feature not in FEATURES:
                raise InvalidInput(f"{feature} is no feature of a project", f"There are {', '.join(FEATURES)}.")
            if level not in LEVELS or (level == "public" and feature != "pages"):
                allowed = ", ".join(LEVELS if feature == "pages" else LEVELS[:-1])
                raise InvalidInput(f"The feature {feature} can't be {level!r}", f"It can be one of {allowed}.")

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted: Fields = {} if current else self._needed()
        wanted.update({name: self.params[name] for name in _PLAIN if self.params[name] is not None})
        if self.params["auto_cancel_pending_pipelines"] is not None:
            cancels = self.params["auto_cancel_pending_pipelines"]
            wanted["auto_cancel_pending_pipelines"] = "enabled" if cancels else "disabled"
        off = dict.fromkeys(_NOT_FOR_CI, "disabled") if self.params["ci_only"] else {}
        for feature, level in {**off, **(self.params["features"] or {})}.items():
            name = f"{feature}_access_level"
            if current and name not in current:
                # An older GitLab ignores what it does not know without a word.
                self.context.warn(f"GitLab says nothing of the feature {feature} of {self.name}; it is left out.")
            else:
                wanted[name] = level
        return wanted

    def _needed(self) -> Fields:
        """What a new one can't be created without. Without a visibility it would get the installation's default."""
        group, _slash, path = self.project.strip("/").rpartition("/")
        if not group:
            raise BridgeError(
                f"There is no project {self.name}",
                kind="not_found",
                remedy="GitLab gives the ids itself: to have the project made give its full path.",
            )
        namespace = self.session.call(
            "GET",
            f"/namespaces/{segment(group)}",
            asked=f"Look for the group {group}",
            keys=("id", "kind"),
            needs=_IN_GROUP,
        )
        self._namespace = namespace
        return {"namespace_id": namespace["id"], "path": path, "name": path, "visibility": "private"}

    def planned(self, desired: Fields) -> Fields:
        return {**super().planned(desired), "pull_mirroring": self._foretold()}

    def _foretold(self) -> bool | None:
        """Whether a project that is to be made could be a pull mirror; None if nobody can tell before it is there.

        Told by the plan of the group (GitLab.com says it to those who may see its bills), by another project of the group,
        or by the edition, because the Community Edition has none.
        """
        plan = self._namespace.get("plan")
        if plan:
            return plan.removesuffix("_trial") not in ("free", "default")
        if self._namespace["kind"] == "group":
            others = self.session.call(
                "GET",
                f"/groups/{self._namespace['id']}/projects",
                asked=f"Look at a project of {self._namespace['full_path']}",
                query={"per_page": 1, "include_subgroups": True},
                expects=OBJECTS,
                accept=(403, 404),
            )
            if others:
                return "mirror" in others[0]
        edition = self.session.call(
            "GET", "/metadata", asked="Ask for GitLab's edition", keys=("version",), accept=(401, 403, 404)
        )
        return False if edition and edition.get("enterprise") is False else None

    def comparable(self, desired: Fields) -> Fields:
        """GitLab has no description where an empty one was set."""
        empty = ("description", "ci_config_path")
        return {name: (value or "" if name in empty else value) for name, value in desired.items()}

    def dormant(self, current: Fields) -> bool:
        return bool(current.get("marked_for_deletion_on"))

    # -- calling -----------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        answer = self.call("GET", verb="Read", accept=(404,))
        if answer is None:
            return None
        found = shown(answer)
        if not self.project.isdigit() and found["path_with_namespace"].lower() != self.project.strip("/").lower():
            self.context.warn(f"The project {self.name} has moved to {found['path_with_namespace']}; that is used.")
        self.project = str(found["id"])
        return found

    def create(self, desired: Fields) -> Fields:
        try:
            answer = self.session.call(
                "POST", "/projects", asked=self.asked("Make"), needs=_IN_GROUP, keys=self.keys, body=desired
            )
        except BridgeError as error:
            if "has already been taken" in (error.words or ""):
                error.remedy = "Either the token must not see the project that has this path, or another one in the group has its name."
            elif "namespace" in (error.words or ""):  # where another service would say 403
                error.remedy = f"The call needs {_IN_GROUP}."
            raise
        return shown(answer)

    def update(self, current: Fields, changes: Fields) -> Fields:
        found = shown(self.call("PUT", verb="Change", body=changes))
        refused = [
            name for name, value in self.comparable(changes).items() if self.comparable(found).get(name) != value
        ]
        if refused:
            raise BridgeError(
                f"GitLab took the change of {self.name} and left {', '.join(sorted(refused))} as it was",
                remedy="A setting of the group or of the installation may forbid it.",
            )
        return found

    def restore(self, current: Fields) -> Fields:
        return shown(self.call("POST", "restore", verb="Bring back"))

    def delete(self, current: Fields) -> None:
        self.call("DELETE", verb="Delete", expects=NOTHING | OBJECT, keys=("message",), accept=(404,))


def shown(answer: Fields) -> Fields:
    """What is reported of a project."""
    features = [name for name in answer if name.endswith("_access_level")]
    known = {name: answer[name] for name in (*_SHOWN, *sorted(features)) if name in answer}
    # Only where the licence covers pull mirrors GitLab says whether the project is one, as
    # https://gitlab.com/gitlab-org/gitlab/-/blob/master/ee/lib/ee/api/entities/project.rb has it.
    return {**known, "pull_mirroring": "mirror" in answer}
