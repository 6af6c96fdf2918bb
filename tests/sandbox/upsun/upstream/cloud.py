# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket Cloud, with the tokens an OAuth consumer buys. https://developer.atlassian.com/cloud/bitbucket/rest/"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import requests

from .base import Invalid, PullRequest, Remote, Unavailable, Upstream, ask

# Whatever can change a branch or a pull request, no comments and no approvals.
EVENTS = (
    "pullrequest:created",
    "pullrequest:updated",
    "pullrequest:rejected",
    "pullrequest:fulfilled",
    "repo:updated",
    "repo:push",
)
GIT_USER = "x-token-auth"
BAD_CONSUMER = "The OAuth consumer was refused by Bitbucket"


class Cloud(Upstream):
    """``settings`` and ``secrets`` are the integration's."""

    def __init__(self, api: str, site: str, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
        self.repository = settings["repository"]
        self.place = f"{api}/repositories/{'/'.join(quote(part) for part in self.repository.split('/'))}"
        self.token_url = f"{site}/site/oauth2/access_token"
        self.pages = settings["pull_requests_max_pages"]
        key = (settings["app_credentials"] or {}).get("key")
        self.consumer = (key, secrets["app_credentials"]) if key else None
        self.is_addon = settings["addon_credentials"] is not None
        self._token: str | None = None
        self._found: dict[str, Any] | None = None

    def token(self) -> str | None:
        """None is an anonymous caller, who sees public repositories."""
        if self._token is None and self.consumer:
            form = {"grant_type": "client_credentials"}
            answer = ask("POST", self.token_url, auth=self.consumer, data=form)
            if answer.status_code != 200:
                raise Unavailable(f"{BAD_CONSUMER}: {_words(answer)}")
            self._token = answer.json()["access_token"]
        return self._token

    def _ask(self, method: str, url: str, **options: Any) -> requests.Response:
        token = self.token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = ask(method, url, headers=headers, **options)
        if answer.status_code >= 300:
            raise Unavailable(f"{method} {url}: {answer.status_code} {_words(answer)}")
        return answer

    def check(self) -> None:
        if self.is_addon:
            raise Invalid({"addon_credentials": "The add-on is not installed"})
        try:
            self.token()
        except Unavailable as error:
            raise Invalid({"app_credentials": str(error)}) from None
        try:
            self._repository()
        except Unavailable as error:
            raise Invalid({"repository": f"The repository cannot be read: {error}"}) from None

    def _repository(self) -> dict[str, Any]:
        if self._found is None:
            self._found = self._ask("GET", self.place).json()
        return self._found

    def register_hook(self, url: str, known: str | None) -> str:
        body = {"description": "Upsun", "url": url, "active": True, "events": list(EVENTS)}
        if known:
            try:
                return str(self._ask("PUT", f"{self.place}/hooks/{quote(known)}", json=body).json()["uuid"])
            except Unavailable as error:
                if " 404 " not in str(error):
                    raise
        return str(self._ask("POST", f"{self.place}/hooks", json=body).json()["uuid"])

    def remote(self) -> Remote:
        links = self._repository()["links"]["clone"]
        scheme, _, rest = next(one["href"] for one in links if one["name"] == "https").partition("://")
        return Remote(f"{scheme}://{rest.rpartition('@')[2]}", GIT_USER, self.token() or "")

    def pull_requests(self) -> tuple[list[PullRequest], bool]:
        url, page, out = f"{self.place}/pullrequests?state=OPEN&pagelen=50", 1, []
        while True:
            answer = self._ask("GET", url).json()
            for one in answer["values"]:
                source, target = one["source"], one["destination"]
                if (source.get("repository") or {}).get("full_name") != self.repository:
                    continue  # of a fork, which this token does not open
                branches = source["branch"]["name"], target["branch"]["name"]
                out.append(PullRequest(one["id"], one["title"], *branches, source["commit"]["hash"]))
            if "next" not in answer or (self.pages is not None and page >= self.pages):
                return out, "next" not in answer
            url, page = answer["next"], page + 1

    def report(self, commit: str, branch: str | None, key: str, state: str, url: str, description: str) -> None:
        body = {"key": key, "state": state, "url": url, "name": "Upsun", "description": description, "refname": branch}
        self._ask("POST", f"{self.place}/commit/{commit}/statuses/build", json=body)


def _words(answer: requests.Response) -> str:
    """Bitbucket's own words, of whichever shape."""
    try:
        body = answer.json()
    except ValueError:
        return answer.text.strip()[:200]
    if isinstance(body, dict):
        error = body.get("error")
        return str(error.get("message") if isinstance(error, dict) else body.get("error_description") or error)
    return answer.text[:200]
