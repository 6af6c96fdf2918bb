# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's templates as ansible.builtin.template renders them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.filter.core import FilterModule
from jinja2 import Environment, StrictUndefined

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Given
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings.values import typed

TEMPLATES = Path(__file__).resolve().parents[3] / "roles" / "gitlab_ci" / "templates"
# As people give them.
VARIABLES: dict[str, Any] = {
    "bitbucket_workspace": "acme",
    "gitlab_ci_repository": "shop",
    "gitlab_ci_project_path": "group/sub/shop",
}
# What the role takes from the services.
FOUND: dict[str, Any] = {
    "_gitlab_ci_statuses_api_url": "https://api.bitbucket.org",
    "_gitlab_ci_push_address": "https://gitlab.example.com/group/sub/shop.git",
}


def settings(**variables: Any) -> dict[str, Any]:
    """What the variables come to, as the action plugin ``settings`` has it."""
    values = typed(declared.of_target("gitlab_ci"), {**VARIABLES, "bitbucket_api_token": "t", **variables})
    return TARGETS["gitlab_ci"].resolve(Given(values, {}, "shop"))


def render(template: str, **variables: Any) -> str:
    """A template with these variables; those that begin with an underscore are not the user's."""
    found = {name: value for name, value in variables.items() if name.startswith("_")}
    given = {name: value for name, value in variables.items() if name not in found}
    environment = Environment(trim_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined, autoescape=False)
    environment.filters = {**FilterModule().filters(), **environment.filters}
    text: str = environment.from_string((TEMPLATES / template).read_text()).render(
        {"gitlab_ci": settings(**given), **FOUND, **found}
    )
    return text
