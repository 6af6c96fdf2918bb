# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of pipelines as a workflow needs: their names. What one does is kept as it was imported."""

from __future__ import annotations

import re

import yaml
from flask import Blueprint, Response, request

from ... import yaml_text
from .. import context, errors
from ..model import READ

group = Blueprint("pipelines", __name__)
_NAME = re.compile(r"[a-zA-Z0-9._-]+")
NO_PIPELINE = errors.Kind(12, 400, "pipeline does not exist")  # 400, not 404
PIPELINE_EXISTS = errors.Kind(88, 403, "Pipeline already exists", (409, "Pipeline already exists"))
PIPELINE_USED = errors.Kind(104, 400, "Pipeline still used by a workflow")
INVALID_NAME = errors.Kind(37, 400, "pipeline name must respect '^[a-zA-Z0-9._-]{1,}$'")


@group.get("/project/<key>/pipeline")
def listing(key: str) -> Response:
    place = context.project(key, READ)
    return context.answer([{"id": number, "name": name} for name, number in place.pipelines.items()])


@group.get("/project/<key>/pipeline/<name>")
def get(key: str, name: str) -> Response:
    place = context.project(key, READ)
    if name not in place.pipelines:
        raise NO_PIPELINE()
    return context.answer({"id": place.pipelines[name], "name": name, "projectKey": key, "stages": []})


@group.post("/project/<key>/pipeline")
def create(key: str) -> Response:
    place, name = context.project(key), context.pick(context.body(), "name")
    if not _NAME.fullmatch(name):
        raise INVALID_NAME()
    if name in place.pipelines:
        raise PIPELINE_EXISTS()
    place.pipelines[name] = context.service().accounts.next_id()
    return context.answer({"id": place.pipelines[name], "name": name, "projectKey": key})


@group.post("/project/<key>/import/pipeline")
def load(key: str) -> Response:
    """One that is there is replaced with ``forceUpdate`` only."""
    place = context.project(key)
    try:
        given = yaml_text.load(request.get_data())
    except yaml.YAMLError:
        raise errors.WRONG_REQUEST("unable to parse the pipeline") from None
    if not isinstance(given, dict):
        raise errors.WRONG_REQUEST("unable to parse the pipeline")
    name = context.pick(given, "name")
    if not _NAME.fullmatch(name):
        raise INVALID_NAME()
    force = request.args.get("forceUpdate", "").lower() in ("1", "t", "true")
    if name in place.pipelines and not force:
        raise PIPELINE_EXISTS()
    there = name in place.pipelines
    place.pipelines.setdefault(name, context.service().accounts.next_id())
    return context.answer([f"Pipeline {name} successfully {'updated' if there else 'created'}"])


@group.delete("/project/<key>/pipeline/<name>")
def delete(key: str, name: str) -> Response:
    place = context.project(key)
    if name not in place.pipelines:
        raise NO_PIPELINE()
    if any(workflow.pipeline == name for workflow in place.workflows.values()):
        raise PIPELINE_USED()
    del place.pipelines[name]
    return context.nothing()
