# SPDX-License-Identifier: GPL-3.0-or-later
"""Workflows of the first generation: imported as YAML or changed as JSON; their hooks follow. (engine/api/workflow*.go)"""

from __future__ import annotations

import re
from typing import Any

import yaml
from flask import Blueprint, Response, request

from ... import yaml_text
from .. import context, errors, hook_changes, hooks, render, retention
from ..model import Hook, Notification, Project, Run, Workflow

group = Blueprint("workflows", __name__)
_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_PLACE = "/project/<key>/workflows/<name>"
MODELS = ("RepositoryWebHook", "WebHook", "Scheduler", "Git Repository Poller")
DELETION_SECONDS = 30.0


def _forced() -> bool:
    return request.args.get("force", "").lower() in ("1", "t", "true")


@group.get("/project/<key>/workflows")
def listing(key: str) -> Response:
    place = context.project(key)
    every = [one for one in place.workflows.values() if not one.to_delete]
    return context.answer([render.workflow(one, place, context.version()) for one in every])


@group.get(_PLACE)
def get(key: str, name: str) -> Response:
    place, found = context.workflow(key, name)
    return context.answer(render.workflow(found, place, context.version()))


@group.get(_PLACE + "/hooks/<uuid>")
def get_hook(key: str, name: str, uuid: str) -> Response:
    _, found = context.workflow(key, name)
    hook = next((one for one in found.hooks if one.uuid == uuid), None)
    if hook is None:
        raise errors.NO_HOOK()
    return context.answer(render.hook(hook))


@group.get("/project/<key>/workflow/<name>/node/<int:number>/hook/model")
def hook_models(key: str, name: str, number: int) -> Response:
    """What can be set on a hook of this node; a repository webhook only where there is a repository."""
    place, found = context.workflow(key, name)
    if number != found.node_id:
        raise errors.Kind(93, 404, "Workflow node not found")()
    models: list[dict[str, Any]] = [{"id": 1, "name": "WebHook"}, {"id": 2, "name": "Scheduler"}]
    application = place.applications.get(found.application)
    if application and application.repository:
        config = {"method": {"value": "POST", "configurable": False}}
        config["eventFilter"] = {"value": "repo:push", "configurable": True}
        models.append({"id": 3, "name": hooks.MODEL, "default_config": config})
    return context.answer(models)


# -- as YAML ------------------------------------------------------------------------------------------------------


@group.post("/project/<key>/import/workflows")
def load(key: str) -> Response:
    """A workflow that is there is replaced with ``force`` only."""
    place, given = context.project(key), _yaml()
    name = context.pick(given, "name")
    old = place.workflows.get(name)
    if old and old.to_delete:
        raise errors.NOT_FOUND()  # it exists, and cannot be loaded
    new = _from_yaml(given, place, old)
    if old and not _forced():
        raise errors.ALREADY_EXISTS("workflow exists")
    _store(place, new, old)
    word = "updated" if old else "created"
    return _loaded(new, f"Workflow {name} has been {word}")


@group.put("/project/<key>/import/workflows/<name>")
def reload(key: str, name: str) -> Response:
    place, old = context.workflow(key, name)
    given = _yaml()
    if context.pick(given, "name") != name:
        raise errors.Kind(140, 400, "Unable to import workflow, the name of the workflow must be the same")()
    new = _from_yaml(given, place, old)
    _store(place, new, old)
    return _loaded(new, f"Workflow {name} has been updated")


def _loaded(workflow: Workflow, message: str) -> Response:
    response = context.answer([message])
    response.headers["X-Api-Workflow-Id"] = str(workflow.id)
    response.headers["X-Api-Workflow-Name"] = workflow.name
    return response


def _yaml() -> dict[str, Any]:
    try:
        value = yaml_text.load(request.get_data())
    except yaml.YAMLError as error:
        raise errors.WRONG_REQUEST(f"cannot unmarshal workflow: {error}") from None
    if not isinstance(value, dict):
        raise errors.WRONG_REQUEST("cannot unmarshal workflow")
    return value


