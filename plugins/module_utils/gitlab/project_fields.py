# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fields of a project: which can be set, and which are reported.

Source: https://docs.gitlab.com/api/projects/
"""

from __future__ import annotations

import typing as t

from .adoption import is_marked
from .licence import can_mirror

Fields = dict[str, t.Any]

FEATURES = (
    "analytics",
    "builds",
    "container_registry",
    "environments",
    "feature_flags",
    "forking",
    "infrastructure",
    "issues",
    "merge_requests",
    "model_experiments",
    "model_registry",
    "monitor",
    "pages",
    "releases",
    "repository",
    "requirements",
    "security_and_compliance",
    "snippets",
    "wiki",
)
LEVELS = ("disabled", "private", "enabled", "public")
SWITCHES = ("shared_runners_enabled", "auto_devops_enabled", "public_jobs")
PLAIN = (
    "name",
    "description",
    "visibility",
    "ci_config_path",
    "build_timeout",
    *SWITCHES,
)
# Of the hundred fields GitLab answers with, those a playbook has a use for.
_SHOWN = (
    "id",
    *PLAIN,
    "path",
    "path_with_namespace",
    "web_url",
    "http_url_to_repo",
    "default_branch",
    "empty_repo",
    "auto_cancel_pending_pipelines",
    "import_status",
    "marked_for_deletion_on",
    "topics",
)


def shown(answer: Fields) -> Fields:
    """What is reported of a project."""
    features = [name for name in answer if name.endswith("_access_level")]
    known = {name: answer[name] for name in (*_SHOWN, *sorted(features)) if name in answer}
    return {
        **known,
        "reference": answer["path_with_namespace"],
        "pull_mirroring": can_mirror(answer),
        "adopted": not is_marked(answer),
    }
