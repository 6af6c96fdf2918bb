# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket Data Center, with a user's HTTP access token.

https://developer.atlassian.com/server/bitbucket/rest/ The integration names a user beside the token, so user and token
go as Basic, to the REST API and to git: a token of a project or a repository, which has no user, does not do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from .base import Invalid, PullRequest, Remote, Unavailable, Upstream, ask

# The same as in the Cloud: branches and pull requests, no comments and no approvals.
EVENTS = (
    "repo:refs_changed",
    "pr:opened",
    "pr:from_ref_updated",
    "pr:modified",
    "pr:merged",
    "pr:declined",
    "pr:deleted",
)
PAGE = 100


class DataCenter(Upstream):
    """``settings`` and ``secrets`` are the integration's."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
        self.api = f"{settings['url'].rstrip('/')}/rest/api/latest"
        self.place = f"{self.api}/projects/{quote(settings['project'])}/repos/{quote(settings['repository'])}"
        self.login = (settings["username"], secrets["token"])
        self._found: dict[str, Any] | None = None

    def _ask(self, method: str, url: str, **options: Any) -> requests.Response:
        answer = ask(method, url, auth=self.login, **options)
        if answer.status_code >= 300:
            raise Unavailable(f"{method} {url}: {answer.status_code} {_words(answer)}")
        return answer

    def check(self) -> None:
        """The anonymous endpoint tells in a header whether the token was taken."""
        try:
            answer = ask("GET", f"{self.api}/application-properties", auth=self.login)
        except Unavailable as error:
            raise Invalid({"url": str(error)}) from None
        if answer.status_code == 401 or (answer.ok and not answer.headers.get("X-AUSERNAME")):
            raise Invalid({"token": f"The user name and the token were refused by Bitbucket: {_words(answer)}"})
        if not answer.ok or "version" not in answer.text:
            raise Invalid({"url": f"There is no Bitbucket: {answer.status_code}"})
        try:
            self._repository()
        except Unavailable as error:
            raise Invalid({"repository": f"The repository cannot be read: {error}"}) from None

    def _repository(self) -> dict[str, Any]:
        if self._found is None:
            self._found = self._ask("GET", self.place).json()
        return self._found

    def register_hook(self, url: str, known: str | None) -> str:
        """Without a ``configuration``: an empty secret is an error of the server's."""
        body = {"name": "Upsun", "url": url, "active": True, "events": list(EVENTS)}
        if known:
            try:
                return str(self._ask("PUT", f"{self.place}/webhooks/{known}", json=body).json()["id"])
            except Unavailable as error:
                if " 404 " not in str(error):
                    raise
        return str(self._ask("POST", f"{self.place}/webhooks", json=body).json()["id"])

    def remote(self) -> Remote:
        links = self._repository()["links"]["clone"]
        scheme, _, rest = next(one["href"] for one in links if one["name"] in ("http", "https")).partition("://")
        return Remote(f"{scheme}://{rest.rpartition('@')[2]}", *self.login)

    def pull_requests(self) -> tuple[list[PullRequest], bool]:
        out, start = [], 0
        while True:
            url = f"{self.place}/pull-requests?state=OPEN&limit={PAGE}&start={start}"
            answer = self._ask("GET", url).json()
            for one in answer["values"]:
                source, target = one["fromRef"], one["toRef"]
                if source["repository"]["id"] != target["repository"]["id"]:
                    continue  # of a fork, which this token may not open
                branches = _branch(source), _branch(target)
                out.append(PullRequest(one["id"], one["title"], *branches, source["latestCommit"]))
            if answer["isLastPage"]:
                return out, True
            start = answer["nextPageStart"]

    def report(self, commit: str, branch: str | None, key: str, state: str, url: str, description: str) -> None:
        body = {"key": key, "state": state, "url": url, "name": "Upsun", "description": description}
        if branch:
            body["ref"] = f"refs/heads/{branch}"
        self._ask("POST", f"{self.place}/commits/{commit}/builds", json=body)


def _branch(ref: Mapping[str, Any]) -> str:
    return str(ref["id"]).removeprefix("refs/heads/")


def _words(answer: requests.Response) -> str:
    try:
        return "; ".join(str(error["message"]) for error in answer.json()["errors"])
    except (ValueError, KeyError, TypeError):
        return answer.text.strip()[:200]