def _from_yaml(given: dict[str, Any], place: Project, old: Workflow | None) -> Workflow:
    if str(given.get("version", "")) not in ("v1.0", "v2.0"):
        raise errors.WRONG_REQUEST(
            f"exportentities workflow cannot be cast, unknown version {given.get('version', '')}"
        )
    name = context.pick(given, "name")
    if not _NAME.fullmatch(name):
        raise errors.WORKFLOW_INVALID("workflow name should match pattern ^[a-zA-Z0-9._-]{1,}$")
    if given["version"] == "v2.0":
        nodes = context.pick(given, "workflow", dict)
        roots = [label for label, node in nodes.items() if not context.pick(node or {}, "depends_on", list)]
        if len(roots) != 1:
            raise errors.WORKFLOW_INVALID("there must be one root node")
        node, root = roots[0], nodes[roots[0]] or {}
        entries = context.pick(given, "hooks", dict).get(node, [])
    else:
        node, root = context.pick(given, "pipeline"), given
        entries = context.pick(given, "pipeline_hooks", list)
    new = _blank(name, old)
    new.node, new.pipeline = node, context.pick(root, "pipeline")
    new.application = context.pick(root, "application")
    new.description = context.pick(given, "description")
    new.retention_policy = context.pick(given, "retention_policy")
    new.hooks = [
        Hook(context.pick(entry, "type"), {key: str(value) for key, value in (entry.get("config") or {}).items()})
        for entry in entries
    ]
    new.notifications = [
        Notification(context.pick(entry, "type"), context.pick(entry, "settings", dict))
        for entry in context.pick(given, "notifications", list)
    ]
    return _checked(new, place)


def _blank(name: str, old: Workflow | None) -> Workflow:
    """What stays when a workflow is replaced: its number, its runs."""
    cds = context.service()
    now = cds.clock.datetime()
    if old is None:
        return Workflow(cds.accounts.next_id(), name, "", "", cds.accounts.next_id(), "", "", now, now)
    out = Workflow(old.id, name, "", "", old.node_id, "", "", old.created, now)
    out.runs, out.last_number = old.runs, old.last_number
    return out


def _checked(new: Workflow, place: Project) -> Workflow:
    if not new.pipeline or new.pipeline not in place.pipelines:
        raise errors.Kind(12, 400, "pipeline does not exist")()
    if new.application and new.application not in place.applications:
        raise errors.NOT_FOUND() if context.version().has_consumers else errors.NO_APPLICATION()
    for hook in new.hooks:
        if hook.model not in MODELS:
            raise errors.WORKFLOW_INVALID(f"unknown hook model {hook.model}")
    if new.retention_policy and context.version().purges_by_retention:
        retention.check(new.retention_policy)
    return new


@group.get("/project/<key>/export/workflows/<name>")
def export(key: str, name: str) -> Response:
    _, found = context.workflow(key, name)
    node = {"pipeline": found.pipeline, "application": found.application}
    value: dict[str, Any] = {"name": found.name, "version": "v2.0"}
    if found.description:
        value["description"] = found.description
    value["workflow"] = {found.node: {label: text for label, text in node.items() if text}}
    if found.hooks:
        shown = [{"type": one.model, "config": _free(one)} for one in found.hooks]
        value["hooks"] = {found.node: shown}
    if found.retention_policy:
        value["retention_policy"] = found.retention_policy
    value["notifications"] = [{"type": one.type, "settings": one.settings} for one in found.notifications]
    return Response(yaml.safe_dump(value, sort_keys=False), 200, content_type="application/x-yaml")


def _free(hook: Hook) -> dict[str, str]:
    return {name: value for name, value in hook.config.items() if name == hooks.EVENT_FILTER}


# -- as JSON ------------------------------------------------------------------------------------------------------


