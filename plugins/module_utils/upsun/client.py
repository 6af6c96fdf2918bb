# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upsun's REST API: how to log in, its links, and what its refusals mean.

Sources: https://docs.upsun.com/api/ (authentication, HAL links, embedded objects) and
https://docs.upsun.com/administration/cli/api-tokens.html
"""

from __future__ import annotations

import time
import typing as t
from urllib.parse import urljoin, urlsplit

from ..core.errors import BridgeError
from ..core.reconcile import Context, Fields
from ..core.urls import joined
from ..http.answer import OBJECT, OBJECTS, Shape
from ..http.rest import JsonClient
from ..http.sessions import Transport

try:
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

# What an access token lives if the answer does not say, and how long before its end it is used no more (seconds).
_LIFETIME, _RENEW_BEFORE = 900.0, 60.0

ADMIN = "The account of the API token must be an admin of the project (Console > the project > Settings > Access)."
_NEW_TOKEN = (
    "Create a new API token in the Console (https://console.upsun.com): the user menu > My profile > API tokens > "
    "Create API token. Set it as api_token, or in the environment as UPSUN_CLI_TOKEN."
)


def place(project: str, *rest: str) -> str:
    """The path of a project, or of what is below it; the id of an environment may hold slashes."""
    return f"projects/{joined(project, *rest)}"


class UpsunClient(JsonClient):
    """What the API and the token endpoint have in common: how they word their errors."""

    service = "Upsun"
    # Any of those that the vendor's own client reads.
    error_keys = ("error", "message", "detail", "title")
    content_types = ("application/hal+json", "application/problem+json")

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        """Any of the keys the vendor's own client reads. ``detail`` may be an object of fields with what is wrong in each."""
        answer = self.problem(response)
        error = answer.get("error")
        if isinstance(error, str):  # OAuth: RFC 6749 section 5.2
            return error, str(answer.get("error_description") or answer.get("message") or error)
        said = flat(answer.get("message")), flat(answer.get("detail"))
        # Beside a detail the message is often but the name of the status.
        parts = said[1:] if said[1] and said[0] == answer.get("title") else said
        text = ": ".join(part for part in dict.fromkeys(parts) if part) or flat(answer.get("title"))
        if not answer:
            text = self.redactor.excerpt(response.text)
        return None, text


class Auth(UpsunClient):
    """The token endpoint, which is on a host of its own."""

    setting = "auth_url"

    def exchange(self, client_id: str, api_token: str) -> Fields:
        """An access token for an API token: ``access_token`` and ``expires_in``."""
        answer = self.until_answered(
            lambda: self.json(
                "POST",
                "oauth2/token",
                asked="Exchange the API token for an access token",
                data={"grant_type": "api_token", "api_token": api_token},
                auth=(client_id.encode(), b""),
            )
        )
        self.redactor.add(answer["access_token"])
        self.redactor.add(answer.get("refresh_token"))
        return t.cast(Fields, answer)

    def remedy(self, response: requests.Response) -> str | None:
        if response.status_code not in (400, 401):
            return None
        if self.problem(response).get("error") == "invalid_client":
            return (
                "Check client_id: the service at auth_url requires another one than platform-api-user for API tokens."
            )
        return f"The API token is wrong, expired or revoked. {_NEW_TOKEN}"


class Upsun(UpsunClient):
    """The REST API."""

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params["api_url"], Transport.of(params), context)
        self.params = params
        self._token: str | None = None
        self._ends = 0.0

    # -- logging in ------------------------------------------------------------------------------------------------------

    def authorize(self) -> t.Any:
        """The access token, exchanged with the first call and again before it ends."""
        if self._token is None or time.monotonic() >= self._ends - _RENEW_BEFORE:
            auth = Auth(self.params["auth_url"], self._transport, self.context)
            answer = auth.exchange(self.params["client_id"], self.params["api_token"])
            self._token = answer["access_token"]
            self._ends = time.monotonic() + float(answer.get("expires_in") or _LIFETIME)
        return Bearer(self._token)

    def call(
        self, method: str, path: str, *, asked: str, expects: Shape, accept: t.Container[int] = (), **options: t.Any
    ) -> requests.Response:
        """One call; a token that was refused is exchanged once more, because nothing says how long one really lasts."""
        options["auth"] = self.authorize()
        try:
            return super().call(method, path, asked=asked, expects=expects, accept=accept, **options)
        except BridgeError as error:
            if error.status != 401:
                raise
        self._token = None
        options["auth"] = self.authorize()
        return super().call(method, path, asked=asked, expects=expects, accept=accept, **options)

    # -- calling ---------------------------------------------------------------------------------------------------------

    def get(self, path: str, *, asked: str, **options: t.Any) -> Fields:
        """One object."""
        return t.cast("Fields", self.json("GET", path, asked=asked, expects=OBJECT, **options) or {})

    def listing(self, path: str, *, asked: str, **options: t.Any) -> list[Fields]:
        """A list, which is a bare array and has no pages."""
        return t.cast("list[Fields]", self.json("GET", path, asked=asked, expects=OBJECTS, **options) or [])

    def reachable(self, href: str) -> str:
        """A link of an answer at this API. Links may lead to the region's own gateway, and the paths are the same on both."""
        own, there = urlsplit(self.base_url), urlsplit(urljoin(f"{self.base_url}/", href))
        return there._replace(scheme=own.scheme, netloc=own.netloc).geturl()

    def remedy(self, response: requests.Response) -> str | None:
        if response.status_code == 401:
            return f"The access token was revoked while it was in use. {_NEW_TOKEN}"
        if response.status_code == 403:
            return ADMIN
        if response.status_code == 404:
            return f"Check the id of the project, and that api_url is the address of its service. {ADMIN}"
        return None


class Bearer:
    """``Authorization: Bearer``."""

    def __init__(self, token: str | None) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def flat(value: t.Any) -> str:
    """``detail`` of an error (a text, an object of fields, or a list of either) as one text."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {flat(item)}" for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(flat(item) for item in value)
    return str(value) if value else ""
