# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipelines and jobs: https://docs.gitlab.com/api/pipelines/ and https://docs.gitlab.com/api/jobs/"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from ... import git
from .. import context, errors, render_pipelines
from ..model import DEVELOPER, Job, Pipeline, Project
from ..params import Field, read
from ..render_places import stamp

group = Blueprint("pipelines", __name__, url_prefix="/api/v4/projects/<part:project>")


def _basic(pipeline: Pipeline) -> dict[str, Any]:
    return render_pipelines.basic(context.service().url, pipeline) | {"name": None}


def _whole(pipeline: Pipeline) -> dict[str, Any]:
    render = context.render()
    lasted = None
    if pipeline.started_at and pipeline.finished_at:
        lasted = int((pipeline.finished_at - pipeline.started_at).total_seconds())
    return _basic(pipeline) | {
        "before_sha": pipeline.before_sha,
        "tag": pipeline.tag,
        "yaml_errors": pipeline.yaml_errors,
        "user": render.user(pipeline.user) if pipeline.user else None,
        "started_at": stamp(pipeline.started_at),
        "finished_at": stamp(pipeline.finished_at),
        "committed_at": None,
        "duration": lasted,
        "queued_duration": None,
        "coverage": None,
    }


def _job(pipeline: Pipeline, job: Job) -> dict[str, Any]:
    project, render = pipeline.project, context.render()
    commit = git.log(project.git_path, "-1", pipeline.sha)[0]
    lasted = (job.finished_at - job.started_at).total_seconds() if job.started_at and job.finished_at else None
    return {
        "id": job.id,
        "status": job.status,
        "stage": job.stage,
        "name": job.name,
        "ref": pipeline.ref,
        "tag": pipeline.tag,
        "coverage": None,
        "allow_failure": job.allow_failure,
        "created_at": stamp(job.created_at),
        "started_at": stamp(job.started_at),
        "finished_at": stamp(job.finished_at),
        "duration": lasted,
        "queued_duration": None,
        "erased_at": None,
        "user": render.user(pipeline.user) if pipeline.user else None,
        "commit": render.commit(project, commit),
        "pipeline": _basic(pipeline),
        "web_url": f"{context.service().url}/{project.full_path}/-/jobs/{job.id}",
        "project": {"ci_job_token_scope_enabled": False},
        "artifacts": [],
        "runner": None,
        "tag_list": [],
    } | ({"failure_reason": job.failure_reason} if job.failure_reason else {})


def _project(name: str, level: int = 0) -> Project:
    place = context.project(name, level)
    if place.settings["builds_access_level"] == "disabled":
        raise errors.forbidden()
    return place


def _pipeline(project: Project, number: int) -> Pipeline:
    found = next((one for one in project.pipelines if one.id == number), None)
    if found is None:
        raise errors.not_found("Pipeline")
    return found


@group.get("/pipelines")
def listing(project: str) -> Response:
    """The newest first."""
    found = list(reversed(_project(project).pipelines))
    for name in ("ref", "sha", "status", "source"):
        if request.args.get(name):
            found = [one for one in found if getattr(one, name) == request.args[name]]
    return context.listing(found, _basic)


@group.post("/pipeline")
def create(project: str) -> Response:
    place = _project(project, DEVELOPER)
    ref = read([Field("ref", required=True)])["ref"]
    full = next(
        (f"refs/{kind}/{ref}" for kind in ("heads", "tags") if f"refs/{kind}/{ref}" in git.refs(place.git_path)), None
    )
    if full is None:
        raise errors.message(400, {"base": ["Reference not found"]})
    pipelines = context.service().pipelines
    made = pipelines.create(place, full, context.user(), source="api")
    if made is None:
        raise errors.message(400, {"base": ["Missing CI config file"]})
    pipelines.start([made])
    return context.answer(_whole(made), 201)


@group.get("/pipelines/latest")
def latest(project: str) -> Response:
    place = _project(project)
    ref = request.args.get("ref") or place.default_branch
    found = [one for one in place.pipelines if one.ref == ref]
    if not found:
        raise errors.forbidden()  # so the real one answers where there is none
    return context.answer(_whole(found[-1]))


@group.get("/pipelines/<int:number>")
def get(project: str, number: int) -> Response:
    return context.answer(_whole(_pipeline(_project(project), number)))


@group.post("/pipelines/<int:number>/cancel")
def cancel(project: str, number: int) -> Response:
    found = _pipeline(_project(project, DEVELOPER), number)
    context.service().pipelines.cancel(found)
    return context.answer(_whole(found), 201)


@group.get("/pipelines/<int:number>/jobs")
def jobs(project: str, number: int) -> Response:
    found = _pipeline(_project(project), number)
    return context.listing(list(reversed(found.jobs)), lambda job: _job(found, job))


def _find_job(project: Project, number: int) -> tuple[Pipeline, Job]:
    for pipeline in project.pipelines:
        for job in pipeline.jobs:
            if job.id == number:
                return pipeline, job
    raise errors.not_found()


@group.get("/jobs")
def all_jobs(project: str) -> Response:
    place = _project(project)
    found = [(pipeline, job) for pipeline in place.pipelines for job in pipeline.jobs]
    return context.listing(found[::-1], lambda one: _job(*one))


@group.get("/jobs/<int:number>")
def job(project: str, number: int) -> Response:
    return context.answer(_job(*_find_job(_project(project), number)))


@group.get("/jobs/<int:number>/trace")
def trace(project: str, number: int) -> Response:
    return Response(_find_job(_project(project), number)[1].trace, content_type="text/plain; charset=utf-8")
