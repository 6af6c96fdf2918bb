# SPDX-License-Identifier: GPL-3.0-or-later
"""A project's settings: which there are, what they are at first, and what the API takes for them.

https://docs.gitlab.com/api/projects/#create-a-project
"""

from __future__ import annotations

from typing import Any

from .params import Field

_LEVELS = ("disabled", "private", "enabled")
FEATURES = (
    "issues",
    "repository",
    "merge_requests",
    "forking",
    "wiki",
    "builds",
    "snippets",
    "pages",
    "analytics",
    "container_registry",
    "security_and_compliance",
    "releases",
    "environments",
    "feature_flags",
    "infrastructure",
    "monitor",
    "model_experiments",
    "model_registry",
)
_OLD = {
    "issues": "issues",
    "merge_requests": "merge_requests",
    "wiki": "wiki",
    "jobs": "builds",
    "snippets": "snippets",
}
_BOOLEANS: dict[str, bool] = {
    "container_registry_enabled": True,
    "service_desk_enabled": False,
    "emails_enabled": True,
    "shared_runners_enabled": True,
    "group_runners_enabled": True,
    "lfs_enabled": True,
    "request_access_enabled": True,
    "packages_enabled": True,
    "auto_devops_enabled": False,
    "public_jobs": True,
    "keep_latest_artifact": True,
    "only_allow_merge_if_pipeline_succeeds": False,
    "only_allow_merge_if_all_discussions_are_resolved": False,
    "remove_source_branch_after_merge": True,
    "printing_merge_request_link_enabled": True,
    "autoclose_referenced_issues": True,
    "resolve_outdated_diff_discussions": False,
}
_OTHERS: dict[str, tuple[type, Any, tuple[str, ...]]] = {
    "description": (str, None, ()),
    "topics": (list, [], ()),
    "build_git_strategy": (str, "fetch", ("fetch", "clone")),
    "build_timeout": (int, 3600, ()),
    "auto_cancel_pending_pipelines": (str, "enabled", ("disabled", "enabled")),
    "ci_config_path": (str, "", ()),
    "merge_method": (str, "merge", ("ff", "rebase_merge", "merge")),
    "squash_option": (str, "default_off", ("never", "always", "default_on", "default_off")),
}
_PLACE = (
    Field("name"),
    Field("path"),
    Field("default_branch"),
    Field("visibility", str, False, ("private", "internal", "public")),
    Field("import_url"),
)
SETTINGS = (
    *(Field(name, bool) for name in _BOOLEANS),
    *(Field(name, kind, False, values) for name, (kind, _, values) in _OTHERS.items()),
    *(Field(f"{name}_enabled", bool) for name in _OLD),
    *(
        Field(f"{name}_access_level", str, False, (*_LEVELS, "public") if name == "pages" else _LEVELS)
        for name in FEATURES
    ),
)
# Declared by the Enterprise Edition alone: the Community Edition does not know the parameters.
MIRROR_ON_CREATE = (Field("mirror", bool), Field("mirror_trigger_builds", bool))
MIRROR_ON_UPDATE = (
    *MIRROR_ON_CREATE,
    Field("mirror_user_id", int),
    Field("only_mirror_protected_branches", bool),
    Field("mirror_overwrites_diverged_branches", bool),
    Field("mirror_branch_regex"),
)
MIRROR_NAMES = tuple(one.name for one in MIRROR_ON_UPDATE)


def on_create(edition: str) -> tuple[Field, ...]:
    more = (Field("namespace_id", int), Field("initialize_with_readme", bool))
    return (*_PLACE, *more, *SETTINGS, *(MIRROR_ON_CREATE if edition != "ce" else ()))


def on_update(edition: str) -> tuple[Field, ...]:
    return (*_PLACE, *SETTINGS, *(MIRROR_ON_UPDATE if edition != "ce" else ()))


def at_first() -> dict[str, Any]:
    """The settings of a project that nobody set anything for."""
    out: dict[str, Any] = {**_BOOLEANS, **{name: default for name, (_, default, _) in _OTHERS.items()}}
    for name in FEATURES:
        out[f"{name}_access_level"] = "private" if name in ("security_and_compliance",) else "enabled"
    return out


def chosen(given: dict[str, Any]) -> dict[str, Any]:
    """The settings among a request's parameters; the old ``*_enabled`` say the same as ``*_access_level``."""
    out: dict[str, Any] = {}
    for field in SETTINGS:
        if field.name not in given:
            continue
        value = given[field.name]
        old = field.name.removesuffix("_enabled")
        if field.name.endswith("_enabled") and old in _OLD:
            out.setdefault(f"{_OLD[old]}_access_level", "enabled" if value else "disabled")
        elif field.kind is list or value is not None or field.name == "description":
            out[field.name] = value
    return out
