# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of workflows: started by pushes, told to Bitbucket as statuses, removed by branch or by retention policy.

What a run's jobs do is not the sandbox's business; ``results`` says how runs end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import errors, retention
from .authorized import Authorized
from .model import Hook, Project, Run, Workflow

if TYPE_CHECKING:
    from .service import Cds

RUN_SECONDS = 20.0
PURGE_SECONDS = 15 * 60.0
STATES = {"Success": "SUCCESSFUL", "Fail": "FAILED", "Stopped": "STOPPED"}


class Runs:
    def __init__(self, cds: Cds) -> None:
        self.cds = cds
        self.results: list[str] = []  # of the next runs; then Success
        self.cds.clock.after(PURGE_SECONDS, self._tick)

    def start(self, project: Project, workflow: Workflow, payload: dict[str, str], hook: Hook) -> Run:
        now = self.cds.clock.datetime()
        with self.cds.lock:
            workflow.last_number += 1
            run = Run(
                workflow.last_number,
                "Building",
                payload["git.hash"],
                payload.get("git.branch", ""),
                payload.get("git.tag", ""),
                payload,
                hook.uuid,
                now,
                now,
            )
            workflow.runs[run.number] = run
            result = self.results.pop(0) if self.results else "Success"
        self._report(project, workflow, run)
        self.cds.clock.after(RUN_SECONDS, lambda: self._finish(project, workflow, run, result))
        return run

    def _finish(self, project: Project, workflow: Workflow, run: Run, result: str) -> None:
        run.status, run.last_modified = result, self.cds.clock.datetime()
        self._report(project, workflow, run)
        self._comment(project, workflow, run)

    # -- statuses ------------------------------------------------------------------------------------------------

    def _report(self, project: Project, workflow: Workflow, run: Run) -> None:
        """A status for each notification that wants one; what goes wrong is only written to the log."""
        application = project.applications.get(workflow.application)
        if application is None or not application.vcs_server:
            return
        wanted = 1 if not self.cds.version.statuses_by_notification else self._notifications(workflow)
        for _ in range(wanted):
            try:
                client = Authorized(self.cds, project, application.vcs_server)
                if client.status_disabled:
                    return
                status = self.status(project, workflow, run, client)
                client.set_status(application.repository, run.hash, status)
            except errors.Refused as refused:
                self.cds.log.append(f"unable to set status of {workflow.name}#{run.number}: {refused}")

    @staticmethod
    def _notifications(workflow: Workflow) -> int:
        vcs = [one for one in workflow.notifications if one.type == "vcs"]
        return sum(one.template is not None and not one.template.get("disable_status") for one in vcs)

    def status(self, project: Project, workflow: Workflow, run: Run, client: Authorized) -> dict[str, Any]:
        version = self.cds.version
        key = f"{version.status_key_prefix}{project.key}-{workflow.name}-{workflow.node}"
        if version.cuts_status_keys:
            key = key[:36]
        url = f"{self.cds.ui_of(client.service)}/project/{project.key}/workflow/{workflow.name}/run/{run.number}"
        return {
            "description": f"{workflow.node}: {run.status}",
            "url": version.hidden_run_url if client.status_details_disabled else url,
            "state": STATES.get(run.status, "INPROGRESS"),
            "name": key if version.status_key_prefix else f"{project.key}-{workflow.name}-{workflow.node}",
            "key": key,
        }

    # -- comments ------------------------------------------------------------------------------------------------

    def _comment(self, project: Project, workflow: Workflow, run: Run) -> None:
        """On the pull request whose branch and commit it was, if it failed, or always if the notification says so."""
        application = project.applications.get(workflow.application)
        if not self.cds.version.comments or application is None or not application.vcs_server:
            return
        for notification in workflow.notifications:
            template = notification.template
            if notification.type != "vcs" or template is None or template.get("disable_comment"):
                continue
            if run.status not in ("Fail", "Stopped") and notification.settings.get("on_success") != "always":
                continue
            try:
                client = Authorized(self.cds, project, application.vcs_server)
                for one in client.pull_requests(application.repository):
                    source = one["source"]
                    if source["branch"]["name"] == run.branch and run.hash.startswith(source["commit"]["hash"]):
                        text = _report(str(template.get("body", "")), workflow, run)
                        client.comment(application.repository, one["id"], text)
                        break
            except errors.Refused as refused:
                self.cds.log.append(f"unable to comment on {workflow.name}#{run.number}: {refused}")

    # -- removal -------------------------------------------------------------------------------------------------

    def remove_branch(self, workflow: Workflow, branch: str) -> None:
        for run in workflow.runs.values():
            if run.branch == branch:
                run.to_delete = True

    def _tick(self) -> None:
        self.purge()
        self.cds.clock.after(PURGE_SECONDS, self._tick)

    def purge(self) -> None:
        """Every quarter of an hour: runs that no retention policy keeps, and workflows that are to be deleted."""
        for project in list(self.cds.projects.values()):
            for workflow in list(project.workflows.values()):
                if self.cds.version.purges_by_retention:
                    self._purge(project, workflow)
                for number in [number for number, run in workflow.runs.items() if run.to_delete]:
                    del workflow.runs[number]

    def _purge(self, project: Project, workflow: Workflow) -> None:
        policy = workflow.retention_policy or retention.DEFAULT
        done = [run for run in workflow.runs.values() if run.status != "Building" and not run.to_delete]
        branches = self._branches(project, workflow) if done and retention.BRANCH in policy else None
        for run in done:
            days = (self.cds.clock.datetime() - run.last_modified).days
            known = None if branches is None else str(run.branch in branches).lower()
            if not retention.keeps(policy, days, known, run.status, bool(run.branch)):
                run.to_delete = True

    def _branches(self, project: Project, workflow: Workflow) -> list[str] | None:
        """The branches there are; None, and so no removal, if nobody can tell."""
        application = project.applications.get(workflow.application)
        if application is None or not application.vcs_server:
            return None
        try:
            return Authorized(self.cds, project, application.vcs_server).branches(application.repository)
        except errors.Refused as refused:
            self.cds.log.append(f"purge of {workflow.name}: {refused}")
            return None


def _report(template: str, workflow: Workflow, run: Run) -> str:
    """The template's text; of its variables the plain ones."""
    values = {"WorkflowNodeName": workflow.node, "Number": str(run.number), "SubNumber": "0", "Status": run.status}
    for name, value in values.items():
        template = template.replace(f"[[.{name}]]", value)
    return template or f"CDS Report {workflow.node}#{run.number}.0 {run.status}"
