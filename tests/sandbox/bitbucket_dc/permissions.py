# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: global, project and repository permissions, and how a token narrows its user's.

https://confluence.atlassian.com/bitbucketserver/global-permissions-776640369.html and …/http-access-tokens-939515499.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import AccessToken, Project, Repository, User

PROJECT = ("PROJECT_READ", "PROJECT_WRITE", "PROJECT_ADMIN")
REPOSITORY = ("REPO_READ", "REPO_WRITE", "REPO_ADMIN")
GLOBAL = ("LICENSED_USER", "PROJECT_CREATE", "ADMIN", "SYS_ADMIN")
LEVELS = ("none", "read", "write", "admin")
NONE, READ, WRITE, ADMIN = range(4)


def level(permission: str) -> int:
    """PROJECT_WRITE and REPO_WRITE → 2."""
    return LEVELS.index(permission.rpartition("_")[2].lower())


def highest(permissions: Iterable[str], kinds: Iterable[str]) -> int:
    wanted = set(kinds)
    return max((level(one) for one in permissions if one in wanted), default=NONE)


def of_user(user: User, place: Project | Repository) -> int:
    """What a user may do with a project or a repository; a project's permission holds for its repositories."""
    if user.permission in ("ADMIN", "SYS_ADMIN"):
        return ADMIN
    project = place.project if isinstance(place, Repository) else place
    granted = [user.grants.get(project.key)]
    if isinstance(place, Repository):
        granted.append(user.grants.get(place.full_name))
    return max([level(one) for one in granted if one] + [READ if place.public or project.public else NONE])


@dataclass(frozen=True)
class Caller:
    """Who asks. ``token`` None: with a password."""

    user: User
    token: AccessToken | None = None

    @property
    def is_user(self) -> bool:
        """A project's or a repository's token is nobody with a name and an e-mail address."""
        return self.token is None or self.token.is_personal

    def level(self, place: Project | Repository) -> int:
        if self.token is None:
            return of_user(self.user, place)
        granted = self._granted(self.token, place)
        return min(granted, of_user(self.user, place)) if self.token.is_personal else granted

    @staticmethod
    def _granted(token: AccessToken, place: Project | Repository) -> int:
        """What the token was made for. Permissions on projects include their repositories."""
        project = place.project if isinstance(place, Repository) else place
        if not token.is_personal and token.owner not in (place, project):
            return READ if place.public or project.public else NONE
        kinds = PROJECT + REPOSITORY if isinstance(place, Repository) else PROJECT
        return highest(token.permissions, kinds)

    def may_create_projects(self) -> bool:
        """Tokens have no global permissions, except a personal one of an administrator's that may administer projects."""
        if self.token and "PROJECT_ADMIN" not in self.token.permissions:
            return False
        return GLOBAL.index(self.user.permission) >= GLOBAL.index("PROJECT_CREATE")


def check_token(permissions: Iterable[str], owner: User | Project | Repository) -> str | None:
    """Why a token cannot have these permissions, or None.

    The repository permission has to be as high as the project permission; a repository's token has none on projects.
    """
    given = tuple(permissions)
    if not given:
        return "At least one permission must be provided."
    unknown = [one for one in given if one not in PROJECT + REPOSITORY]
    if unknown:
        return f"{unknown[0]} is not a valid permission."
    on_project, on_repository = highest(given, PROJECT), highest(given, REPOSITORY)
    if isinstance(owner, Repository) and on_project:
        return "Repository access tokens cannot have project permissions."
    if on_repository and on_repository < on_project:
        return "The repository permission must be at least as high as the project permission."
    return None
