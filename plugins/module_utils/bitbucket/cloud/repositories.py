# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories of Bitbucket Cloud, their branches and tags.

Sources: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/ and …/api-group-refs/
"""

from __future__ import annotations

import copy
import json
import re
import typing as t

from ...core.errors import BridgeError
from ...core.reconcile import Fields
from ...core.urls import segment, without_user
from ...http.answer import NOTHING, OBJECT
from ..client import items_of
from ..client import place as path_of
from ..ports import Repositories

FIELDS = (
    "uuid,full_name,name,slug,description,is_private,size,created_on,updated_on,mainbranch.name,workspace.slug,"
    "workspace.uuid,project.key,project.name,links.html.href,links.clone"
)
_LIST_FIELDS = ",".join([f"values.{field}" for field in FIELDS.split(",")] + ["next", "pagelen"])
_AT_ONCE = 50
_QUOTED = re.compile(r'["\\]')
_PLACES = {"branch": "refs/heads/", "named_branch": "refs/heads/", "tag": "refs/tags/"}
_PLAIN = ("uuid", "full_name", "name", "slug", "description", "is_private", "size", "created_on", "updated_on")


def described(told: Fields, base_url: str) -> Fields:
    """A repository in the common terms, of an answer with ``FIELDS``."""
    links = told.get("links", {})
    clone = {link["name"]: link["href"] for link in links.get("clone", ())}
    return {
        **{name: told.get(name) for name in _PLAIN},
        "workspace": (told.get("workspace") or {}).get("slug"),
        "workspace_uuid": (told.get("workspace") or {}).get("uuid"),
        "project": (told.get("project") or {}).get("key"),
        "main_branch": (told.get("mainbranch") or {}).get("name"),
        "url": links.get("html", {}).get("href"),
        "clone_url": without_user(clone.get("https") or "") or None,
        "clone_ssh_url": clone.get("ssh"),
        "api_url": base_url.removesuffix("/2.0"),
    }


class CloudRepositories(Repositories):
    """One call for the repository, one more for each hundred refs."""

    @property
    def path(self) -> str:
        return path_of(self.place.workspace, self.place.repository)

    def read(self) -> t.Any:
        asked = f"Read the repository {self.place}"
        return self.client.call(
            "GET", self.path, asked=asked, expects=OBJECT, keys=("uuid",), params={"fields": FIELDS}, accept=(403,)
        )

    def read_many(self, slugs: list[str]) -> Fields:
        """One call for each fifty, of which the address is then some 4,000 characters long.

        The list describes a repository, and its headers the credential, as the repository's own address does.
        """
        found: Fields = {}
        for start in range(0, len(slugs), _AT_ONCE):
            some = slugs[start : start + _AT_ONCE]
            wanted = " OR ".join('slug="{}"'.format(_QUOTED.sub(r"\\\g<0>", slug)) for slug in some)
            answer = self.client.call(
                "GET",
                f"repositories/{segment(self.place.workspace)}",
                asked=f"List the repositories of {self.place.workspace}",
                expects=OBJECT,
                params={"q": wanted, "pagelen": 100, "fields": _LIST_FIELDS},
                accept=(400, 401, 403, 404, 414),
            )
            if answer.status_code != 200:
                return found
            for item in items_of(self.client.decoded(answer, OBJECT, "")):
                if "uuid" in item and str(item.get("slug")) in some:
                    found[str(item["slug"])] = _alone(answer, item)
        return found

    def refused(self, answer: t.Any) -> BridgeError | None:
        if answer.status_code != 403:
            return None
        return t.cast(
            BridgeError, self.client.error(answer, f"GET /2.0/{self.path}", f"Read the repository {self.place}")
        )

    def describe(self, answer: t.Any) -> Fields:
        told = self.client.decoded(answer, OBJECT, f"Read the repository {self.place}")
        return described(told, self.client.base_url)

    def refs(self) -> tuple[Fields, dict[str, str]]:
        asked = f"List the branches and tags of {self.place}"
        found = self.client.listing(f"{self.path}/refs", asked=asked, fields="type,name,target.hash")
        # The target of a tag is a commit even where the tag is annotated: the API looks through the tag object.
        return {}, {
            _PLACES[ref["type"]] + ref["name"]: ref["target"]["hash"] for ref in found if ref["type"] in _PLACES
        }

    branch_operations: t.ClassVar[dict[str, str]] = {
        "create": "POST /2.0/repositories/{workspace}/{repo_slug}/refs/branches",
        "delete": "DELETE /2.0/repositories/{workspace}/{repo_slug}/refs/branches/{name}",
    }

    def create_branch(self, name: str, commit: str, asked: str) -> None:
        body = {"name": name, "target": {"hash": commit}}
        self.client.json("POST", f"{self.path}/refs/branches", asked=asked, keys=("name",), json=body)

    def delete_branch(self, name: str, asked: str) -> None:
        path = f"{self.path}/refs/branches/{segment(name)}"
        self.client.json("DELETE", path, asked=asked, expects=NOTHING, accept=(404,))

    def target(self, kind: str, name: str) -> str | None:
        """The commit of one of the ``branches`` or ``tags``; None if there is no such one."""
        answer = self.client.get(
            f"{self.path}/refs/{kind}/{segment(name)}",
            asked=f"Find {name} among the {kind} of {self.place}",
            fields="target.hash",
            keys=("target",),
            accept=(404,),
        )
        return (answer.get("target") or {}).get("hash")

    def resolve(self, revision: str) -> str | None:
        if re.fullmatch(r"[0-9a-fA-F]{7,40}", revision):
            return revision.lower()
        for prefix, kind in (("refs/heads/", "branches"), ("refs/tags/", "tags")):
            if revision.startswith(prefix):
                return self.target(kind, revision.removeprefix(prefix))
        return self.target("branches", revision) or self.target("tags", revision)


def _alone(answer: t.Any, item: Fields) -> t.Any:
    """The answer of a list as if it was about one of its items."""
    out = copy.copy(answer)
    out._content = json.dumps(item).encode()
    return out
