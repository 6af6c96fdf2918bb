# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's templates as ansible.builtin.template renders them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.filter.core import FilterModule
from jinja2 import Environment, StrictUndefined

TEMPLATES = Path(__file__).resolve().parents[3] / "roles" / "gitlab_ci" / "templates"
VARIABLES: dict[str, Any] = {
    "bitbucket_workspace": "acme",
    "gitlab_ci_repository": "shop",
    "gitlab_ci_project_path": "group/sub/shop",
    "gitlab_ci_statuses_api_url": "https://api.bitbucket.org",
    "gitlab_ci_pipeline_name": "GitLab CI/CD",
    "gitlab_ci_push_address": "https://gitlab.example.com/group/sub/shop.git",
}


def render(template: str, **variables: Any) -> str:
    environment = Environment(trim_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined, autoescape=False)
    environment.filters = {**FilterModule().filters(), **environment.filters}
    text: str = environment.from_string((TEMPLATES / template).read_text()).render({**VARIABLES, **variables})
    return text
