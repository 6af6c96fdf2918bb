# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The webhook through which a repository starts a workflow, and what the workflow reports back.

Source: https://ovh.github.io/cds/docs/concepts/workflow/hooks/git-repo-webhook/ and …/workflow/notifications/
"""

from __future__ import annotations

from ..core.errors import Ambiguous, BridgeError, InvalidInput, says
from ..core.reconcile import Fields, Snapshot
from ..core.spec import ArgumentSpec, each
from .options import IN_PROJECT
from .resource import CdsResource
from .version import HOOK_EVENTS, PULL_REQUEST_COMMENTS, RETENTION_POLICY, STATUS_NOTIFICATION, Gate, given
from .workflow_data import PUSH, REPORTS, WorkflowData, value

_SWITCHED_OFF = "Webhooks are disabled for this server: webhooks of cds_project_vcs or cds_config."
_NO_SERVICE = "Start the hooks service (cds_service), and check that it has signed in to the API."
_GATES = (
    Gate(
        "other events than repo:push",
        "Omit events.",
        since=HOOK_EVENTS,
        of=lambda params: params["events"] is not None and sorted(params["events"]) != PUSH,
    ),
    Gate(
        "workflows that report no status",
        "Omit report_status, or disable the statuses for the whole server (push_status of cds_config).",
        since=STATUS_NOTIFICATION,
        of=lambda params: params["report_status"] is False,
    ),
    Gate(
        "retention policies",
        "It deletes the runs of a deleted branch itself, a day later. Omit retention_policy.",
        since=RETENTION_POLICY,
        of=given("retention_policy"),
    ),
    Gate(
        "comments on pull requests",
        "Omit comment_pull_requests.",
        since=PULL_REQUEST_COMMENTS,
        of=given("comment_pull_requests"),
    ),
)


class RepositoryWebhook(CdsResource):
    """The repository webhook of a workflow's root. CDS makes the one in the repository, and takes it away, by itself.

    It is changed the way the UI does it: the whole workflow is read and sent back with the change.
    """

    module = "cds_repository_webhook"
    spec = IN_PROJECT + ArgumentSpec(
        {
            "workflow": {"type": "str", "required": True},
            "events": {"type": "list", "elements": "str"},
            **each(REPORTS, "bool"),
            "retention_policy": {"type": "str"},
            "recreate": {"type": "bool", "default": False},
        },
        blank=("retention_policy",),
    )
    identity = ("project", "workflow")
    operations = dict.fromkeys(("create", "update", "delete"), "PUT /project/{key}/workflows/{workflow}")
    noun = "repository webhook of the workflow"
    named_by = "workflow"
    below = ("workflows",)
    gates = _GATES
    known_errors = ((says("hook creation"), _SWITCHED_OFF), (says("no hooks service"), _NO_SERVICE))

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        if self.params["events"] is not None and not self.params["events"]:
            raise InvalidInput("A webhook needs at least one event")
        policy = self.params["retention_policy"]
        if policy and not policy.strip().startswith("return"):
            raise InvalidInput(
                "retention_policy must begin with return",
                "It is a line of Lua, the rule for the runs that are kept: return run_days_before < 365",
            )

    # -- the workflow ------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        self.check_version()
        asked = f"Read the workflow {self.name} of the project {self.project}"
        workflow = self.client.get(self.own(), asked=asked)
        if workflow is None or workflow.get("to_delete"):
            if self.params["state"] == "absent":
                return None
            raise BridgeError(
                f"The project {self.project} has no workflow {self.name}",
                kind="not_found",
                service="CDS",
                remedy="Create it in CDS, or with cds_workflow. A webhook is a part of a workflow.",
            )
        return self._snapshot(workflow)

    def _snapshot(self, workflow: Fields) -> Snapshot:
        """What the workflow has of ours, with all of it for sending it back."""
        data = WorkflowData(workflow, self.version)
        for hook in data.ours:
            self.context.redactor.add(hook["uuid"])  # who knows the address can start the workflow
        if len(data.ours) > 1:
            raise Ambiguous(
                f"Repository webhook of the workflow {self.name}",
                [value(hook, "webHookID") for hook in data.ours],
                "Delete all but one of them in CDS.",
            )
        return Snapshot({"workflow": self.name, **data.shown(data.ours[0])} if data.ours else {}, data)

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        wanted: Fields = {} if current else {"events": PUSH}
        if self.params["events"] is not None:
            wanted["events"] = sorted(set(self.params["events"]))
        wanted.update(self.given(*REPORTS, "retention_policy"))
        if current is None:  # a workflow that only check mode has "made" so far
            return wanted
        repository = current.origin.application.get("repository_fullname")
        if not repository:
            raise BridgeError(
                f"The workflow {self.name} does not begin with an application that is attached to a repository",
                kind="conflict",
                service="CDS",
                remedy="Attach one (cds_application_repository), and use it for the workflow's first pipeline.",
            )
        wanted["repository"] = repository
        if current and self.params["recreate"]:
            wanted["id"] = "a new one"
        return wanted

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        raise AssertionError("a webhook is a part of a workflow")

    def create_in(self, surroundings: WorkflowData, desired: Fields) -> Fields:
        return self._put(surroundings, desired, [*surroundings.hooks, surroundings.new_hook(desired)])

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        data: WorkflowData = current.origin
        if "repository" not in changes:
            return self._put(data, changes, [data.changed_hook(hook, changes) for hook in data.hooks])
        # In two steps, or some versions leave the old repository its webhook.
        data = self._put(data, {}, data.others).origin
        return self._put(data, changes, [*data.others, data.new_hook({**current, **changes})])

    def delete(self, current: Snapshot) -> None:
        self._put(current.origin, {}, current.origin.others)

    def _put(self, data: WorkflowData, changes: Fields, hooks: list[Fields]) -> Snapshot:
        if data.workflow.get("from_repository"):
            raise BridgeError(
                f"The workflow {self.name} is stored as code in {data.workflow['from_repository']}",
                kind="conflict",
                service="CDS",
                remedy="CDS reads its changes from there: change .cds/ in that repository.",
            )
        found = self._snapshot(self.send("PUT", self.own(), "Update", data.body(changes, hooks)))
        return found or Snapshot({"id": "", "workflow": self.name}, found.origin)
