# SPDX-License-Identifier: GPL-3.0-or-later
"""The hooks service and what the API does with hooks of workflows: registered with the service, made in Bitbucket, removed
from both. (engine/api/workflow/hook.go, engine/hooks)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import errors
from .authorized import Authorized
from .model import Hook, Project, Workflow, new_id

if TYPE_CHECKING:
    from .service import Cds

MODEL = "RepositoryWebHook"
EVENT_FILTER = "eventFilter"
BRANCH_DELETION_SECONDS = 24 * 3600.0


def place(hook: Hook, project: Project, workflow: Workflow) -> None:
    """The settings that CDS itself gives a hook; a repository webhook needs an application that is attached."""
    hook.config.update(project=project.key, workflow=workflow.name, workflow_id=str(workflow.id))
    if not hook.is_repository_webhook:
        return
    application = project.applications.get(workflow.application)
    if application is None or not application.repository or not application.vcs_server:
        raise errors.FORBIDDEN(
            "cannot create a git poller or repository webhook on an application without a repository"
        )
    hook.config.update(vcsServer=application.vcs_server, repoFullName=application.repository, method="POST")


def register(cds: Cds, project: Project, workflow: Workflow, hooks: list[Hook]) -> None:
    """Tell the hooks service about new or changed hooks, then Bitbucket."""
    if not hooks:
        return
    service = cds.services.hooks()
    if service is None:
        raise errors.UNKNOWN()  # "no hooks service available, please try again", which nobody gets to see
    for hook in hooks:
        hook.uuid = hook.uuid or new_id()
        hook.config["webHookURL"] = f"{service.settings.url_public}/webhook/{hook.uuid}"
        cds.tasks[hook.uuid] = (project.key, workflow.name)
        if hook.is_repository_webhook:
            _in_bitbucket(cds, project, hook)


def _in_bitbucket(cds: Cds, project: Project, hook: Hook) -> None:
    try:
        client = Authorized(cds, project, hook.config["vcsServer"])
    except errors.Refused:
        return  # CDS looks away, and the hook is there but for Bitbucket
    events = [event for event in hook.config.get(EVENT_FILTER, "").split(";") if event]
    if not cds.version.reads_event_filter:
        events = []
    name, url = hook.config["repoFullName"], hook.config["webHookURL"]
    if hook.config.get("webHookID"):
        if not cds.version.changes_hooks:
            return
        try:
            client.update_hook(name, hook.config["webHookID"], url, events)
            _remember(cds, hook, events)
            return
        except errors.Refused as refused:
            if refused.kind is not errors.NOT_FOUND:
                raise
    if client.webhooks_disabled():
        raise errors.FORBIDDEN("hook creation are forbidden supported:true disabled:true")
    hook.config["webHookID"] = client.create_hook(name, url, events)
    _remember(cds, hook, events)


def _remember(cds: Cds, hook: Hook, events: list[str]) -> None:
    hook.config["hookIcon"] = "Bitbucket"
    if cds.version.reads_event_filter:
        hook.config[EVENT_FILTER] = ";".join(events or ["repo:push"])


def unregister(cds: Cds, project: Project, hooks: list[Hook]) -> None:
    """What goes wrong with it is only written to the log."""
    for hook in hooks:
        cds.tasks.pop(hook.uuid, None)
        if not hook.is_repository_webhook:
            continue
        try:
            client = Authorized(cds, project, hook.config.get("vcsServer", ""))
            client.delete_hook(hook.config.get("repoFullName", ""), hook.config.get("webHookID", ""))
        except errors.Refused as refused:
            cds.log.append(f"hookUnregistration> Cannot delete hook on repository: {refused}")


# -- what comes in ------------------------------------------------------------------------------------------------


def incoming(cds: Cds, uuid: str, method: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """A call of a webhook: nobody is asked who he is, the uuid is the secret. The answer says that it was taken."""
    owner = cds.tasks.get(uuid)
    if owner is None:
        raise errors.NOT_FOUND()
    project = cds.projects.get(owner[0])
    workflow = project.workflows.get(owner[1]) if project else None
    hook = next((one for one in workflow.hooks if one.uuid == uuid), None) if workflow else None
    if project is None or workflow is None or hook is None:
        raise errors.NOT_FOUND()
    if method != hook.config.get("method", "POST"):
        raise errors.METHOD_NOT_ALLOWED()
    cds.later(lambda: _execute(cds, project, workflow, hook, headers.get("X-Event-Key", ""), body))
    return {"uuid": uuid, "type": "RepositoryWebHook", "timestamp": int(cds.clock.now() * 1e9), "status": "SCHEDULED"}


def _execute(cds: Cds, project: Project, workflow: Workflow, hook: Hook, event: str, body: bytes) -> None:
    """Only pushes make runs, whatever else the hook subscribes to."""
    wanted = [one for one in hook.config.get(EVENT_FILTER, "").split(";") if one]
    if event not in (wanted or ["repo:push"]):
        cds.log.append(f"executeRepositoryWebHook> Repository manager not found. Cannot read {event}")
        return
    try:
        value = json.loads(body)
    except ValueError:
        cds.log.append("unable ro read bitbucket request")
        return
    if not isinstance(value, dict) or value.get("eventKey"):
        cds.log.append("a webhook of Bitbucket Server, which is another driver's")
        return
    author = value.get("actor", {}).get("display_name", "")
    for change in (value.get("push") or {}).get("changes", []):
        if change.get("closed"):
            _closed(cds, project, workflow, change.get("old") or {})
            continue
        new, old = change.get("new") or {}, change.get("old") or {}
        commit = str(new.get("target", {}).get("hash", ""))
        payload = {
            "git.author": author,
            "git.hash": commit,
            "git.hash.short": commit[:7],
            "git.hash.before": str(old.get("target", {}).get("hash", "")),
            "git.repository": value.get("repository", {}).get("full_name", ""),
            "cds.triggered_by.fullname": author,
            "payload": json.dumps(value),
        }
        payload["git.branch" if new.get("type") == "branch" else "git.tag"] = str(new.get("name", ""))
        cds.runs.start(project, workflow, payload, hook)


def _closed(cds: Cds, project: Project, workflow: Workflow, old: dict[str, Any]) -> None:
    """A deleted branch: up to 0.49 its runs go a day later; later releases pass it over."""
    if old.get("type") != "branch" or not cds.version.queues_branch_deletion:
        return
    branch = str(old.get("name", ""))
    cds.clock.after(BRANCH_DELETION_SECONDS, lambda: cds.runs.remove_branch(workflow, branch))
