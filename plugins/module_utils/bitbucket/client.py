# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket Cloud's REST API: how to log in, how it pages, and what its refusals mean.

Sources: https://developer.atlassian.com/cloud/bitbucket/rest/intro/ (authentication, paging, errors) and
https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
"""

from __future__ import annotations

import base64
import re
import typing as t

from ..core.errors import BridgeError
from ..core.reconcile import Context, Fields
from ..core.urls import joined, segment
from ..http.answer import Reply, listed
from ..http.paging import Pages
from ..http.rest import JsonClient
from ..http.sessions import Transport
from . import advice, limits, scopes
from .addresses import TOKEN_PATH
from .options import Login, login

try:
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

# The user that git logs in with, by the kind of login; the e-mail address that the REST API wants does not work here.
_GIT_USERS = {
    "api_token": "x-bitbucket-api-token-auth",
    "access_token": "x-token-auth",
    "oauth_consumer": "x-token-auth",
}
# Compiled with this file: a forked worker would compile each pattern anew.
_VERSION = re.compile(r"(/2\.0)?/*$")
_PAGE = 100  # the most the API gives: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination


def place(workspace: str, repository: str | None = None) -> str:
    """The API's path of a repository or a workspace. Uuids in braces are fine as names."""
    if repository is None:
        return f"workspaces/{segment(workspace)}"
    return f"repositories/{joined(workspace, repository)}"


class BitbucketClient(JsonClient):
    """The REST API of either edition, with the login that the task gives."""

    service = "Bitbucket"
    login: Login
    # Where people see it, and where git goes.
    site_url: str

    def bearer(self) -> str:
        """The token for ``Authorization: Bearer``."""
        return self.login.secret

    def authorize(self) -> t.Any:
        if not self.login.bearer:
            pair = (self.login.username or "").encode(), self.login.secret.encode()
            return requests.auth.HTTPBasicAuth(*pair)
        return Bearer(self.bearer())

    def git_url(self, workspace: str, repository: str) -> str:
        """Where git fetches from and pushes to over HTTPS."""
        raise NotImplementedError

    def git_authorization(self) -> str:
        """The ``Authorization`` header for git."""
        raise NotImplementedError

    def basic(self, user: str, secret: str) -> str:
        """``Basic`` for that header; the redactor knows it from then on."""
        pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
        self.redactor.add(pair)
        return f"Basic {pair}"


class _CloudWords(JsonClient):
    """What the API and the token endpoint have in common: how they word their errors."""

    service = "Bitbucket"
    # A commit is answered with 201 and its address alone.
    empty_statuses = (201, 204)

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        """JSON in one of three shapes, plain text (401, 429), or a load balancer's HTML, which has nothing to say."""
        answer = self.problem(response)
        error = answer.get("error")
        if isinstance(error, dict):
            parts = [error.get("message"), _flat(error.get("detail")), _flat(error.get("fields"))]
            return None, ": ".join(str(part) for part in dict.fromkeys(parts) if part)
        if isinstance(error, str):  # OAuth: RFC 6749 section 5.2
            return error, str(answer.get("error_description") or error)
        return None, self.redactor.excerpt(response.text)


class Site(_CloudWords):
    """The token endpoint, which is on the site's own host and not on the API's."""

    setting = "site_url"

    def token(self, client_id: str, client_secret: str) -> Fields:
        """A new token for an OAuth consumer: ``access_token``, ``scopes``, ``expires_in``."""
        answer = self.until_answered(
            lambda: self.json(
                "POST",
                TOKEN_PATH,
                asked="Request a token for the OAuth consumer",
                data={"grant_type": "client_credentials"},
                auth=(client_id.encode(), client_secret.encode()),
            )
        )
        self.redactor.add(answer["access_token"])
        self.redactor.add(answer.get("refresh_token"))
        return t.cast(Fields, answer)

    def remedy(self, response: requests.Response) -> str | None:
        status, words = response.status_code, response.text
        return advice.consumer_refused(status, words) or advice.by_status(status, words, response.headers)


