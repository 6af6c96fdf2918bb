# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories of Bitbucket Data Center, their branches and tags.

Source: https://developer.atlassian.com/server/bitbucket/rest/ (project, repository)
"""

from __future__ import annotations

import re
import typing as t

from ...core.errors import BridgeError
from ...core.reconcile import Fields
from ...core.urls import nested, segment, without_user
from ...http.answer import NOTHING, OBJECT
from ..ports import Repositories
from .client import path_of


def described(told: Fields, base_url: str) -> Fields:
    """A repository in the common terms, as far as the server's answer tells."""
    links = told.get("links") or {}
    clone = {link["name"]: link["href"] for link in links.get("clone", ())}
    project, slug = (told.get("project") or {}).get("key"), told.get("slug")
    return {
        "uuid": str(told["id"]),
        "full_name": f"{project}/{slug}",
        "name": told.get("name"),
        "slug": slug,
        "description": told.get("description") or "",
        "is_private": not told.get("public", False),
        "size": None,
        "created_on": None,
        "updated_on": None,
        "workspace": project,
        "workspace_uuid": str((told.get("project") or {}).get("id") or "") or None,
        "project": project,
        "main_branch": None,
        "url": next((link["href"] for link in links.get("self", ())), None),
        "clone_url": without_user(clone.get("https") or clone.get("http") or "") or None,
        "clone_ssh_url": clone.get("ssh"),
        "api_url": base_url,
    }


class DataCenterRepositories(Repositories):
    """One call for the repository, one each for branches and tags as long as they fit on a page."""

    @property
    def path(self) -> str:
        return path_of(self.place)

    @property
    def _asked(self) -> str:
        return f"Read the repository {self.place}"

    def read(self) -> t.Any:
        return self.client.call("GET", self.path, asked=self._asked, expects=OBJECT, keys=("id", "slug"))

    def refused(self, answer: t.Any) -> BridgeError | None:
        return None

    def describe(self, answer: t.Any) -> Fields:
        told = self.client.decoded(answer, OBJECT, self._asked)
        return described(told, self.client.base_url)

    def refs(self) -> tuple[Fields, dict[str, str]]:
        branches = self.client.listing(f"{self.path}/branches", asked=f"List the branches of {self.place}")
        tags = self.client.listing(f"{self.path}/tags", asked=f"List the tags of {self.place}")
        # Of an annotated tag too the latest commit is the commit; the tag object is in its hash.
        refs = {ref["id"]: ref["latestCommit"] for ref in (*branches, *tags)}
        main = next((ref["displayId"] for ref in branches if ref.get("isDefault") or ref.get("default")), None)
        return {"main_branch": main}, refs

    def without_refs(self, repository: Fields) -> Fields:
        """The main branch, null while it has no commit: a repository has a name for one from the beginning."""
        asked = f"Find the main branch of {self.place}"
        name = (self.client.find(f"{self.path}/default-branch", asked=asked) or {}).get("displayId")
        return {"main_branch": name if name and self._branch(name) else None}

    # -- commits -----------------------------------------------------------------------------------------------------

    def resolve(self, revision: str) -> str | None:
        if re.fullmatch(r"[0-9a-fA-F]{40}", revision):
            return revision.lower()
        if re.fullmatch(r"[0-9a-fA-F]{7,39}", revision):
            return self._commit(revision.lower())
        if revision.startswith("refs/heads/"):
            return self._branch(revision.removeprefix("refs/heads/"))
        if revision.startswith("refs/tags/"):
            return self._tag(revision.removeprefix("refs/tags/"))
        return self._branch(revision) or self._tag(revision)

    def _branch(self, name: str) -> str | None:
        """From those that have the name in theirs: there is no asking for one."""
        asked = f"Find {name} among the branches of {self.place}"
        found = self.client.listing(f"{self.path}/branches", asked=asked, filterText=name, boostMatches="true")
        return next((ref["latestCommit"] for ref in found if ref["displayId"] == name), None)

    def _tag(self, name: str) -> str | None:
        asked = f"Find {name} among the tags of {self.place}"
        found = self.client.find(f"{self.path}/tags/{nested(name)}", asked=asked)
        return (found or {}).get("latestCommit")

    def _commit(self, short: str) -> str | None:
        asked = f"Find the commit {short} of {self.place}"
        return (self.client.find(f"{self.path}/commits/{segment(short)}", asked=asked) or {}).get("id")

    # -- branches ----------------------------------------------------------------------------------------------------

    branch_operations: t.ClassVar[dict[str, str]] = {
        "create": "POST /rest/api/latest/projects/{projectKey}/repos/{repositorySlug}/branches",
        "delete": "DELETE /rest/branch-utils/latest/projects/{projectKey}/repos/{repositorySlug}/branches",
    }

    def create_branch(self, name: str, commit: str, asked: str) -> None:
        body = {"name": name, "startPoint": commit}
        self.client.json("POST", f"{self.path}/branches", asked=asked, keys=("id",), json=body)

    def delete_branch(self, name: str, asked: str) -> None:
        path = f"{path_of(self.place, 'branch-utils/latest')}/branches"
        body = {"name": f"refs/heads/{name}", "dryRun": False}
        self.client.json("DELETE", path, asked=asked, expects=NOTHING, json=body)
