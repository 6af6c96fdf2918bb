# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of all modules as playbooks, so that the documented examples are tested."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import yaml

from tests.sandbox.gemnasium import daemon
from tests.tools import generate

from .playbook import ROOT

MODULES = ROOT / "plugins" / "modules"

# What stands on what. A module that is not here is a failure of test_doors.
ORDER = (
    "bitbucket_credential_info",
    "bitbucket_access_token",
    "bitbucket_repository_info",
    "bitbucket_webhook",
    "bitbucket_commit_files",
    "gitlab_ci_files",
    "bitbucket_build_status",
    "bitbucket_pull_request_info",
    "bitbucket_branch",
    "bitbucket_pipeline_config",
    "bitbucket_pipeline_variables",
    "cds_info",
    "cds_consumer",
    "cds_config",
    "cds_service",
    "cds_project",
    "cds_repositories_manager",
    "cds_project_vcs",
    "cds_vcs_repository",
    "cds_application_repository",
    "cds_workflow",
    "cds_repository_webhook",
    "cds_projects",
    "cds_repository",
    "gitlab_project",
    "gitlab_project_variables",
    "gitlab_project_access_token",
    "gitlab_pull_mirror",
    "gitlab_protected_branch",
    "gitlab_branch",
    "gitlab_project_info",
    "gitlab_ci_pull",
    "gitlab_ci_push",
    "gemnasium_info",
    "gemnasium_auth_provider",
    "gemnasium_auth_client",
    "gemnasium_source",
    "gemnasium_consumers",
    "gemnasium_configuration",
    "oci_vault",
    "oci_vault_key",
    "oci_vault_secret",
    "oci_dynamic_group",
    "oci_policy",
    "oci_notification_topic",
    "oci_devops_project",
    "oci_log_group",
    "oci_log",
    "oci_devops_connection",
    "oci_devops_mirror_repository",
    "oci_devops_mirror_info",
    "oci_devops_foundation_info",
    "oci_devops_mirror",
    "upsun_integration",
    "upsun_integration_info",
    "upsun_environment_info",
    "upsun_repository",
)

Task = dict[str, Any]


def modules() -> list[str]:
    return generate.modules()


def documentation(module: str, part: str) -> Any:
    """A module's DOCUMENTATION, EXAMPLES or RETURN, parsed."""
    tree = ast.parse((MODULES / f"{module}.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == part:
            return yaml.safe_load(ast.literal_eval(node.value))
    raise LookupError(f"{module} has no {part}")


def _takes_away(task: Task) -> bool:
    return any(isinstance(value, dict) and value.get("state") == "absent" for value in task.values())


def tasks(taking_away: bool) -> list[Task]:
    """All example tasks that make things, in order; or all that take things away, in reverse."""
    here = [module for module in ORDER if not (module.startswith("gemnasium_") and daemon.why_not())]
    order = reversed(here) if taking_away else here
    return [task for module in order for task in documentation(module, "EXAMPLES") if _takes_away(task) is taking_away]


def write_playbook(path: Path, some: list[Task], variables: dict[str, Any]) -> None:
    play = {"hosts": "all", "connection": "local", "gather_facts": False, "vars": variables, "tasks": some}
    path.write_text(yaml.safe_dump([play], sort_keys=False, width=1000))
