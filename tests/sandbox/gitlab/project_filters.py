# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters that lists of projects are filtered and ordered by. https://docs.gitlab.com/api/projects/#list-all-projects"""

from __future__ import annotations

from typing import Any

from .model import LEVELS, OWNER, VISIBILITIES, Project, User
from .params import Field

MINIMAL = 5  # an access level of the Enterprise Edition's groups
_ORDERS = ("id", "name", "path", "created_at", "updated_at", "last_activity_at")
FIELDS = (
    Field("search"),
    Field("search_namespaces", bool),
    Field("owned", bool),
    Field("membership", bool),
    Field("archived", bool),
    Field("min_access_level", int, False, (MINIMAL, *LEVELS)),
    Field("simple", bool),
    Field("visibility", str, False, VISIBILITIES),
    Field("order_by", str, False, (*_ORDERS, "similarity", "star_count")),
    Field("sort", str, False, ("asc", "desc")),
    Field("id_after", int),
    Field("id_before", int),
)


def select(projects: list[Project], given: dict[str, Any], user: User | None) -> list[Project]:
    """Those that fit, in order. To a stranger belongs nothing: what asks for the caller's own is passed over then."""
    found = [one for one in projects if _fits(one, given)]
    if user is not None:
        if given.get("membership"):
            found = [one for one in found if one.membership(user)]
        if given.get("owned"):
            found = [one for one in found if one.membership(user) >= OWNER]
        if given.get("min_access_level") is not None:
            found = [one for one in found if one.membership(user) >= given["min_access_level"]]
    order = given.get("order_by") or "created_at"
    return sorted(found, key=lambda one: _key(one, order), reverse=(given.get("sort") or "desc") == "desc")


def _fits(project: Project, given: dict[str, Any]) -> bool:
    """Each word of ``search`` is somewhere in the path, the name or the description."""
    where = [project.path, project.name, project.settings.get("description") or ""]
    if given.get("search_namespaces"):
        where.append(project.full_path)
    words = (given.get("search") or "").lower().split()
    return (
        all(any(word in text.lower() for text in where) for word in words)
        and given.get("archived") in (None, project.archived)
        and given.get("visibility") in (None, project.visibility)
        and ("id_after" not in given or project.id > (given["id_after"] or 0))
        and (given.get("id_before") is None or project.id < given["id_before"])
    )


def _key(project: Project, order: str) -> Any:
    if order in ("name", "path"):
        return str(getattr(project, order)).lower(), project.id
    if order in ("updated_at", "last_activity_at"):
        return project.updated_at or project.created_at, project.id
    return project.id  # as they were created
