# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of repositories of Bitbucket Data Center.

Source: https://developer.atlassian.com/server/bitbucket/rest/ (repository)
"""

from __future__ import annotations

import typing as t

from ...core.errors import InvalidInput
from ...core.reconcile import Fields
from ...core.urls import nested
from ...http.answer import RAW
from ..place import Place
from ..ports import Filters, Listings
from .client import path_of
from .repositories import described

_PERMISSIONS = {"member": "REPO_READ", "contributor": "REPO_WRITE", "admin": "REPO_ADMIN"}


class DataCenterListings(Listings):
    """One call for each page; how many repositories are on one is up to the server's administrators."""

    @classmethod
    def check(cls, workspaces: t.Sequence[str], filters: Filters) -> None:
        if filters.q:
            raise InvalidInput("Bitbucket Data Center has no query language: q is for Cloud only", "Use name and role.")
        if filters.projects:
            raise InvalidInput("projects is for Cloud only", "For Data Center give the keys of projects as workspaces.")
        if filters.role and filters.role not in _PERMISSIONS:
            raise InvalidInput(f"Bitbucket Data Center has no role {filters.role}", f"Use {', '.join(_PERMISSIONS)}.")

    def repositories(self, workspace: str | None, filters: Filters) -> t.Iterator[Fields]:
        asked = f"List the repositories of {workspace or 'all projects'}"
        query = {"projectkey": workspace, "name": filters.name, "permission": _PERMISSIONS.get(filters.role or "")}
        if workspace and not filters.name and not filters.role:
            # A project that does not exist is an error there, and an empty list in the search.
            items = self.client.items(f"{path_of(Place(workspace))}/repos", asked=asked)
        else:
            items = self.client.items("api/latest/repos", asked=asked, **{k: v for k, v in query.items() if v})
        return (described(item, self.client.base_url) for item in items)

    def file(self, repository: Fields, path: str) -> bytes | None:
        """Of the default branch. An empty repository, or one without the file, is a 404 of the server itself."""
        place = Place(repository["workspace"], repository["slug"])
        answer = self.client.call(
            "GET",
            f"{path_of(place)}/raw/{nested(path)}",
            asked=f"Read {path} of {place}",
            expects=RAW,
            accept=(404,),
            headers={"Accept": "*/*"},
        )
        return None if answer.status_code == 404 else t.cast(bytes, answer.content)
