# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that the roles declare in their argument specs. Read once: forked workers share what the controller has read."""

from __future__ import annotations

import re
import typing as t
from functools import cache
from pathlib import Path

import yaml

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS

_ROLES = Path(__file__).resolve().parents[3] / "roles"
_PLAYBOOKS = _ROLES.parent / "playbooks"
_NAME_OF_AWX = re.compile(r"\brepobridge_awx_[a-z_]*[a-z]\b")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# The facts that the role bitbucket sets for a playbook, and the variables that it registers.
_SHARED = (
    "bitbucket_credential",
    "bitbucket_credential_result",
    "bitbucket_defaults",
    "bitbucket_repository_facts",
    "bitbucket_repository_result",
)
# Variables of the playbooks and of all modules, and the results that the playbooks register.
_OF_PLAYBOOKS = (
    "bitbucket_hourly_budget",
    "repobridge_check_mode",
    "repobridge_fail_on",
    "repobridge_fail_on_drift",
    "repobridge_hosts",
    "repobridge_in_process",
    "repobridge_nobody",
    "repobridge_plan",
    "repobridge_plan_first",
    "repobridge_planned",
    "repobridge_report",
    "repobridge_report_dir",
    "repobridge_report_formats",
    "repobridge_report_of",
    "repobridge_report_playbook",
    "repobridge_settings",
    "repobridge_settings_state",
    "repobridge_strict",
)


@cache
def of_role(role: str) -> dict[str, dict[str, t.Any]]:
    """The options of all entry points of a role, by their names."""
    specs = yaml.load((_ROLES / role / "meta" / "argument_specs.yml").read_text("utf-8"), Loader=_LOADER)
    return {
        name: option
        for spec in specs["argument_specs"].values()
        for name, option in (spec.get("options") or {}).items()
    }


@cache
def of_target(name: str) -> dict[str, dict[str, t.Any]]:
    """The options of all roles of a target."""
    return {option: spec for role in TARGETS[name].roles for option, spec in of_role(role).items()}


@cache
def of_all() -> frozenset[str]:
    """The names of all variables of all targets."""
    return frozenset(
        (*_SHARED, *_OF_PLAYBOOKS, *_of_awx(), *(option for name in TARGETS for option in of_target(name)))
    )


def _of_awx() -> set[str]:
    """The variables of the playbook awx, which may be in the same inventory. It has no argument specs."""
    texts = (path.read_text("utf-8") for path in _PLAYBOOKS.rglob("awx*.yml"))
    return {name for text in texts for name in _NAME_OF_AWX.findall(text)}


@cache
def secrets() -> frozenset[str]:
    """The variables that hold a credential."""
    return frozenset(option for name in TARGETS for option, spec in of_target(name).items() if spec.get("no_log"))


for _name in TARGETS:
    of_target(_name)
