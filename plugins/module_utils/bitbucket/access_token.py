# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP access tokens of users, projects and repositories."""

from __future__ import annotations

import math
import typing as t
from functools import cached_property

from ..core.errors import InvalidInput
from ..core.reconcile import Context, Fields, Snapshot
from ..core.shown_once import Lifetime, ShownOnceToken, renewal, today
from ..core.spec import STATE, ArgumentSpec, each
from .editions import edition
from .options import BITBUCKET, login
from .ports import AccessTokens

LEVELS = ("READ", "WRITE", "ADMIN")
PERMISSIONS = tuple(f"{scope}_{level}" for scope in ("PROJECT", "REPO") for level in LEVELS)
_LIFETIME = Lifetime("expiry_days", 0, math.inf, "a number of days, or 0 for a token that does not expire")


class AccessToken(ShownOnceToken):
    """The token of a name. Its permissions can be changed, its end can't (see ``ShownOnceToken``)."""

    module = "bitbucket_access_token"
    spec = (
        BITBUCKET
        + STATE
        + renewal(_LIFETIME, type="str")
        + ArgumentSpec(
            {
                **each(("user", "workspace", "repository")),
                "permissions": {"type": "list", "elements": "str", "choices": list(PERMISSIONS)},
            },
            mutually_exclusive=[("user", "workspace"), ("user", "repository")],
            required_one_of=[("user", "workspace")],
            required_by={"repository": "workspace"},
        )
    )
    identity = ("user", "workspace", "repository", "name")
    changeable = ("permissions",)
    described_names = ("permissions",)
    lifetime = _LIFETIME

    def __init__(self, params: Fields, context: Context) -> None:
        # No token can make one, so that a password goes before it.
        super().__init__({**params, "access_token": None} if params["password"] else params, context)
        self.edition = edition(params)
        tokens = self.edition.access_tokens
        self.operations = tokens.operations(params) if tokens else {}  # type: ignore[misc]

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        if self.edition.access_tokens is None:
            raise InvalidInput(
                f"{self.edition.title} has no API for access tokens",
                remedy="Create it in the browser: Repository settings, Project settings or Workspace settings > "
                "Access tokens.",
            )
        login(self.params)
        super().validate()
        if self.params["state"] == "present":
            self._check_permissions(self.params["permissions"] or ())

    def _check_permissions(self, permissions: t.Iterable[str]) -> None:
        highest = _highest(permissions)
        project, repository = (highest.get(scope) for scope in ("PROJECT", "REPO"))
        if project and self.params["repository"]:
            raise InvalidInput("The token of a repository has no permission on projects", remedy="Omit PROJECT_….")
        if project and repository and LEVELS.index(repository) < LEVELS.index(project):
            raise InvalidInput("A token's permission on repositories cannot be lower than its permission on projects")

    # -- what Bitbucket knows ----------------------------------------------------------------------------------------

    @cached_property
    def tokens(self) -> AccessTokens:
        port = t.cast(t.Callable[..., AccessTokens], self.edition.access_tokens)  # validate() was there before
        return port(self.edition.client(self.params, self.context), self.params)

    def _asked(self, verb: str) -> str:
        return f"{verb} the access token {self.name} of {self.tokens.owner}"

    def listed(self) -> list[Fields]:
        found = self.tokens.listing(self._asked("Find"))
        return [item for item in found if not (item["expires_at"] and item["expires_at"] < today().isoformat())]

    def age(self, item: Fields) -> str:
        return str(item["created_at"])

    def described(self) -> Fields:
        return {"permissions": _levelled(self.params["permissions"])} if self.params["permissions"] else {}

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = super().desired(current)
        if current is not None and "permissions" not in current:  # a server that does not tell them
            wanted.pop("permissions", None)
        return wanted

    def comparable(self, desired: Fields) -> Fields:
        """A higher permission has the lower ones in it."""
        out = dict(desired)
        if out.get("permissions") is not None:
            out["permissions"] = _levelled(out["permissions"])
        return out

    def make(self, desired: Fields) -> tuple[Fields, str]:
        days = self.params["expiry_days"] or None
        return self.tokens.create(self.name, desired["permissions"], days, self._asked("Create"))

    def change(self, current: Fields, changes: Fields) -> Fields:
        return self.tokens.change(current, changes["permissions"], self._asked("Update"))

    def revoke(self, item: Fields) -> None:
        self.tokens.revoke(item, self._asked("Revoke"))


def _highest(permissions: t.Iterable[str]) -> dict[str, str]:
    """The highest level for projects and for repositories."""
    out: dict[str, str] = {}
    for scope, _underscore, level in (permission.partition("_") for permission in permissions):
        out[scope] = max(out.get(scope, LEVELS[0]), level, key=LEVELS.index)
    return out


def _levelled(permissions: t.Iterable[str]) -> list[str]:
    return sorted(f"{scope}_{level}" for scope, level in _highest(permissions).items())
