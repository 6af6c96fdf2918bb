# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of repositories of Bitbucket Cloud.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/ and …/intro/#filtering
"""

from __future__ import annotations

import re
import typing as t

from ...core.errors import InvalidInput
from ...core.reconcile import Fields
from ...core.urls import nested, segment
from ...http.answer import RAW
from ..client import place as path_of
from ..place import Place
from ..ports import Filters, Listings
from .repositories import FIELDS, CloudRepositories, described


class CloudListings(Listings):
    """One call for each hundred repositories of a workspace."""

    @classmethod
    def check(cls, workspaces: t.Sequence[str], filters: Filters) -> None:
        if not workspaces:
            raise InvalidInput(
                "workspaces is not set",
                "Bitbucket Cloud lists the repositories of one workspace at a time: give the slugs of the workspaces.",
            )

    def repositories(self, workspace: str | None, filters: Filters) -> t.Iterator[Fields]:
        query = {"role": filters.role, "q": condition(filters)}
        items = self.client.items(
            f"repositories/{segment(str(workspace))}",
            asked=f"List the repositories of {workspace}",
            fields=FIELDS,
            # What is created while the list is read comes on its last page, and moves nothing to another one.
            sort="created_on",
            **{name: value for name, value in query.items() if value},
        )
        return (described(item, self.client.base_url) for item in items)

    def file(self, repository: Fields, path: str) -> bytes | None:
        """The revision ends at the first slash, so that a branch with one in its name is resolved first: one more call."""
        place, revision = Place(repository["workspace"], repository["slug"]), repository["main_branch"]
        if revision and "/" in revision:
            revision = CloudRepositories(self.client, place).target("branches", revision)
        if not revision:
            return None
        answer = self.client.call(
            "GET",
            f"{path_of(place.workspace, place.repository)}/src/{segment(revision)}/{nested(path)}",
            asked=f"Read {path} of {place}",
            expects=RAW,
            accept=(404,),
            headers={"Accept": "*/*"},
        )
        return None if answer.status_code == 404 else t.cast(bytes, answer.content)


def condition(filters: Filters) -> str:
    """The filters in Bitbucket's query language, for the parameter ``q``."""
    parts = [f"({filters.q})"] if filters.q else []
    if filters.projects:
        parts.append(f"({' OR '.join(f'project.key = {_text(key)}' for key in filters.projects)})")
    if filters.name:
        parts.append(f"name ~ {_text(filters.name)}")
    return " AND ".join(parts)


def _text(value: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    return f'"{escaped}"'
