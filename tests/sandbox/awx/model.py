# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of objects of AWX's API: their fields, and how AWX treats what it is sent.

Sources: the serializers and models of https://github.com/ansible/awx, tag 24.6.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
ENCRYPTED = "$encrypted$"


@dataclass(frozen=True)
class Field:
    """One field: ``kind`` is str, bool, int, dict, text (JSON or YAML as a text) or the kind of object it refers to.

    AWX takes null for a text and stores an empty one; ``nullable`` are the others that may be null.
    """

    kind: str
    default: Any = None
    required: bool = False
    choices: tuple[Any, ...] = ()
    nullable: bool = False
    # Only when it is created; later it is ignored.
    fixed: bool = False


def texts(*names: str, **more: Any) -> dict[str, Field]:
    return {name: Field("str", "", **more) for name in names}


def flags(*names: str) -> dict[str, Field]:
    return {name: Field("bool", False) for name in names}


def refers(kind: str, required: bool = False, **more: Any) -> Field:
    return Field(kind, None, required=required, nullable=not required, **more)


@dataclass(frozen=True)
class Kind:
    """Objects of one kind: the name of their list in the API and of their type, and what they consist of."""

    list: str
    type: str
    fields: dict[str, Field]
    # Lists of other objects, and whether they are ordered.
    associations: dict[str, str] = field(default_factory=dict)
    # Fields of which no two objects may have the same values.
    unique: tuple[str, ...] = ("organization", "name")
    # What a client reads and does not write.
    read_only: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        return "identifier" if self.type == "workflow_job_template_node" else "name"


NAMED = {"name": Field("str", "", required=True), **texts("description")}
OF_ORGANIZATION = {**NAMED, "organization": refers("organizations")}
NOTIFIED = {f"notification_templates_{when}": "notification_templates" for when in ("started", "success", "error")}
APPROVED = {**NOTIFIED, "notification_templates_approvals": "notification_templates"}
VERBOSITY = tuple(range(6))
# What may be asked when a job is launched, by the field of the template that says so. So a node or a schedule may give it.
PROMPTS: dict[str, Field] = {
    "limit": Field("str", None, nullable=True),
    "scm_branch": Field("str", None, nullable=True),
    "job_tags": Field("str", None, nullable=True),
    "skip_tags": Field("str", None, nullable=True),
    "job_type": Field("str", None, nullable=True, choices=("run", "check")),
    "diff_mode": Field("bool", None, nullable=True),
    "verbosity": Field("int", None, nullable=True, choices=VERBOSITY),
    "forks": Field("int", None, nullable=True),
    "job_slice_count": Field("int", None, nullable=True),
    "timeout": Field("int", None, nullable=True),
    "inventory": refers("inventories"),
    "execution_environment": refers("execution_environments"),
    "extra_data": Field("dict", {}),
}
ASKED = {
    "limit": "ask_limit_on_launch",
    "scm_branch": "ask_scm_branch_on_launch",
    "job_tags": "ask_tags_on_launch",
    "skip_tags": "ask_skip_tags_on_launch",
    "job_type": "ask_job_type_on_launch",
    "diff_mode": "ask_diff_mode_on_launch",
    "verbosity": "ask_verbosity_on_launch",
    "forks": "ask_forks_on_launch",
    "job_slice_count": "ask_job_slice_count_on_launch",
    "timeout": "ask_timeout_on_launch",
    "inventory": "ask_inventory_on_launch",
    "execution_environment": "ask_execution_environment_on_launch",
}

