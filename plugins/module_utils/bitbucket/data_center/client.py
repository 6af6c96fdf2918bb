# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bitbucket Data Center's REST API: how to log in, how it pages, and what its refusals mean.

Source: https://developer.atlassian.com/server/bitbucket/rest/ (introduction: authentication, paged APIs, errors)
"""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime
from urllib.parse import unquote

from ...core.errors import BridgeError
from ...core.reconcile import Context, Fields
from ...core.urls import joined, segment
from ...http.answer import OBJECT, listed
from ...http.paging import Pages
from ...http.sessions import Transport
from ..client import BitbucketClient
from ..options import instance_url, login
from ..place import Place
from . import advice

try:
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

TITLE = "Bitbucket Data Center"
_PAGE = 1000  # the server gives as many as its administrators let it
_API = "api/latest"


def path_of(place: Place, api: str = _API) -> str:
    """The path of a project (``~ada``: a user's own) or a repository, below ``/rest``."""
    project = f"{api}/projects/{segment(place.workspace, safe='~')}"
    return project if place.repository is None else f"{project}/repos/{segment(place.repository)}"


def user_of(response: t.Any) -> str | None:
    """Whose credential it was: the one proof of a login, since some calls answer 200 to anybody.

    A token of a project or a repository belongs to nobody; what stands there for one has slashes in it.
    """
    name = unquote(response.headers.get("X-AUSERNAME", ""))
    return name if name and "/" not in name and name != "anonymous" else None


def moment(value: t.Any) -> datetime | None:
    """Milliseconds since 1970, or a text in either of two forms, which releases from 10.0 on have in some places.

    https://github.com/jenkinsci/bitbucket-branch-source-plugin/pull/1210 has ``2018-09-21T14:09:51.000Z``,
    https://github.com/drone/go-scm (``pr_iso_dates.json``) ``2018-07-05T05:01:10+0000``.
    """
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value / 1000, UTC)
    if not value:
        return None
    found = datetime.fromisoformat(value)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def stamp(value: t.Any) -> str | None:
    """The same as a text, as Cloud has it."""
    found = moment(value)
    return found.isoformat() if found else None


class DataCenter(BitbucketClient):
    """The REST API of one instance; paths are those below ``/rest``."""

    service = TITLE
    setting = "bitbucket_url"
    setting_hint = "It must contain the context path of the instance, if it has one (https://example.com/bitbucket)."
    error_keys = ("errors",)

    def __init__(self, params: Fields, context: Context) -> None:
        self.site_url = instance_url(params)
        super().__init__(f"{self.site_url}/rest", Transport.of(params), context)
        self.login = login(params)
        self.redactor.add_basic(self.login.username or "", self.login.secret)

    def listing(self, path: str, *, asked: str, **query: t.Any) -> list[Fields]:
        """All items of a list, in pages as large as they get."""
        return list(self.items(path, asked=asked, **query))

    def items(self, path: str, *, asked: str, **query: t.Any) -> t.Iterator[Fields]:
        """The same one after the other, with one page in memory. Where the next begins is not the sum of those before."""
        pages, start = Pages(self.service, asked, f"GET /rest/{path}"), 0
        while True:
            params = {**query, "limit": _PAGE, **({"start": start} if start else {})}
            page = self.json("GET", path, asked=asked, params=params)
            yield from listed(page, "values")
            following = page.get("nextPageStart")
            if page["isLastPage"] or following is None:
                return
            pages.turn(following)
            start = following

    def find(
        self, path: str, *, asked: str, no: tuple[str, ...] = (), keys: tuple[str, ...] = ("id",), **query: t.Any
    ) -> Fields | None:
        """What is there, or None. Where the project, the repository or one of ``no`` (exceptions) is missing, it is an error."""
        answer = self.call("GET", path, asked=asked, expects=OBJECT, keys=keys, params=query, accept=(404,))
        if answer.status_code != 404:
            return t.cast("Fields", self.decoded(answer, OBJECT, asked))
        code = self.words(answer)[0]
        if code is None or code.startswith(("NoSuchProject", "NoSuchRepository", *no)):
            raise self.error(answer, f"GET /rest/{path}", asked)
        return None

    def git_url(self, workspace: str, repository: str) -> str:
        return f"{self.site_url}/scm/{joined(workspace.lower(), repository, safe='~')}.git"

    def git_authorization(self) -> str:
        """As bearer a token works for git without a user name, whosever it is.

        https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
        """
        if self.login.bearer:
            return f"Bearer {self.login.secret}"
        return self.basic(self.login.username or "", self.login.secret)

    # -- refusals ----------------------------------------------------------------------------------------------------

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        """A list of errors, each with the Java exception it comes from; or what a proxy in front of it says."""
        errors = self.problem(response).get("errors")
        if not isinstance(errors, list) or not all(isinstance(error, dict) for error in errors):
            return None, self.redactor.excerpt(response.text)
        parts = []
        for error in errors:
            context = f"{error['context']}: " if error.get("context") else ""
            parts.append(f"{context}{error.get('message') or ''}".strip())
        exceptions = [str(error.get("exceptionName") or "").rpartition(".")[2] for error in errors]
        return (exceptions[0] or None) if exceptions else None, "; ".join(dict.fromkeys(filter(None, parts)))

    def error(self, response: requests.Response, operation: str, asked: str) -> BridgeError:
        """401 means "who are you?" and "you may not" alike; 403 that a way to log in is closed, too."""
        error = super().error(response, operation, asked)
        if response.status_code in (401, 403):
            error.kind = "forbidden" if self.is_known(response) else "unauthorized"
        return error

    def is_known(self, response: requests.Response) -> bool:
        """Whether a refusal came to somebody the service knows."""
        return bool(response.headers.get("X-AUSERNAME")) or (self.words(response)[0] or "").startswith("Authoris")

    def remedy(self, response: requests.Response) -> str | None:
        code, words = self.words(response)
        if response.status_code in (401, 403) and "CAPTCHA" in response.headers.get(
            "X-Authentication-Denied-Reason", ""
        ):
            return advice.captcha(self.site_url)
        if response.status_code in (401, 403):
            return advice.not_permitted() if self.is_known(response) else advice.refused_login(self.login)
        return advice.by_status(response.status_code, code, words)