@group.put(_PLACE)
def update(key: str, name: str) -> Response:
    """The whole workflow, as it was read; hooks and notifications that are not in it are gone."""
    place, old = context.workflow(key, name)
    body = context.body()
    node = context.pick(context.pick(body, "workflow_data", dict), "node", dict)
    about = context.pick(node, "context", dict)
    new = _blank(context.pick(body, "name"), old)
    if not _NAME.fullmatch(new.name):
        raise errors.WORKFLOW_INVALID("workflow name should match pattern ^[a-zA-Z0-9._-]{1,}$")
    new.node, new.description = context.pick(node, "name"), context.pick(body, "description")
    new.retention_policy = context.pick(body, "retention_policy")
    new.pipeline = _named(place.pipelines, context.pick(about, "pipeline_id", int))
    numbers = {label: one.id for label, one in place.applications.items()}
    new.application = _named(numbers, context.pick(about, "application_id", int))
    new.hooks = [
        Hook(
            context.pick(entry, "hook_model_name"),
            {label: context.pick(value, "value") for label, value in context.pick(entry, "config", dict).items()},
            context.pick(entry, "uuid"),
        )
        for entry in context.pick(node, "hooks", list)
    ]
    new.notifications = [
        Notification(context.pick(entry, "type"), context.pick(entry, "settings", dict))
        for entry in context.pick(body, "notifications", list)
    ]
    _store(place, _checked(new, place), old)
    return context.answer(render.workflow(new, place, context.version()))


def _named(names: dict[str, int], number: int) -> str:
    found = next((name for name, one in names.items() if one == number), None)
    if found is None and number:
        raise errors.WORKFLOW_INVALID("unknown pipeline or application")
    return found or ""


@group.delete(_PLACE)
def delete(key: str, name: str) -> Response:
    """Gone from sight at once; its hooks are taken out of Bitbucket afterwards, and until then the name is taken."""
    place, found = context.workflow(key, name)
    cds = context.service()
    found.to_delete, found.application, found.pipeline = True, "", ""

    def finish() -> None:
        hooks.unregister(cds, place, found.hooks)
        if place.workflows.get(name) is found:
            del place.workflows[name]

    cds.clock.after(DELETION_SECONDS, finish)
    return context.answer(None)


def _store(place: Project, new: Workflow, old: Workflow | None) -> None:
    """Hooks that are new or have changed are registered, those that are gone unregistered. If that fails, nothing is stored."""
    cds = context.service()
    changed, gone = hook_changes.between(place, new, old.hooks if old else [], cds.version)
    hooks.register(cds, place, new, changed)
    if old:
        hooks.unregister(cds, place, gone)
        place.workflows.pop(old.name, None)
        for number, (project, workflow) in list(cds.tasks.items()):
            if (project, workflow) == (place.key, old.name):
                cds.tasks[number] = (place.key, new.name)
    if not old and cds.version.statuses_by_notification and not any(one.type == "vcs" for one in new.notifications):
        application = place.applications.get(new.application)
        if application and application.repository:
            new.notifications.append(Notification("vcs", {"template": {"body": "CDS Report [[.WorkflowNodeName]]"}}))
    place.workflows[new.name] = new


# -- runs ---------------------------------------------------------------------------------------------------------


def _listed(workflow: Workflow) -> list[Run]:
    return sorted((run for run in workflow.runs.values() if not run.to_delete), key=lambda run: -run.number)


@group.get(_PLACE + "/runs")
def runs(key: str, name: str) -> Response:
    _, found = context.workflow(key, name, "Run")
    return context.answer([render.run(run, found) for run in _listed(found)])


@group.get(_PLACE + "/runs/latest")
def latest(key: str, name: str) -> Response:
    _, found = context.workflow(key, name, "Run")
    every = _listed(found)
    if not every:
        raise errors.NOT_FOUND()
    return context.answer(render.run(every[0], found))


@group.get(_PLACE + "/runs/<int:number>")
def run(key: str, name: str, number: int) -> Response:
    _, found = context.workflow(key, name, "Run")
    one = found.runs.get(number)
    if one is None or one.to_delete:
        raise errors.NOT_FOUND()
    return context.answer(render.run(one, found))


@group.delete(_PLACE + "/runs/branch/<part:branch>")
def delete_branch(key: str, name: str, branch: str) -> Response:
    """For the hooks service, which asks for it a day after a branch was deleted."""
    _, found = context.workflow(key, name, "Run")
    context.service().runs.remove_branch(found, branch)
    return context.nothing(202)