class Cloud(_CloudWords, BitbucketClient):
    """The REST API 2.0."""

    def __init__(self, params: Fields, context: Context) -> None:
        base = _VERSION.sub("", params["api_url"])
        super().__init__(f"{base}/2.0", Transport.of(params), context)
        self.site_url = params["site_url"].rstrip("/")
        self.login = login(params)
        self.redactor.add_basic(self.login.username or self.login.client_id or "", self.login.secret)
        self._token: Fields | None = None

    def limit_of(self, path: str) -> str:
        return limits.limit_of(path)

    def token(self) -> Fields:
        """The OAuth consumer's token, asked for with the first call."""
        if self._token is None:
            site = Site(self.site_url, self._transport, self.context)
            self._token = site.token(self.login.client_id or "", self.login.secret)
        return self._token

    def bearer(self) -> str:
        return str(self.token()["access_token"]) if self.login.kind == "oauth_consumer" else super().bearer()

    def git_url(self, workspace: str, repository: str) -> str:
        return f"{self.site_url}/{joined(workspace, repository, safe='{}')}.git"

    def git_authorization(self) -> str:
        """https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/ (the user names for git)"""
        return self.basic(_GIT_USERS.get(self.login.kind) or self.login.username or "", self.bearer())

    def get(self, path: str, *, asked: str, fields: str | None = None, **options: t.Any) -> Fields:
        params = {**options.pop("params", {}), **({"fields": fields} if fields else {})}
        return t.cast("Fields", self.json("GET", path, asked=asked, params=params, **options) or {})

    def listing(self, path: str, *, asked: str, fields: str, page: int = _PAGE, has_next: bool = True) -> list[Fields]:
        """All items of a list, in pages as large as they get. ``fields`` are those of an item, separated by commas.

        ``has_next`` False is for the lists of Pipelines, which leave out ``next``: see ``_counted``.
        """
        wanted = _of_page(fields)
        answer = self.json("GET", path, asked=asked, params={"pagelen": page, "fields": wanted})
        if not has_next and not answer.get("next"):
            return items_of(answer) + self._counted(path, answer, asked=asked, fields=wanted, page=page)
        return list(self._from(answer, path, asked))

    def items(self, path: str, *, asked: str, fields: str, **query: t.Any) -> t.Iterator[Fields]:
        """The same one after the other, with one page in memory; ``query`` are ``q``, ``sort``, ``role`` and others."""
        params = {**query, "pagelen": _PAGE, "fields": _of_page(fields)}
        yield from self._from(self.json("GET", path, asked=asked, params=params), path, asked)

    def _from(self, answer: Reply, path: str, asked: str) -> t.Iterator[Fields]:
        """The items of a list whose first page is ``answer``."""
        pages = Pages(self.service, asked, f"GET /2.0/{path}")
        yield from items_of(answer)
        while answer.get("next"):
            pages.turn(answer["next"])
            answer = self.json("GET", answer["next"], asked=asked)  # opaque: it carries pagelen and fields itself
            yield from items_of(answer)

    def _counted(self, path: str, answer: Reply, *, asked: str, fields: str, page: int) -> list[Fields]:
        """The pages after the first by their number, until one is not full.

        https://jira.atlassian.com/browse/BCLOUD-20639; a page past the last is 200 and empty.
        """
        values: list[Fields] = []
        pages = Pages(self.service, asked, f"GET /2.0/{path}")
        last, number = items_of(answer), 1
        while len(last) >= max(1, answer["pagelen"]):
            number += 1
            pages.turn(number)
            before = last
            answer = self.json("GET", path, asked=asked, params={"pagelen": page, "page": number, "fields": fields})
            last = items_of(answer)
            if last == before:
                raise BridgeError(asked, service=self.service, words=f"Page {number} is page {number - 1} once more")
            values += last
        return values

    def remedy(self, response: requests.Response) -> str | None:
        answer = self.problem(response)
        words = self.words(response)[1]
        if response.status_code == 401:
            return advice.refused_login(self.login, words)
        if response.status_code == 403:
            return advice.forbidden(scopes.granted(response.headers), scopes.accepted(response.headers, answer))
        return advice.by_status(response.status_code, words, response.headers)


def _of_page(fields: str) -> str:
    """The fields of a page, with those of its items."""
    return ",".join([f"values.{field}" for field in fields.split(",")] + ["next", "pagelen"])


def items_of(page: Reply) -> list[Fields]:
    """The items of a page; whether an empty list stays in it when ``fields`` filter the answer is not documented."""
    _length = page["pagelen"]
    return [*listed(page, "values")] if "values" in page else []


class Bearer:
    """``Authorization: Bearer``, the only place where Bitbucket takes a token since 2026-05-04."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def _flat(value: t.Any) -> str:
    """``detail`` and ``fields`` of an error, each a text or an object of texts or lists, as one text."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_flat(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_flat(item) for item in value)
    return str(value) if value else ""
