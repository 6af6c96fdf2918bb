# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON of Bitbucket Pipelines. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from .dates import stamp
from .model import Repository
from .pipelines_model import Pipeline, PipelineVariable, Step
from .render import Render

Json = dict[str, Any]


def config(render: Render, repository: Repository) -> Json:
    return {
        "type": "repository_pipelines_configuration",
        "enabled": bool(repository.pipelines.enabled),
        "repository": render.repository_base(repository),
    }


def variable(one: PipelineVariable) -> Json:
    """A secured one is without its value, not even as null."""
    value = {} if one.secured else {"value": one.value}
    return {"type": "pipeline_variable", "uuid": one.uuid, "key": one.key, **value, "secured": one.secured}


def _state(prefix: str, result: str | None, error: str | None = None, waiting: bool = False) -> Json:
    if result is None:
        name = "PENDING" if waiting else "IN_PROGRESS"
        return {"type": f"{prefix}_{name.lower()}", "name": name}
    outcome: Json = {"type": f"{prefix}_completed_{result.lower()}", "name": result}
    if error:
        outcome["error"] = {"type": "pipeline_error", "key": "plan-service.parse.error", "message": error}
    return {"type": f"{prefix}_completed", "name": "COMPLETED", "result": outcome}


def _when(moment: datetime | None) -> str | None:
    return stamp(moment) if moment else None


def pipeline(render: Render, repository: Repository, run: Pipeline) -> Json:
    place = f"{render.repository_api(repository)}/pipelines/{quote(run.uuid, safe='')}"
    creator = next((user for user in render.users.values() if user.username == run.creator), None)
    selector: Json = {"type": run.selector}
    if run.pattern is not None:
        selector["pattern"] = run.pattern
    return {
        "type": "pipeline",
        "uuid": run.uuid,
        "build_number": run.number,
        "creator": render.user(creator) if creator else None,
        "repository": render.repository_base(repository),
        "target": {
            "type": "pipeline_ref_target",
            "ref_type": run.ref_type,
            "ref_name": run.ref_name,
            "selector": selector,
            "commit": render.commit_base(repository, run.commit),
        },
        "trigger": {"type": "pipeline_trigger_push", "name": "PUSH"},
        "state": _state("pipeline_state", run.result, run.error),
        "created_on": stamp(run.created_on),
        "completed_on": _when(run.completed_on),
        "build_seconds_used": 0,
        "links": {
            "type": "pipelines_pipeline_links",
            "self": {"type": "pipelines_links_section_href", "href": place},
            "steps": {"type": "pipelines_links_section_href", "href": f"{place}/steps"},
        },
    }


def step(one: Step) -> Json:
    return {
        "type": "pipeline_step",
        "uuid": one.uuid,
        "name": one.name,
        "image": {"name": one.image},
        "script_commands": [{"command": command, "name": command} for command in one.script],
        "state": _state("pipeline_step_state", one.result, waiting=one.started_on is None),
        "started_on": _when(one.started_on),
        "completed_on": _when(one.completed_on),
    }
