# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The webhook through which a repository starts a workflow, and what the workflow reports back.

Source: https://ovh.github.io/cds/docs/concepts/workflow/hooks/git-repo-webhook/ and …/workflow/notifications/
"""

from __future__ import annotations

import copy
import typing as t

from ..core.errors import Ambiguous, BridgeError, InvalidInput
from ..core.reconcile import Context, Fields
from ..core.spec import STATE, ArgumentSpec
from .options import CDS, PROJECT
from .resource import CdsResource
from .version import HOOK_EVENTS, PULL_REQUEST_COMMENTS, RETENTION_POLICY, STATUS_NOTIFICATION

_MODEL = "RepositoryWebHook"
_PUSH = ["repo:push"]
# Our option -> the switch in the notification's template that turns it off.
_REPORTS = {"report_status": "disable_status", "comment_pull_requests": "disable_comment"}


class RepositoryWebhook(CdsResource):
    """The repository webhook of a workflow's root. CDS makes the one in the repository, and takes it away, by itself.

    It is changed the way the UI does it: the whole workflow is read and sent back with the change.
    """

    module = "cds_repository_webhook"
    spec = (
        CDS
        + PROJECT
        + STATE
        + ArgumentSpec(
            {
                "workflow": {"type": "str", "required": True},
                "events": {"type": "list", "elements": "str"},
                "report_status": {"type": "bool"},
                "comment_pull_requests": {"type": "bool"},
                "retention_policy": {"type": "str"},
                "recreate": {"type": "bool", "default": False},
            },
            blank=("retention_policy",),
        )
    )
    identity = ("project", "workflow")
    operations = {
        "create": "PUT /project/{key}/workflows/{workflow}",
        "update": "PUT /project/{key}/workflows/{workflow}",
        "delete": "PUT /project/{key}/workflows/{workflow}",
    }
    noun = "repository webhook of the workflow"
    named_by = "workflow"

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self._workflow: Fields = {}

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        if self.params["events"] is not None and not self.params["events"]:
            raise InvalidInput("A webhook needs at least one event")
        policy = self.params["retention_policy"]
        if policy and not policy.strip().startswith("return"):
            raise InvalidInput(
                "retention_policy must begin with return",
                "It is a line of Lua that says which runs are kept: return run_days_before < 365",
            )

    def _refuse_what_would_be_ignored(self) -> None:
        events, version = self.params["events"], self.version
        if events is not None and sorted(events) != _PUSH:
            version.refuse_before(HOOK_EVENTS, "other events than repo:push", "Leave events out.")
        if self.params["report_status"] is False:
            version.refuse_before(
                STATUS_NOTIFICATION,
                "workflow that reports no status",
                "Leave report_status out, or switch the statuses off for the whole server (push_status of cds_config).",
            )
        if self.params["retention_policy"] is not None:
            version.refuse_before(
                RETENTION_POLICY,
                "retention policies",
                "It removes the runs of a deleted branch a day later by itself. Leave retention_policy out.",
            )
        if self.params["comment_pull_requests"] is not None:
            version.refuse_before(
                PULL_REQUEST_COMMENTS, "comments on pull requests", "Leave comment_pull_requests out."
            )

    # -- the workflow ------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        self._refuse_what_would_be_ignored()
        place = self.path("workflows", self.name)
        workflow = self.client.get(place, asked=f"Read the workflow {self.name} of the project {self.project}")
        if workflow is None or workflow.get("to_delete"):
            if self.params["state"] == "absent":
                return None
            raise BridgeError(
                f"The project {self.project} has no workflow {self.name}",
                kind="not_found",
                service="CDS",
                remedy="Make it in CDS, or with cds_workflow. A webhook is a part of a workflow.",
            )
        return self._take(workflow)

    def _take(self, workflow: Fields) -> Fields | None:
        """Keep the workflow for sending it back; what it has of ours."""
        self._workflow = workflow
        found = [hook for hook in self._hooks(workflow) if hook["hook_model_name"] == _MODEL]
        for hook in found:
            self.context.redactor.add(hook["uuid"])  # who knows the address can start the workflow
        if len(found) > 1:
            raise Ambiguous(
                f"Repository webhook of the workflow {self.name}",
                [_value(hook, "webHookID") for hook in found],
                "Remove all but one of them in CDS.",
            )
        return self._current(found[0]) if found else None

    def _current(self, hook: Fields) -> Fields:
        events = _value(hook, "eventFilter")
        return {
            "id": _value(hook, "webHookID"),
            "workflow": self.name,
            "vcs": _value(hook, "vcsServer"),
            "repository": _value(hook, "repoFullName"),
            "url": _value(hook, "webHookURL"),
            "retention_policy": self._workflow.get("retention_policy") or "",
            "events": sorted(events.split(";")) if events else _PUSH,
            **{ours: self._reports(switch) for ours, switch in _REPORTS.items()},
        }

    @staticmethod
    def _hooks(workflow: Fields) -> list[Fields]:
        return workflow["workflow_data"]["node"].get("hooks") or []  # none is a null

    def _application(self) -> Fields:
        """That of the root, whose repository the webhook is for."""
        context = self._workflow["workflow_data"]["node"].get("context") or {}
        return t.cast(Fields, (self._workflow.get("applications") or {}).get(str(context.get("application_id"))) or {})

    def _notifications(self) -> list[Fields]:
        """Those about the repository that count for the root."""
        root = self._workflow["workflow_data"]["node"]
        return [
            one
            for one in self._workflow.get("notifications") or ()
            if one["type"] == "vcs" and (not one.get("node_id") or root["id"] in one["node_id"])
        ]

    def _reports(self, switch: str) -> bool:
        if not self.version.has(STATUS_NOTIFICATION if switch == "disable_status" else PULL_REQUEST_COMMENTS):
            return switch == "disable_status"  # always, and never
        templates = [(one.get("settings") or {}).get("template") or {} for one in self._notifications()]
        return any(not template.get(switch) for template in templates)

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted: Fields = {} if current else {"events": _PUSH}
        if self.params["events"] is not None:
            wanted["events"] = sorted(set(self.params["events"]))
        names = (*_REPORTS, "retention_policy")
        wanted.update({name: self.params[name] for name in names if self.params[name] is not None})
        if not self._workflow:  # which only check mode has "made" so far
            return wanted
        application = self._application()
        if not application.get("repository_fullname"):
            raise BridgeError(
                f"The workflow {self.name} begins with no application that is attached to a repository",
                kind="conflict",
                service="CDS",
                remedy="Attach one (cds_application_repository), and have the workflow's first pipeline run for it.",
            )
        wanted["repository"] = application["repository_fullname"]
        if current and self.params["recreate"]:
            wanted["id"] = "a new one"
        return wanted

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        return self._put(desired, [*self._hooks(self._workflow), self._new_hook(desired)])

    def update(self, current: Fields, changes: Fields) -> Fields:
        if "repository" in changes:  # else some versions leave the old repository its webhook
            others = self._others()
            self._put({}, others)
            return self._put(changes, [*others, self._new_hook({**current, **changes})])
        return self._put(changes, [self._changed(hook, changes) for hook in self._hooks(self._workflow)])

    def delete(self, current: Fields) -> None:
        self._put({}, self._others())

    def _others(self) -> list[Fields]:
        return [hook for hook in self._hooks(self._workflow) if hook["hook_model_name"] != _MODEL]

    def _new_hook(self, fields: Fields) -> Fields:
        config = {"eventFilter": _setting(";".join(fields["events"]))} if self.version.has(HOOK_EVENTS) else {}
        return {"hook_model_name": _MODEL, "config": config}

    def _changed(self, hook: Fields, changes: Fields) -> Fields:
        if hook["hook_model_name"] != _MODEL:
            return hook
        config = dict(hook["config"])
        if "events" in changes and self.version.has(HOOK_EVENTS):
            config["eventFilter"] = {**config.get("eventFilter", _setting("")), "value": ";".join(changes["events"])}
        if "id" in changes:  # what CDS knows no webhook of, it makes one for
            config.pop("webHookID", None)
        return {**hook, "config": config}

    def _put(self, changes: Fields, hooks: list[Fields]) -> Fields:
        if self._workflow.get("from_repository"):
            raise BridgeError(
                f"The workflow {self.name} is kept as code in {self._workflow['from_repository']}",
                kind="conflict",
                service="CDS",
                remedy="CDS takes changes of it from there only: change .cds/ in that repository.",
            )
        body = copy.deepcopy(self._workflow)
        body["workflow_data"]["node"]["hooks"] = hooks
        if "retention_policy" in changes:
            body["retention_policy"] = changes["retention_policy"]
        switches = {_REPORTS[name]: not changes[name] for name in _REPORTS if name in changes}
        if switches and self.version.has(PULL_REQUEST_COMMENTS):
            body["notifications"] = self._with_switches(switches)
        try:
            answer = self.client.send("PUT", self.path("workflows", self.name), asked=self.asked("Change"), json=body)
        except BridgeError as error:
            if "hook creation" in (error.words or ""):
                error.remedy = "Webhooks are switched off for this server: webhooks of cds_project_vcs or cds_config."
            elif "no hooks service" in (error.words or ""):
                error.remedy = "Start the hooks service (cds_service), and look whether it has signed in to the API."
            raise
        return self._take(answer) or {"id": "", "workflow": self.name}

    def _with_switches(self, switches: dict[str, bool]) -> list[Fields]:
        """All notifications, with one about the repository in which the switches are as they should be."""
        ours = self._notifications()
        others = [one for one in self._workflow.get("notifications") or () if one not in ours]
        name = self._workflow["workflow_data"]["node"]["name"]
        # Nothing reports where there is no notification: a new one for one report must not start the other.
        fresh = {
            "type": "vcs",
            "source_node_ref": [name],
            "settings": {"template": dict.fromkeys(_REPORTS.values(), True)},
        }
        changed = copy.deepcopy(ours) or [fresh]
        for one in changed:
            settings = one.setdefault("settings", {})
            settings["template"] = {**(settings.get("template") or {}), **switches}
        return [*others, *changed]


def _value(hook: Fields, name: str) -> str:
    return str((hook["config"].get(name) or {}).get("value") or "")


def _setting(value: str) -> Fields:
    return {"value": value, "configurable": True, "type": "multiple"}
