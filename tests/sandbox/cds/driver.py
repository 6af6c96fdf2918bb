# SPDX-License-Identifier: GPL-3.0-or-later
"""The vcs service's driver for Bitbucket Cloud: the calls CDS makes there, and how it misreads some answers.

(engine/vcs/bitbucketcloud) The addresses are constants in CDS; here they are those of the sandbox's Bitbucket.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests

from .. import peers
from . import errors

DEFAULT_EVENTS = ("repo:push",)
TIMEOUT = 30.0
AGENT = "Go-http-client/1.1"
REFRESH_AFTER = 2 * 3600.0


@dataclass(frozen=True)
class Places:
    """Where Bitbucket is: the counterparts of https://bitbucket.org and https://api.bitbucket.org/2.0"""

    site: str
    api: str


class OAuthConsumer:
    """Era A and B: the consumer of the engine's configuration."""

    def __init__(self, places: Places, client_id: str, client_secret: str) -> None:
        self.places = places
        self.client_id = client_id
        self.client_secret = client_secret

    def authorize(self) -> tuple[str, str]:
        """The state, and the page on which somebody has to press a button."""
        state = secrets.token_hex(32)
        query = urlencode({"client_id": self.client_id, "response_type": "code", "state": state})
        return state, f"{self.places.site}/site/oauth2/authorize?{query}"

    def exchange(self, code: str) -> tuple[str, str]:
        """The access token and the refresh token for a code."""
        return self._tokens({"code": code, "grant_type": "authorization_code"})

    def refresh(self, refresh_token: str) -> str:
        """A new access token; the refresh token that comes with it is thrown away."""
        return self._tokens({"refresh_token": refresh_token, "grant_type": "refresh_token"})[0]

    def _tokens(self, form: dict[str, str]) -> tuple[str, str]:
        with _session() as session:
            answer = session.post(
                f"{self.places.site}/site/oauth2/access_token",
                data=form,
                auth=(self.client_id, self.client_secret),
                timeout=TIMEOUT,
            )
        if answer.status_code >= 400:
            raise errors.UNKNOWN()  # the service says nothing of what Bitbucket said
        try:
            value = answer.json()
        except ValueError:
            raise errors.UNKNOWN() from None
        return str(value.get("access_token", "")), str(value.get("refresh_token", ""))


