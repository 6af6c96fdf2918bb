# SPDX-License-Identifier: GPL-3.0-or-later
"""The variable that a report names for a field is the one that the operator has to set."""

from __future__ import annotations

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.plan.lists import Task, Unsupported, tasks_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.governing import governing
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.settings import declared


def task(target: str, module: str) -> Task:
    """The task of the role that calls the module."""
    for entry in ("main", "foundation", "repository"):
        try:
            found = [one for one in tasks_of(target, entry, Task("", "", None)) if one.action.endswith(f".{module}")]
        except FileNotFoundError:
            continue
        if found:
            return found[0]
    raise AssertionError(module)


@pytest.mark.parametrize(
    ("target", "module", "path", "variable"),
    [
        ("gitlab_ci", "gitlab_project", "description", "gitlab_ci_project_description"),
        ("gitlab_ci", "gitlab_project", "visibility", "gitlab_ci_visibility"),
        # Through a dict of settings, and a field of a field.
        ("gitlab_ci", "gitlab_project", "features.issues", "gitlab_ci_features"),
        # The part of a link that the field is of has the name of another option.
        ("gitlab_ci", "gitlab_ci_pull", "mirror.overwrite_diverged", "gitlab_ci_overwrite_diverged"),
        ("gitlab_ci", "gitlab_ci_pull", "mirror.auth_password", "gitlab_ci_bitbucket_token"),
        ("oci_devops", "oci_devops_mirror", "mirror.schedule_type", "oci_devops_schedule_type"),
        ("oci_devops", "oci_log", "retention_duration", "oci_devops_log_retention"),
        # Several settings decide.
        ("gitlab_ci", "gitlab_project_variables", "variables", ""),
        ("gitlab_ci", "gitlab_project", "nobody", ""),
        ("gitlab_ci", "gitlab_project", "", ""),
    ],
)
def test_the_variable_of_a_field(target: str, module: str, path: str, variable: str) -> None:
    assert governing(task(target, module), path) == variable


def test_none_is_named_that_the_role_does_not_know() -> None:
    for name in TARGETS:
        for entry in ("main", "foundation", "repository", "engine", "absent"):
            try:
                tasks = tasks_of(name, entry, Task("", "", None))
            except (FileNotFoundError, Unsupported):
                continue
            for one in tasks:
                for option in one.args if isinstance(one.args, dict) else ():
                    assert governing(one, option) in {"", *declared.of_target(name)}


def test_a_task_of_no_target_has_none() -> None:
    assert governing(Task("Report", "repobridge.bitbucket.report", {"description": "{{ x }}"}), "description") == ""
