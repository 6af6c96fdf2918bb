# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workflow as CDS reads and takes it: the whole of it, for whoever changes a part.

Source: https://ovh.github.io/cds/docs/concepts/workflow/hooks/git-repo-webhook/ and …/workflow/notifications/
"""

from __future__ import annotations

import copy
import typing as t

from ..core.reconcile import Fields
from .version import HOOK_EVENTS, PULL_REQUEST_COMMENTS, STATUS_NOTIFICATION, Version

PUSH = ["repo:push"]
# Our option -> the switch in the notification's template that turns it off.
REPORTS = {"report_status": "disable_status", "comment_pull_requests": "disable_comment"}

_MODEL = "RepositoryWebHook"


class WorkflowData:
    """What the root of a workflow has of webhooks and of notifications, and the workflow with changes of both."""

    def __init__(self, workflow: Fields, version: Version) -> None:
        self.workflow, self.version = workflow, version
        self.root: Fields = workflow["workflow_data"]["node"]

    # -- reading -----------------------------------------------------------------------------------------------------

    @property
    def hooks(self) -> list[Fields]:
        """All hooks of the root."""
        return self.root.get("hooks") or []  # none is a null

    @property
    def ours(self) -> list[Fields]:
        """The repository webhooks among them."""
        return [hook for hook in self.hooks if hook["hook_model_name"] == _MODEL]

    @property
    def others(self) -> list[Fields]:
        """All the rest."""
        return [hook for hook in self.hooks if hook["hook_model_name"] != _MODEL]

    @property
    def application(self) -> Fields:
        """That of the root, whose repository the webhook is for."""
        context = self.root.get("context") or {}
        return t.cast(Fields, (self.workflow.get("applications") or {}).get(str(context.get("application_id"))) or {})

    def shown(self, hook: Fields) -> Fields:
        """The fields of a repository webhook, and of what the workflow reports."""
        events = value(hook, "eventFilter")
        return {
            "id": value(hook, "webHookID"),
            "vcs": value(hook, "vcsServer"),
            "repository": value(hook, "repoFullName"),
            "url": value(hook, "webHookURL"),
            "retention_policy": self.workflow.get("retention_policy") or "",
            "events": sorted(events.split(";")) if events else PUSH,
            **{ours: self._reports(switch) for ours, switch in REPORTS.items()},
        }

    def _notifications(self) -> list[Fields]:
        """Those about the repository that count for the root."""
        return [
            one
            for one in self.workflow.get("notifications") or ()
            if one["type"] == "vcs" and (not one.get("node_id") or self.root["id"] in one["node_id"])
        ]

    def _reports(self, switch: str) -> bool:
        if not self.version.has(STATUS_NOTIFICATION if switch == "disable_status" else PULL_REQUEST_COMMENTS):
            return switch == "disable_status"  # always, and never
        templates = [(one.get("settings") or {}).get("template") or {} for one in self._notifications()]
        return any(not template.get(switch) for template in templates)

    # -- changing ----------------------------------------------------------------------------------------------------

    def new_hook(self, fields: Fields) -> Fields:
        """A repository webhook, of which CDS adds the rest."""
        config = {"eventFilter": _setting(";".join(fields["events"]))} if self.version.has(HOOK_EVENTS) else {}
        return {"hook_model_name": _MODEL, "config": config}

    def changed_hook(self, hook: Fields, changes: Fields) -> Fields:
        """A hook with the changes, if it is ours."""
        if hook["hook_model_name"] != _MODEL:
            return hook
        config = dict(hook["config"])
        if "events" in changes and self.version.has(HOOK_EVENTS):
            config["eventFilter"] = {**config.get("eventFilter", _setting("")), "value": ";".join(changes["events"])}
        if "id" in changes:  # what CDS knows no webhook of, it makes one for
            config.pop("webHookID", None)
        return {**hook, "config": config}

    def body(self, changes: Fields, hooks: list[Fields]) -> Fields:
        """The whole workflow, with other hooks and other settings."""
        body = copy.deepcopy(self.workflow)
        body["workflow_data"]["node"]["hooks"] = hooks
        if "retention_policy" in changes:
            body["retention_policy"] = changes["retention_policy"]
        switches = {REPORTS[name]: not changes[name] for name in REPORTS if name in changes}
        if switches and self.version.has(PULL_REQUEST_COMMENTS):
            body["notifications"] = self._with_switches(switches)
        return body

    def _with_switches(self, switches: dict[str, bool]) -> list[Fields]:
        """All notifications, with one about the repository in which the switches are as they should be."""
        ours = self._notifications()
        others = [one for one in self.workflow.get("notifications") or () if one not in ours]
        # Nothing reports where there is no notification: a new one for one report must not start the other.
        fresh = {
            "type": "vcs",
            "source_node_ref": [self.root["name"]],
            "settings": {"template": dict.fromkeys(REPORTS.values(), True)},
        }
        changed = copy.deepcopy(ours) or [fresh]
        for one in changed:
            settings = one.setdefault("settings", {})
            settings["template"] = {**(settings.get("template") or {}), **switches}
        return [*others, *changed]


def value(hook: Fields, name: str) -> str:
    """One setting of a hook, empty if it is not there."""
    return str((hook["config"].get(name) or {}).get("value") or "")


def _setting(text: str) -> Fields:
    return {"value": text, "configurable": True, "type": "multiple"}
