# SPDX-License-Identifier: GPL-3.0-or-later
"""GitLab's JSON for people, groups and namespaces. https://docs.gitlab.com/api/namespaces/"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from .model import Namespace, User

if TYPE_CHECKING:
    from .service import GitLab


def stamp(when: datetime | None) -> str | None:
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z" if when else None


class Places:
    """Draws for one service; what the caller may see has been decided before."""

    def __init__(self, service: GitLab) -> None:
        self.service = service
        self.root = service.url

    def user(self, user: User) -> dict[str, Any]:
        return {
            "id": user.id,
            "username": user.username,
            "public_email": None,
            "name": user.name,
            "state": user.state,
            "locked": False,
            "avatar_url": None,
            "web_url": f"{self.root}/{user.username}",
        }

    def current_user(self, user: User) -> dict[str, Any]:
        out = self.user(user) | {
            "created_at": stamp(user.created_at),
            "bot": user.bot_of is not None,
            "email": user.email,
            "commit_email": user.email,
            "can_create_group": True,
            "can_create_project": user.bot_of is None,
            "external": False,
            "private_profile": False,
            "two_factor_enabled": False,
        }
        if user.is_admin:
            out["is_admin"] = True
        return out

    def member(self, user: User, level: int, since: datetime) -> dict[str, Any]:
        return self.user(user) | {"access_level": level, "created_at": stamp(since), "expires_at": None}

    def namespace_basic(self, namespace: Namespace) -> dict[str, Any]:
        groups = "groups/" if namespace.kind == "group" else ""
        return {
            "id": namespace.id,
            "name": namespace.name,
            "path": namespace.path,
            "kind": namespace.kind,
            "full_path": namespace.full_path,
            "parent_id": namespace.parent.id if namespace.parent else None,
            "avatar_url": None,
            "web_url": f"{self.root}/{groups}{namespace.full_path}",
        }

    def namespace(self, namespace: Namespace) -> dict[str, Any]:
        out = self.namespace_basic(namespace)
        out["projects_count"] = sum(p.namespace is namespace for p in self.service.projects.values())
        if namespace.kind == "group":
            out["members_count_with_descendants"] = len(namespace.members)
        if self.service.saas:  # only GitLab.com says which plan
            out |= {"plan": "premium" if self.service.edition == "premium" else "free", "trial": False}
        return out

    def group(self, group: Namespace) -> dict[str, Any]:
        return {
            "id": group.id,
            "web_url": f"{self.root}/groups/{group.full_path}",
            "name": group.name,
            "path": group.path,
            "description": group.description,
            "visibility": group.visibility,
            "full_name": group.full_name,
            "full_path": group.full_path,
            "created_at": stamp(group.created_at),
            "parent_id": group.parent.id if group.parent else None,
            "avatar_url": None,
            "request_access_enabled": True,
        }
