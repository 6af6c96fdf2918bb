# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GitLab CI/CD: what a host's variables mean."""

from __future__ import annotations

import hashlib

from ...bitbucket.use import DELETE_WEBHOOK, KEEPS, TOKENS, CloudUse, Use
from ...core.errors import InvalidInput
from ..target import SERVICE_CONNECTION, Given, Target, Values, bitbucket_connection
from .plays import PLAYS

PREFIX = "gitlab_ci_"
# Settings that are what the variables say, by the names without the prefix.
_AS_GIVEN = (
    "bitbucket_api_url",
    "branch",
    "branch_regex",
    "commit_message",
    "config_path",
    "existing_project",
    "git_user",
    "hook_description",
    "image",
    "include_path",
    "mirror",
    "overwrite_diverged",
    "pipeline_name",
    "pipelines_path",
    "probe",
    "probe_branch",
    "probe_delay",
    "probe_timeout",
    "push_image",
    "push_prune",
    "push_script_path",
    "push_token_name",
    "push_url",
    "push_user",
    "read_with",
    "report_canceled",
    "repository_url",
    "rest_user",
    "runner_tags",
    "script_path",
    "state",
    "token_days",
    "token_name",
    "token_renew_before_days",
    "variables",
    "verify",
)
_STATUS_VARIABLES = ("BITBUCKET_ACCESS_TOKEN", "BITBUCKET_USERNAME")
_KEY_DIGITS = 24  # Bitbucket takes 40 characters for a key


def resolve(given: Given) -> Values:
    """:raises InvalidInput: variables are missing or contradict each other."""
    workspace = given.workspace()
    settings = given.options(PREFIX, *_AS_GIVEN)
    repository = given.repository("gitlab_ci_repository")
    path = given["gitlab_ci_project_path"] or f"{given['gitlab_ci_group'] or workspace}/{repository}"
    token = _lasting_token(given) if settings["state"] == "present" else None
    name = settings["pipeline_name"]
    key = given["gitlab_ci_status_key"] or f"gitlab-ci-{_digest(f'{path}/{name}')}"
    return {
        **settings,
        "workspace": workspace,
        "repository": repository,
        "project": path,
        "project_options": _project_options(given),
        "status_key": key,
        "bitbucket_token": token,
        "variables_to_remove": [{"key": key} for key in _STATUS_VARIABLES] + settings["variables"],
        # A project that is named as somebody else's has a mirror of the role's.
        "unmarked_mirror": _unmarked(given),
        "use": ["gitlab_ci_push" if settings["mirror"] == "push" else "gitlab_ci"],
        "scopes": given["bitbucket_scopes"],
        "next": "absent" if settings["state"] == "absent" else "probe" if settings["probe"] else "",
        # Why a plan can't say that there is nothing to do.
        "runs_always": "gitlab_ci_probe is set, and the probe is not in check mode" if settings["probe"] else "",
        "connection": {
            "bitbucket": bitbucket_connection(given),
            "gitlab": given.options("gitlab_", *SERVICE_CONNECTION),
        },
    }


def _unmarked(given: Given) -> str:
    return "manage" if given["gitlab_ci_existing_project"] or given["repobridge_teardown_adopted"] else "keep"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_DIGITS]


def _lasting_token(given: Given) -> str:
    """GitLab keeps one Bitbucket credential, so it must be one that lasts: an API token or an access token."""
    found = given.first(
        "gitlab_ci_bitbucket_token",
        "bitbucket_api_token",
        "bitbucket_access_token",
        "BITBUCKET_API_TOKEN",
        "BITBUCKET_ACCESS_TOKEN",
    )
    if found is None:
        raise InvalidInput(
            "GitLab needs a Bitbucket credential that does not expire after hours, and none is set",
            "Set bitbucket_api_token (with bitbucket_username), or bitbucket_access_token, or "
            "gitlab_ci_bitbucket_token with gitlab_ci_git_user and gitlab_ci_rest_user.",
        )
    return str(found).strip()


def _project_options(given: Given) -> Values:
    """Options of gitlab_project. A project of somebody else is neither created nor changed, but for the path of its pipeline."""
    config = given["gitlab_ci_config_path"]
    options: Values = {} if config == ".gitlab-ci.yml" else {"ci_config_path": config}
    if given["gitlab_ci_existing_project"]:
        return {"create": False, "ci_only": False, "defaults": [], **options}
    more = given.options(PREFIX, "visibility", "features", description="gitlab_ci_project_description")
    return {"create": True, "ci_only": True, "defaults": ["ci_only"], **more, **options}


GITLAB_CI = Target(
    name="gitlab_ci",
    title="GitLab CI/CD",
    summary="runs GitLab CI/CD for a repository, and reports build status back",
    editions="Cloud",
    services=("bitbucket", "gitlab"),
    groups=("gitlab_ci",),
    prefixes=("gitlab_", "bitbucket_"),
    resolve=resolve,
    roles=("gitlab_ci", "bitbucket"),
    plays=PLAYS,
    # What the role itself does in Bitbucket: webhooks, files and build statuses. Without pull mirrors (gitlab_ci_push) Pipelines
    # is switched on, and a variable of it holds GitLab's token.
    uses={
        "gitlab_ci": Use(CloudUse(("repository:write", "webhook", DELETE_WEBHOOK), TOKENS, KEEPS, admin=True)),
        "gitlab_ci_push": Use(CloudUse(("repository:write", "repository:admin", "pipeline:variable"), TOKENS, KEEPS)),
    },
    adopts={
        "gitlab_project": {"project": "gitlab_ci_project_path"},
        "gitlab_ci_pull": {"project": "gitlab_ci_project_path"},
    },
    modules={"gitlab_ci_files": "bitbucket", "gitlab_ci_pull": "gitlab_ci", "gitlab_ci_push": "gitlab_ci"},
    blank=("gitlab_ci_rest_user", "gitlab_ci_branch_regex"),
)