_KINDS = (
    Kind(
        "organizations",
        "organization",
        {**NAMED, "max_hosts": Field("int", 0), "default_environment": refers("execution_environments")},
        {"galaxy_credentials": "credentials", "instance_groups": "instance_groups", **APPROVED},
        unique=("name",),
    ),
    Kind(
        "credential_types",
        "credential_type",
        {
            **NAMED,
            "kind": Field("str", "", required=True),
            "inputs": Field("dict", {}),
            "injectors": Field("dict", {}),
            "managed": Field("bool", False, fixed=True),
        },
        unique=("name", "kind"),
        read_only={"namespace": None},
    ),
    Kind(
        "credentials",
        "credential",
        {**OF_ORGANIZATION, "credential_type": refers("credential_types", required=True), "inputs": Field("dict", {})},
        unique=("organization", "name", "credential_type"),
        read_only={"managed": False},
    ),
    Kind(
        "execution_environments",
        "execution_environment",
        {
            **OF_ORGANIZATION,
            "image": Field("str", "", required=True),
            "credential": refers("credentials"),
            "pull": Field("str", "", choices=("", "always", "missing", "never")),
        },
        unique=("name",),
        read_only={"managed": False},
    ),
    Kind(
        "projects",
        "project",
        {
            **OF_ORGANIZATION,
            **texts("local_path", "scm_url", "scm_branch", "scm_refspec"),
            "scm_type": Field("str", "", choices=("", "git", "svn", "insights", "archive")),
            **flags(
                "scm_clean", "scm_track_submodules", "scm_delete_on_update", "scm_update_on_launch", "allow_override"
            ),
            "credential": refers("credentials"),
            "timeout": Field("int", 0),
            "scm_update_cache_timeout": Field("int", 0),
            "default_environment": refers("execution_environments"),
            "signature_validation_credential": refers("credentials"),
        },
        NOTIFIED,
        read_only={"status": "successful", "scm_revision": "0" * 40, "custom_virtualenv": None},
    ),
    Kind(
        "inventories",
        "inventory",
        {
            **NAMED,
            "organization": refers("organizations", required=True),
            "kind": Field("str", "", choices=("", "smart", "constructed")),
            "host_filter": Field("str", None, nullable=True),
            "variables": Field("text", ""),
            **flags("prevent_instance_group_fallback"),
        },
        {"instance_groups": "instance_groups"},
    ),
    Kind(
        "inventory_sources",
        "inventory_source",
        {
            **NAMED,
            "inventory": refers("inventories", required=True, fixed=True),
            "source": Field("str", None, nullable=True),
            **texts("source_path", "enabled_var", "enabled_value", "host_filter", "limit", "scm_branch"),
            "source_vars": Field("text", ""),
            "credential": refers("credentials"),
            "execution_environment": refers("execution_environments"),
            "source_project": refers("projects"),
            **flags("overwrite", "overwrite_vars", "update_on_launch"),
            "timeout": Field("int", 0),
            "verbosity": Field("int", 1, choices=(0, 1, 2)),
            "update_cache_timeout": Field("int", 0),
        },
        NOTIFIED,
        unique=("inventory", "name"),
    ),
    Kind(
        "notification_templates",
        "notification_template",
        {
            **NAMED,
            "organization": refers("organizations", required=True),
            "notification_type": Field("str", "", required=True),
            "notification_configuration": Field("dict", {}, required=True),
            "messages": Field("dict", None, nullable=True),
        },
    ),
    Kind(
        "job_templates",
        "job_template",
        {
            **NAMED,
            "job_type": Field("str", "run", choices=("run", "check")),
            "inventory": refers("inventories"),
            "project": refers("projects"),
            "playbook": Field("str", ""),
            "execution_environment": refers("execution_environments"),
            **texts(
                "scm_branch", "limit", "job_tags", "skip_tags", "start_at_task", "host_config_key", "webhook_service"
            ),
            "webhook_credential": refers("credentials"),
            "extra_vars": Field("text", ""),
            "verbosity": Field("int", 0, choices=VERBOSITY),
            "forks": Field("int", 0),
            "timeout": Field("int", 0),
            "job_slice_count": Field("int", 1),
            **flags(
                *ASKED.values(),
                "ask_variables_on_launch",
                "ask_credential_on_launch",
                "ask_instance_groups_on_launch",
                "ask_labels_on_launch",
                "force_handlers",
                "use_fact_cache",
                "survey_enabled",
                "become_enabled",
                "diff_mode",
                "allow_simultaneous",
                "prevent_instance_group_fallback",
            ),
        },
        {"credentials": "credentials", "labels": "labels", "instance_groups": "instance_groups", **NOTIFIED},
        # The organization is that of the project.
        read_only={"organization": None, "custom_virtualenv": None},
    ),
    Kind(
        "workflow_job_templates",
        "workflow_job_template",
        {
            **OF_ORGANIZATION,
            "extra_vars": Field("text", ""),
            "inventory": refers("inventories"),
            **{name: PROMPTS[name] for name in ("limit", "scm_branch", "job_tags", "skip_tags")},
            "webhook_service": Field("str", ""),
            "webhook_credential": refers("credentials"),
            **flags(
                "survey_enabled",
                "allow_simultaneous",
                "ask_variables_on_launch",
                "ask_inventory_on_launch",
                "ask_scm_branch_on_launch",
                "ask_limit_on_launch",
                "ask_labels_on_launch",
                "ask_tags_on_launch",
                "ask_skip_tags_on_launch",
            ),
        },
        {"labels": "labels", **APPROVED},
    ),
    Kind(
        "workflow_job_template_nodes",
        "workflow_job_template_node",
        {
            "identifier": Field("str", "", required=True),
            "workflow_job_template": refers("workflow_job_templates", required=True, fixed=True),
            "unified_job_template": refers("unified_job_templates"),
            **flags("all_parents_must_converge"),
            **PROMPTS,
        },
        {
            **{f"{when}_nodes": "workflow_job_template_nodes" for when in ("success", "failure", "always")},
            "credentials": "credentials",
            "labels": "labels",
            "instance_groups": "instance_groups",
        },
        unique=("workflow_job_template", "identifier"),
    ),
    Kind(
        "workflow_approval_templates",
        "workflow_approval_template",
        {**NAMED, "timeout": Field("int", 0)},
        unique=(),
    ),
    Kind(
        "schedules",
        "schedule",
        {
            **NAMED,
            "rrule": Field("str", "", required=True),
            "enabled": Field("bool", True),
            "unified_job_template": refers("unified_job_templates", required=True),
            **PROMPTS,
        },
        {"credentials": "credentials", "labels": "labels", "instance_groups": "instance_groups"},
        unique=("unified_job_template", "name"),
    ),
    Kind(
        "labels",
        "label",
        {"name": Field("str", "", required=True), "organization": refers("organizations", required=True)},
    ),
)
KINDS = {kind.list: kind for kind in _KINDS}
TEMPLATES = ("job_templates", "workflow_job_templates", "projects", "inventory_sources", "workflow_approval_templates")


@dataclass
class Thing:
    """One object. ``survey`` is that of a template."""

    kind: Kind
    id: int
    values: Values
    associated: dict[str, list[int]] = field(default_factory=dict)
    survey: Values = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"/api/v2/{self.kind.list}/{self.id}/"

    @property
    def name(self) -> str:
        return str(self.values.get(self.kind.identity, ""))


class World:
    """All objects; their ids are unique among the templates, as in AWX, and here among all."""

    def __init__(self) -> None:
        self._things: dict[int, Thing] = {}

    def add(self, kind: Kind, values: Values) -> Thing:
        thing = Thing(kind, len(self._things) + 1, values)
        self._things[thing.id] = thing
        return thing

    def all(self, list_name: str) -> Iterator[Thing]:
        lists = TEMPLATES if list_name == "unified_job_templates" else (list_name,)
        return (thing for thing in self._things.values() if thing.kind.list in lists)

    def get(self, list_name: str, number: Any) -> Thing | None:
        return next((thing for thing in self.all(list_name) if thing.id == number), None)

    def named(self, list_name: str, name: str) -> Thing:
        """:raises StopIteration: there is none."""
        return next(thing for thing in self.all(list_name) if thing.name == name)
