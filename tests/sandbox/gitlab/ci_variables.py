# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of a pipeline: GitLab's own, then the project's, which win.

https://docs.gitlab.com/ci/variables/predefined_variables/ and https://docs.gitlab.com/ci/variables/#cicd-variable-precedence
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .. import git
from . import protection
from .model import Pipeline

if TYPE_CHECKING:
    from .service import GitLab


def predefined(service: GitLab, pipeline: Pipeline) -> dict[str, str]:
    """What GitLab itself sets for every job. (The job's own, CI_JOB_NAME and so on, gitlab-ci-local sets.)"""
    project, sha = pipeline.project, pipeline.sha
    commit = git.log(project.git_path, "-1", sha)[0]
    server = urlsplit(service.url)
    web = f"{service.url}/{project.full_path}"
    out = {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_SERVER": "yes",
        "CI_API_V4_URL": service.api_url,
        "CI_SERVER_URL": service.url,
        "CI_SERVER_HOST": server.hostname or "",
        "CI_SERVER_PORT": str(server.port or 80),
        "CI_SERVER_PROTOCOL": server.scheme,
        "CI_SERVER_NAME": "GitLab",
        "CI_SERVER_VERSION": service.version,
        "CI_COMMIT_SHA": sha,
        "CI_COMMIT_SHORT_SHA": sha[:8],
        "CI_COMMIT_BEFORE_SHA": pipeline.before_sha,
        "CI_COMMIT_REF_NAME": pipeline.ref,
        "CI_COMMIT_REF_SLUG": _slug(pipeline.ref),
        "CI_COMMIT_REF_PROTECTED": str(protected(pipeline)).lower(),
        "CI_COMMIT_TITLE": commit.message.split("\n", 1)[0],
        "CI_COMMIT_MESSAGE": commit.message,
        "CI_COMMIT_AUTHOR": f"{commit.author} <{commit.email}>",
        "CI_COMMIT_TIMESTAMP": commit.date,
        "CI_CONFIG_PATH": service.pipelines.config_path(project),
        "CI_DEFAULT_BRANCH": project.default_branch or "",
        "CI_PIPELINE_ID": str(pipeline.id),
        "CI_PIPELINE_IID": str(pipeline.iid),
        "CI_PIPELINE_SOURCE": pipeline.source,
        "CI_PIPELINE_URL": f"{web}/-/pipelines/{pipeline.id}",
        "CI_PROJECT_ID": str(project.id),
        "CI_PROJECT_NAME": project.path,
        "CI_PROJECT_TITLE": project.name,
        "CI_PROJECT_PATH": project.full_path,
        "CI_PROJECT_PATH_SLUG": _slug(project.full_path),
        "CI_PROJECT_NAMESPACE": project.namespace.full_path,
        "CI_PROJECT_ROOT_NAMESPACE": project.namespace.root.path,
        "CI_PROJECT_URL": web,
        "CI_PROJECT_VISIBILITY": project.visibility,
        "CI_REPOSITORY_URL": service.clone_url(project),
    }
    if pipeline.user:
        out |= {
            "GITLAB_USER_ID": str(pipeline.user.id),
            "GITLAB_USER_LOGIN": pipeline.user.username,
            "GITLAB_USER_NAME": pipeline.user.name,
            "GITLAB_USER_EMAIL": pipeline.user.email,
        }
    out |= {"CI_COMMIT_TAG": pipeline.ref} if pipeline.tag else {"CI_COMMIT_BRANCH": pipeline.ref}
    return out


def protected(pipeline: Pipeline) -> bool:
    """Only then it gets protected variables."""
    return not pipeline.tag and protection.of(pipeline.project, pipeline.ref) is not None


def names(service: GitLab, pipeline: Pipeline) -> list[str]:
    return sorted(predefined(service, pipeline))


def for_pipeline(service: GitLab, pipeline: Pipeline) -> dict[str, Any]:
    """In the form of gitlab-ci-local's variables file. There a ``$`` refers to other variables, ``$$`` is one itself."""
    out: dict[str, Any] = {
        name: {"type": "variable", "values": {"*": value.replace("$", "$$")}}
        for name, value in predefined(service, pipeline).items()
    }
    may_see = protected(pipeline)
    own: dict[str, Any] = {}
    for variable in pipeline.project.variables.values():
        if variable.protected and not may_see:
            continue
        kind = "file" if variable.variable_type == "file" else "variable"
        value = variable.value.replace("$", "$$") if variable.raw and kind == "variable" else variable.value
        entry = own.setdefault(variable.key, {"type": kind, "values": {}})
        entry["values"][variable.environment_scope] = value
    return out | own


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:63].strip("-")
