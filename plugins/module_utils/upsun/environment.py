# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments of a project, and what a source integration would take away from them.

Sources: https://docs.upsun.com/api/ (Environment, Deployment) and https://docs.upsun.com/integrations/source/bitbucket.html
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..core.reconcile import Fields
from .client import Upsun, place

_SHOWN = (
    "id",
    "name",
    "title",
    "type",
    "status",
    "parent",
    "is_main",
    "is_pr",
    "is_dirty",
    "has_remote",
    "has_code",
    "head_commit",
    "has_deployment",
    "updated_at",
)
_HEADS = "refs/heads/"


def environments(client: Upsun, project: str) -> list[Fields]:
    """All environments of a project, flat. It is one call."""
    asked = f"List the environments of the project {project}"
    return [shown(one) for one in client.listing(place(project, "environments"), asked=asked)]


def shown(entity: Fields) -> Fields:
    """An environment flat: what says which it is, what it stands on, and whether its last deployment went well."""
    state = entity.get("deployment_state") or {}
    out = {name: entity.get(name) for name in _SHOWN}
    return {**out, "last_deployment_successful": state.get("last_deployment_successful")}


def primary_url(client: Upsun, project: str, environment: str) -> str | None:
    """The address of an environment's primary route; None if it is not deployed.

    It is the one that a source integration reports to the pull request.
    """
    answer = client.json(
        "GET",
        place(project, "environments", environment, "deployments", "current"),
        asked=f"Read the routes of the environment {environment} of the project {project}",
        accept=(404,),
    )
    routes = (answer or {}).get("routes") or {}
    return next((url for url, route in routes.items() if isinstance(route, dict) and route.get("primary")), None)


def branches_of(refs: t.Mapping[str, str]) -> dict[str, str]:
    """The branches among refs by their full names (``refs/heads/main``), by their short ones, with their commits."""
    return {name.removeprefix(_HEADS): str(commit) for name, commit in refs.items() if name.startswith(_HEADS)}


@dataclass
class Risk:
    """What would be lost: environments whose code would be another, and such that would be deleted."""

    overwritten: list[str] = field(default_factory=list)
    pruned: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.overwritten or self.pruned)

    def words(self, known: bool) -> str:
        """For a sentence that begins with "it would"; ``known`` is whether the branches of the repository are."""
        parts = []
        if self.overwritten:
            parts.append(f"overwrite the code of {', '.join(self.overwritten)}")
        if self.pruned:
            which = "no branches of the repository" if known else "those of them that are no branches of the repository"
            parts.append(f"delete {', '.join(self.pruned)} ({which})")
        return " and ".join(parts)


def at_risk(found: list[Fields], branches: dict[str, str] | None, *, fetch: bool, prune: bool) -> Risk:
    """What it would do to the environments of a project to begin with fetching, and with pruning.

    Without ``branches`` nobody can tell which environments stay as they are: any may be overwritten, or deleted.
    """
    risk = Risk()
    for one in found:
        commit, name = one["head_commit"], str(one["name"] or one["id"])
        if one["is_pr"] or one["status"] == "deleting":
            continue
        if fetch and commit and (branches is None or branches.get(name, commit) != commit):
            risk.overwritten.append(_named(name, commit))
        if prune and name not in (branches or ()) and not one["is_main"]:  # the main environment can't be deleted
            risk.pruned.append(_named(name, commit))
    return risk


def _named(name: str, commit: str | None) -> str:
    return f"{name} ({commit[:12]})" if commit else name
