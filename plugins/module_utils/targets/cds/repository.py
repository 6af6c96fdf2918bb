# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository built by CDS: application, workflow, the workflow's webhook, and the webhook that CDS creates in Bitbucket."""

from __future__ import annotations

from ...bitbucket.options import BITBUCKET
from ...bitbucket.webhook import Webhook
from ...cds.application import ApplicationRepository
from ...cds.info import CdsInfo
from ...cds.options import CDS
from ...cds.project import Project
from ...cds.vcs_repository import VcsRepository
from ...cds.version import KEPT_RUNS, Version
from ...cds.webhook import RepositoryWebhook
from ...cds.workflow import Workflow, check_workflow
from ...core.adoption import UNMARKED, note
from ...core.errors import BridgeError
from ...core.pending import is_pending
from ...core.reconcile import Fields
from ...core.spec import PRESENCE, ArgumentSpec
from ..link import REPOSITORY, Link, connections
from . import adopted
from .adopted import FoundApplication

# Up to 0.49 CDS removes the runs of a deleted branch by itself, a day later.
_RETENTION = (
    "return run_days_before < 1 or (run_days_before < 365 and "
    '(has_git_branch == "false" or git_branch_exist == "true"))'
)


class RepositoryLink(Link):
    """Each part is found by itself, so that a run that was interrupted can go on."""

    module = "cds_repository"
    spec = (
        connections(cds=CDS, bitbucket=BITBUCKET)
        + REPOSITORY
        + PRESENCE
        + ArgumentSpec(
            {
                "access": {
                    "type": "dict",
                    "required": True,
                    "options": {
                        "project": {"type": "str"},
                        "version": {"type": "str"},
                        "integration": {"type": "str", "choices": ["repositories_manager", "project_vcs"]},
                        "error": {"type": "str"},
                    },
                },
                "session_token": {"type": "str", "no_log": True},
                "server": {"type": "str", "default": "bitbucketcloud"},
                "application": {"type": "str"},
                "application_description": {"type": "str"},
                "connection_type": {"type": "str", "choices": ["https", "ssh"]},
                "ssh_key": {"type": "str", "no_log": False},
                "workflow": {"type": "str"},
                "existing_workflow": {"type": "bool", "default": False},
                **UNMARKED.options,
                "definition": {"type": "dict"},
                "pipelines": {"type": "list", "elements": "dict", "default": []},
                "events": {"type": "list", "elements": "str", "default": ["repo:push"]},
                "report_status": {"type": "bool", "default": True},
                "comment_pull_requests": {"type": "bool"},
                "retention_policy": {"type": "str"},
            },
            blank=("retention_policy", "application_description"),
            tokens=("session_token",),
        )
    )

    def validate(self) -> None:
        if self.params["access"]["error"]:
            raise BridgeError(self.params["access"]["error"])
        if self.params["state"] == "present" and not self.params["existing_workflow"]:
            check_workflow(self._workflow_name, self.params["definition"], self.params["pipelines"], needed=True)

    def link(self) -> Fields:
        self._take_session()
        return self._remove() if self.params["state"] == "absent" else self._connect()

    def _take_session(self) -> None:
        """What an earlier task knows of this CDS; else it is asked."""
        access, token = self.params["access"], self.params["session_token"]
        if not (access["integration"] and access["version"]):
            known = {"session_token": token} if token else {}
            info = self.part("session", CdsInfo, "cds", {**known, "sign_in": True}, look_only=True)
            token = info["session_token"]
            access = {"project": access["project"], **{name: info[name] for name in ("version", "integration")}}
        self.access = access
        given = {"version": access["version"], "session_token": token}
        self.params["cds"] = {**self.params["cds"], **{name: value for name, value in given.items() if value}}

    @property
    def _workflow_name(self) -> str:
        return str(self.params["workflow"] or self.params["repository"])

    @property
    def _application_name(self) -> str:
        return str(self.params["application"] or self.params["repository"])

    @property
    def _full_name(self) -> str:
        return f"{self.params['workspace']}/{self.params['repository']}"

    @property
    def _project(self) -> Fields:
        return {"project": self.access["project"]}

    # -- present -----------------------------------------------------------------------------------------------------

    def _connect(self) -> Fields:
        if self.access["integration"] == "project_vcs":
            self.part("repository", VcsRepository, "cds", self._vcs_repository())
        application = self.part("application", FoundApplication, "cds", self._application())
        hook = self._webhook()
        verified = False
        if not is_pending(hook["id"]):
            hook, verified = self._verified(hook)
        return {"application": application["resource"], "webhook": hook, "verified": verified}

    def _vcs_repository(self) -> Fields:
        return {**self._project, "vcs": self.params["server"], "name": self._full_name}

    def _application(self) -> Fields:
        more = self.given("connection_type", "ssh_key")
        if self.params["application_description"] is not None:
            more["description"] = self.params["application_description"]
        place = {**self._project, "application": self._application_name}
        return {**place, "vcs": self.params["server"], "repository": self._full_name, **more}

    def _webhook(self) -> Fields:
        """That of the workflow, which is read once: only where there is none the workflow itself is created first."""
        try:
            if self.params["existing_workflow"] or not is_pending(self.access["project"]):
                return self._hook_of(self._workflow_name)
        except BridgeError as error:
            if error.kind != "not_found" or self.params["existing_workflow"]:
                raise
        given = {name: self.params[name] for name in ("definition", "pipelines")}
        made = self.part("workflow", Workflow, "cds", {**self._project, "name": self._workflow_name, **given})
        created = str(made["resource"]["id"])
        return self._hook_of(created if is_pending(created) else self._workflow_name)

    def _hook_of(self, workflow: str) -> Fields:
        found: Fields = self.part("webhook", RepositoryWebhook, "cds", self._hook(workflow))["resource"]
        return found

    def _hook(self, workflow: str) -> Fields:
        kept = Version(self.params["cds"]["version"] or "").has(KEPT_RUNS)
        given = self.given("events", "report_status", "comment_pull_requests", "retention_policy")
        policy = {"retention_policy": _RETENTION} if kept else {}
        return {**self._project, "workflow": workflow, **policy, **given}

    # -- the webhook in Bitbucket ------------------------------------------------------------------------------------

    def _verified(self, hook: Fields) -> tuple[Fields, bool]:
        """CDS does not look whether its webhook still exists. Fields that were changed by hand are set back."""
        wanted = {"events": self.params["events"], "active": True, "create": False, "uuid": hook["id"]}
        try:
            found = self.part("webhook in Bitbucket", Webhook, "bitbucket", {**self.place, **wanted})
        except BridgeError as error:
            if error.kind != "not_found":
                raise
            given = {**self._project, "workflow": self._workflow_name, "recreate": True}
            hook = self.part("new webhook", RepositoryWebhook, "cds", given)["resource"]
            if self.context.check_mode:
                return hook, False
            place = {**self.place, "uuid": hook["id"], "create": False}
            found = self.part("webhook in Bitbucket", Webhook, "bitbucket", place, look_only=True)
        self._refuse_twins(found["resource"].get("same_url") or [])
        return hook, True

    def _refuse_twins(self, twins: list[str]) -> None:
        if twins:
            site = (self.params["bitbucket"]["site_url"] or "https://bitbucket.org").rstrip("/")
            raise BridgeError(
                f"{self._full_name} has other webhooks with the address of CDS's own: {', '.join(twins)}. Every push would start "
                "two runs",
                kind="conflict",
                service="Bitbucket",
                remedy=f"Delete them at {site}/{self._full_name}/admin/webhooks.",
            )

    # -- absent ------------------------------------------------------------------------------------------------------

    def _remove(self) -> Fields:
        """In the reverse order."""
        seen = self.part("project", Project, "cds", self._project, look_only=True)
        if is_pending(seen["resource"]["id"]):
            return {"project_exists": False}
        gone, name = {**self._project, "state": "absent"}, self._workflow_name
        if self.params["unmarked"] == "keep":
            note(self._kept, adopted.kept(self.access["project"], name, self._application_name))
            return {"project_exists": True}
        self.part("webhook", RepositoryWebhook, "cds", {**gone, "workflow": name})
        kept = self.params["existing_workflow"]
        if not kept:
            pipelines = self.params["pipelines"]
            self.part("workflow", Workflow, "cds", {**gone, "name": name, "pipelines": pipelines})
        given = {"application": self._application_name, "delete_application": not kept}
        self.part("application", ApplicationRepository, "cds", {**gone, **given})
        if self.access["integration"] == "project_vcs":
            self.part("repository", VcsRepository, "cds", {**self._vcs_repository(), "state": "absent"})
        return {"project_exists": True}
