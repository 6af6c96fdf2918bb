# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository of Bitbucket Cloud, its branches and tags.

Sources: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/ and …/api-group-refs/
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit, urlunsplit

from ..errors import BridgeError
from ..reconcile import Fields, Info
from ..spec import ArgumentSpec
from .client import Cloud, place
from .credential import EXAMINED, Examiner
from .options import BITBUCKET, login

_FIELDS = (
    "uuid,full_name,name,slug,description,is_private,size,created_on,updated_on,mainbranch.name,workspace.slug,"
    "workspace.uuid,project.key,project.name,links.html.href,links.clone"
)
_PLACES = {"branch": "refs/heads/", "named_branch": "refs/heads/", "tag": "refs/tags/"}


class RepositoryInfo(Info):
    """Reads a repository: one call, with its refs one more for each hundred."""

    module = "bitbucket_repository_info"
    spec = (
        BITBUCKET
        + EXAMINED
        + ArgumentSpec(
            {
                "workspace": {"type": "str", "required": True},
                "repository": {"type": "str", "required": True},
                "refs": {"type": "bool", "default": True},
            }
        )
    )

    def validate(self) -> None:
        login(self.params)

    def gather(self) -> Fields:
        client = Cloud(self.params, self.context)
        name = f"{self.params['workspace']}/{self.params['repository']}"
        path = place(self.params["workspace"], self.params["repository"])
        asked = f"Read the repository {name}"
        answer = client.call("GET", path, asked=asked, params={"fields": _FIELDS}, accept=(403,))
        credential = self._credential(client, answer)
        if answer.status_code == 403:
            raise client.error(answer, f"GET /2.0/{path}", asked)
        repository = _repository(answer.json())
        if not self.params["refs"]:
            return {"repository": repository, "credential": credential}
        found = client.listing(
            f"{path}/refs", asked=f"List the branches and tags of {name}", fields="type,name,target.hash"
        )
        # The target of a tag is a commit even where the tag is annotated: the API looks through the tag object.
        refs = {_PLACES[ref["type"]] + ref["name"]: ref["target"]["hash"] for ref in found if ref["type"] in _PLACES}
        return {"repository": repository, "refs": refs, "credential": credential}

    def _credential(self, client: Cloud, answer: t.Any) -> Fields:
        """What the answer tells of the credential. :raises BridgeError: it will not do for what it is for."""
        examiner = Examiner(self.params, self.context)
        credential = examiner.describe(client, answer)
        examiner.check(credential, client.site_url)
        if examiner.problems:
            raise BridgeError(" ".join(examiner.problems), kind="forbidden", service=Cloud.service)
        return credential


def _repository(answer: Fields) -> Fields:
    """The repository flat, and without the caller's name in the clone URL."""
    links = answer.get("links", {})
    clone = {link["name"]: link["href"] for link in links.get("clone", ())}
    plain = ("uuid", "full_name", "name", "slug", "description", "is_private", "size", "created_on", "updated_on")
    return {
        **{name: answer.get(name) for name in plain},
        "workspace": (answer.get("workspace") or {}).get("slug"),
        "workspace_uuid": (answer.get("workspace") or {}).get("uuid"),
        "project": (answer.get("project") or {}).get("key"),
        "main_branch": (answer.get("mainbranch") or {}).get("name"),
        "url": links.get("html", {}).get("href"),
        "clone_url": _without_user(clone.get("https")),
        "clone_ssh_url": clone.get("ssh"),
    }


def _without_user(url: str | None) -> str | None:
    if not url:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