class Client:
    """Calls in somebody's name: with ``basic`` (user name and token) or with an OAuth access token."""

    def __init__(
        self, places: Places, *, basic: tuple[str, str] | None = None, bearer: str | None = None, proxy: str = ""
    ) -> None:
        self.places = places
        self.basic = basic
        self.bearer = bearer
        self.proxy = proxy

    # -- repositories --------------------------------------------------------------------------------------------

    def repositories_of_user(self) -> list[dict[str, Any]]:
        """0.41 to 0.50: those of the workspace that is named as the user is, and of no other."""
        username = self._object("/user", errors.NO_USER).get("username", "")
        return list(self._pages(f"/repositories/{username}", {"pagelen": "100", "role": "contributor"}))

    def repositories(self) -> list[dict[str, Any]]:
        """Since 0.51: those of all workspaces, listed by an endpoint that went with CHANGE-2770."""
        workspaces = self._object("/workspaces?role=member", errors.NOT_FOUND).get("values", [])
        out: list[dict[str, Any]] = []
        for workspace in workspaces:
            out += self._pages(f"/repositories/{workspace['slug']}", {"pagelen": "100", "role": "member"})
        return out

    def repository(self, full_name: str) -> dict[str, Any]:
        return self._object(f"/repositories/{full_name}", errors.NO_REPOSITORY)

    def default_branch(self, full_name: str) -> dict[str, Any]:
        """The main branch, by way of the repository."""
        main = self.repository(full_name).get("mainbranch") or {}
        return self._object(f"/repositories/{full_name}/refs/branches/{main.get('name', '')}", errors.NOT_FOUND)

    def branches(self, full_name: str) -> list[str]:
        parameters = {"pagelen": "100", "sort": "-target.date"}
        return [branch["name"] for branch in self._pages(f"/repositories/{full_name}/refs/branches", parameters)]

    # -- hooks ---------------------------------------------------------------------------------------------------

    def hook_url(self, url: str) -> str:
        """With a proxy only the last part of the hook's address is kept."""
        if not self.proxy:
            return url
        slash = url.rfind("/") + (1 if self.proxy.endswith("/") else 0)
        return self.proxy + url[slash:]

    def create_hook(self, full_name: str, url: str, events: list[str]) -> str:
        """The new hook's uuid."""
        body = {
            "description": "CDS webhook - ",  # CDS gives the hook no name
            "url": self.hook_url(url),
            "active": True,
            "events": events or list(DEFAULT_EVENTS),
        }
        answer = self._send("POST", f"/repositories/{full_name}/hooks", body)
        if answer.status_code != 201:
            raise errors.UNKNOWN()
        return str(answer.json()["uuid"])

    def update_hook(self, full_name: str, uuid: str, url: str, events: list[str]) -> None:
        """Reads the hook, forgets what it read, and writes zero values for what it does not know."""
        self._do(f"/repositories/{full_name}/hooks/{uuid}")
        body = {
            "read_only": False,
            "description": "CDS webhook",
            "url": self.hook_url(url),
            "active": True,
            "events": events or list(DEFAULT_EVENTS),
            "uuid": "",
        }
        if self._send("PUT", f"/repositories/{full_name}/hooks/{uuid}", body).status_code != 200:
            raise errors.UNKNOWN()

    def delete_hook(self, full_name: str, uuid: str) -> None:
        if self._send("DELETE", f"/repositories/{full_name}/hooks/{uuid}").status_code != 204:
            raise errors.UNKNOWN()

    # -- statuses ------------------------------------------------------------------------------------------------

    def statuses(self, full_name: str, revision: str) -> list[dict[str, Any]]:
        path = f"/repositories/{full_name}/commit/{revision}/statuses"
        return list(self._object(path, errors.NO_REPOSITORY).get("values", []))

    def set_status(self, full_name: str, revision: str, status: dict[str, Any]) -> None:
        answer = self._send("POST", f"/repositories/{full_name}/commit/{revision}/statuses/build", status)
        if answer.status_code not in (200, 201):
            raise errors.UNKNOWN()

    # -- pull requests -------------------------------------------------------------------------------------------

    def pull_requests(self, full_name: str) -> list[dict[str, Any]]:
        return list(self._pages(f"/repositories/{full_name}/pullrequests", {"pagelen": "50"}))

    def comment(self, full_name: str, number: int, text: str) -> None:
        """Whatever Bitbucket answers is as good as any other answer to CDS."""
        self._send("POST", f"/repositories/{full_name}/pullrequests/{number}/comments", {"content": {"raw": text}})

    # -- transport -----------------------------------------------------------------------------------------------

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        headers = {"Accept": "application/json"}
        if self.bearer is not None:
            headers["Authorization"] = f"Bearer {self.bearer}"
        elif not (self.basic and all(self.basic)):
            raise errors.WRONG_REQUEST("invalid configuration - bitbucketcloud authentication")
        if body is not None:
            headers["Content-Type"] = "application/json"
        with _session() as session:
            return session.request(
                method,
                self.places.api + path,
                headers=headers,
                data=None if body is None else json.dumps(body),
                auth=self.basic if self.bearer is None else None,
                timeout=TIMEOUT,
                allow_redirects=False,
            )

    def _object(self, path: str, kind: errors.Kind) -> dict[str, Any]:
        """CDS's ``get``: every refusal but 401 becomes the one error that the caller has for it."""
        answer = self._send("GET", path)
        if answer.status_code == 401:
            raise errors.UNKNOWN()  # "Bad credentials" is no error that CDS has a number for
        if answer.status_code >= 400:
            raise kind(_words(answer))
        return _json(answer)

    def _do(self, path: str) -> dict[str, Any]:
        """CDS's ``do``: the statuses it knows have their errors, all others are taken for an answer."""
        answer = self._send("GET", path)
        known = {
            400: errors.WRONG_REQUEST,
            401: errors.UNAUTHORIZED,
            403: errors.FORBIDDEN,
            404: errors.NOT_FOUND,
        }
        if answer.status_code in known:
            raise known[answer.status_code]()
        return _json(answer)

    def _pages(self, path: str, parameters: dict[str, str]) -> Iterator[dict[str, Any]]:
        """It counts the pages itself instead of following ``next``."""
        number = 1
        while True:
            query = parameters | ({"page": str(number)} if number > 1 else {})
            answer = self._do(f"{path}?{urlencode(query)}")
            yield from answer.get("values", [])
            if not answer.get("next"):
                return
            number += 1


def _session() -> requests.Session:
    session = peers.session("cds")
    session.headers["User-Agent"] = AGENT
    return session


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except ValueError:
        raise errors.UNKNOWN() from None
    return value if isinstance(value, dict) else {}


def _words(answer: requests.Response) -> str:
    """What Bitbucket said, as CDS's error type prints it."""
    try:
        value = answer.json()
        return f"(bitbucketcloud_{value.get('type', '')}) {value.get('error', {}).get('message', '')}"
    except (ValueError, AttributeError):
        return "(bitbucketcloud_) "
