# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket Pipelines: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/

Another service than the rest: its refusals have a word for the error, and the sentence is in ``detail``.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response

from .. import context, errors, render_pipelines, scopes
from ..model import Repository
from ..pipelines_model import Pipeline, PipelineVariable, Step

group = Blueprint("pipelines", __name__, url_prefix="/2.0/repositories/<workspace>/<slug>")
_CONFIG, _VARIABLES = "/pipelines_config", "/pipelines_config/variables"
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _refused(status: int, key: str, detail: str) -> errors.Refused:
    words = {400: "Bad request", 404: "Not found", 409: "Conflict"}
    return errors.refused(status, words[status], detail=detail, data={"key": key, "arguments": {}})


# -- configuration -----------------------------------------------------------------------------------------------


@group.get(_CONFIG)
def config(workspace: str, slug: str) -> Response:
    """404 until it has been switched on, or off, for the first time."""
    repository = context.repository(workspace, slug, scopes.ADMIN_REPOSITORY, level="admin")
    if repository.pipelines.enabled is None:
        raise _refused(404, "account-service.repository-settings.not-found", "No configuration of Pipelines was found")
    return context.answer(render_pipelines.config(context.render(), repository))


@group.put(_CONFIG)
def change_config(workspace: str, slug: str) -> Response:
    repository = context.repository(workspace, slug, scopes.ADMIN_REPOSITORY, level="admin")
    enabled = context.body().get("enabled")
    if not isinstance(enabled, bool):
        raise _refused(400, "validation.error", "enabled must be true or false")
    repository.pipelines.enabled = enabled
    return context.answer(render_pipelines.config(context.render(), repository))


# -- variables ---------------------------------------------------------------------------------------------------


def _checked(body: dict[str, Any], current: PipelineVariable | None = None) -> dict[str, Any]:
    """What a request sets. A change may leave out the key; nobody promises that the rest stays when it is not sent."""
    key, value, secured = body.get("key"), body.get("value"), body.get("secured", False)
    if key is None and current is not None:
        key = current.key
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        detail = "The key may only have letters, digits and underscores, and not begin with a digit"
        raise _refused(400, "validation.error", detail)
    if not isinstance(value, str) or not isinstance(secured, bool):
        raise _refused(400, "validation.error", "A variable needs a value, which is a text")
    return {"key": key, "value": value, "secured": secured}


def _no_other(repository: Repository, key: str, own: PipelineVariable | None = None) -> None:
    other = repository.pipelines.variable(key)
    if other is not None and other is not own:
        detail = f"A variable with the key {key} already exists"
        raise _refused(409, "pipeline-variable-service.variable.duplicate-key", detail)


def _variable(repository: Repository, uid: str) -> PipelineVariable:
    """By uuid, with its braces."""
    found = repository.pipelines.variables.get(uid)
    if found is None:
        raise _refused(404, "pipeline-variable-service.variable.not-found", f"There is no variable {uid}")
    return found


@group.get(_VARIABLES)
def variables(workspace: str, slug: str) -> Response:
    repository = context.repository(workspace, slug, scopes.READ_PIPELINES, level="write")
    return context.pipelines_listing(
        [render_pipelines.variable(one) for one in list(repository.pipelines.variables.values())]
    )


@group.post(_VARIABLES)
def create_variable(workspace: str, slug: str) -> Response:
    repository = context.repository(workspace, slug, scopes.WRITE_VARIABLES, level="admin")
    given = _checked(context.body())
    with context.service().lock:
        _no_other(repository, given["key"])
        made = PipelineVariable(**given)
        repository.pipelines.variables[made.uuid] = made
    place = f"{context.render().repository_api(repository)}{_VARIABLES}/{made.uuid}"
    return context.answer(render_pipelines.variable(made), 201, {"Location": place})


@group.get(_VARIABLES + "/<uid>")
def variable(workspace: str, slug: str, uid: str) -> Response:
    repository = context.repository(workspace, slug, scopes.READ_PIPELINES, level="write")
    return context.answer(render_pipelines.variable(_variable(repository, uid)))


@group.put(_VARIABLES + "/<uid>")
def change_variable(workspace: str, slug: str, uid: str) -> Response:
    repository = context.repository(workspace, slug, scopes.WRITE_VARIABLES, level="admin")
    found = _variable(repository, uid)
    given = _checked(context.body(), found)
    with context.service().lock:
        _no_other(repository, given["key"], found)
        found.key, found.value, found.secured = given["key"], given["value"], given["secured"]
    return context.answer(render_pipelines.variable(found))


@group.delete(_VARIABLES + "/<uid>")
def delete_variable(workspace: str, slug: str, uid: str) -> Response:
    repository = context.repository(workspace, slug, scopes.WRITE_VARIABLES, level="admin")
    with context.service().lock:
        del repository.pipelines.variables[_variable(repository, uid).uuid]
    return Response(status=204)


# -- what ran ----------------------------------------------------------------------------------------------------


def _run(workspace: str, slug: str, uid: str) -> tuple[Repository, Pipeline]:
    """By uuid, or by its number."""
    repository = context.repository(workspace, slug, scopes.READ_PIPELINES)
    found = [one for one in repository.pipelines.runs if uid in (one.uuid, str(one.number))]
    if not found:
        raise _refused(404, "result-service.pipeline.not-found", f"There is no pipeline {uid}")
    return repository, found[0]


def _one_step(run: Pipeline, uid: str) -> Step:
    found = [one for one in run.steps if one.uuid == uid]
    if not found:
        raise _refused(404, "result-service.step.not-found", f"There is no step {uid}")
    return found[0]


@group.get("/pipelines")
def listing(workspace: str, slug: str) -> Response:
    repository = context.repository(workspace, slug, scopes.READ_PIPELINES)
    render = context.render()
    return context.pipelines_listing(
        [render_pipelines.pipeline(render, repository, one) for one in repository.pipelines.runs]
    )


@group.get("/pipelines/<uid>")
def one(workspace: str, slug: str, uid: str) -> Response:
    repository, run = _run(workspace, slug, uid)
    return context.answer(render_pipelines.pipeline(context.render(), repository, run))


@group.get("/pipelines/<uid>/steps")
def steps(workspace: str, slug: str, uid: str) -> Response:
    _repository, run = _run(workspace, slug, uid)
    return context.pipelines_listing([render_pipelines.step(one) for one in run.steps])


@group.get("/pipelines/<uid>/steps/<step>")
def one_step(workspace: str, slug: str, uid: str, step: str) -> Response:
    _repository, run = _run(workspace, slug, uid)
    return context.answer(render_pipelines.step(_one_step(run, step)))


@group.get("/pipelines/<uid>/steps/<step>/log")
def log(workspace: str, slug: str, uid: str, step: str) -> Response:
    _repository, run = _run(workspace, slug, uid)
    found = _one_step(run, step)
    if found.started_on is None:
        raise _refused(404, "result-service.log.not-found", "There is no log of the step yet")
    return Response(found.log, content_type="application/octet-stream")
