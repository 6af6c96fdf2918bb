# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to GitLab through python-gitlab, by the collection's rules: time-outs, bounded retries, one kind of error.

python-gitlab retries on its own, POSTs too if it is told to: here it does not retry at all, and the session it is given
does, by the rules of ``rest``. Sources: https://docs.gitlab.com/api/rest/ and https://docs.gitlab.com/api/rest/troubleshooting/
"""

from __future__ import annotations

import time
import typing as t
from urllib.parse import urlsplit

from ..core.errors import BridgeError, OutcomeUnknown, kind_of_status, outage_remedy
from ..core.reconcile import Context
from ..core.urls import joined, without_query
from ..http.answer import (
    OBJECT,
    OBJECTS,
    Exchange,
    Shape,
    decode,
    excerpt,
    is_foreign,
    is_page,
    not_an_api,
    parsed,
    refuse_redirect,
    unusable,
)
from ..http.bounded import Unusable
from ..http.paging import Pages
from ..http.rest import is_unknown, unanswered
from ..http.sessions import Transport

try:
    import gitlab

    # Loaded with this file, so that the controller pays for it once a run.
    import gitlab.v4.objects
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

Fields = dict[str, t.Any]

REQUIRES = ("requests", "gitlab")
_PAGE = 100  # the most GitLab gives at once
_TAKEN = "has already been taken"


class Session:
    """One task's connection to GitLab, opened with the first call."""

    def __init__(self, params: Fields, context: Context) -> None:
        self.params = params
        self.context = context
        self._gitlab: t.Any = None
        self._transport = Transport()
        self._answer: t.Any = None  # the last one; python-gitlab's errors have no headers

    @property
    def client(self) -> t.Any:
        """python-gitlab's client."""
        if self._gitlab is None:
            self._gitlab = self._make()
        return self._gitlab

    def _make(self) -> t.Any:
        self._transport = transport = Transport.of(self.params)
        session = transport.session()
        session.hooks["response"].append(self._note)
        return gitlab.Gitlab(
            self.params["api_url"],
            private_token=self.params["api_token"],
            session=session,
            ssl_verify=transport.verify,
            timeout=(min(10.0, transport.timeout), transport.timeout),
            user_agent="repobridge.bitbucket",
            retry_transient_errors=False,
        )

    def _note(self, answer: t.Any, **_options: t.Any) -> None:
        self._answer = answer

    # -- calling -----------------------------------------------------------------------------------------------------

    def call(
        self,
        method: str,
        path: str,
        *,
        asked: str,
        needs: str = "",
        body: Fields | None = None,
        query: Fields | None = None,
        expects: Shape = OBJECT,
        keys: t.Iterable[str] = (),
        accept: t.Container[int] = (),
    ) -> t.Any:
        """One call below ``/api/v4``; returns the value of its answer, or None if its status is in ``accept``.

        ``asked`` is its purpose and ``needs`` what the token must be allowed to, both for the error; ``expects`` is what a
        successful answer must be, with ``keys`` if it is an object.

        :raises OutcomeUnknown: the call may or may not have been applied.
        :raises BridgeError: GitLab refused, could not be reached, or something else answered.
        """
        url = f"{self.client.api_url}{path}"
        exchange = Exchange("GitLab", f"{method} {urlsplit(url).path}", asked, url=url, redactor=self.context.redactor)
        for pause in (*self._transport.pauses(), None):
            answer = self._request(method, path, exchange, body, query)
            if pause is None or not _is_locked(answer):
                break
            time.sleep(pause)
        status = answer.status_code
        if 300 <= status < 400:
            raise refuse_redirect(answer, exchange._replace(url=answer.url), method)
        if status >= 400:
            if status in accept and not is_foreign(answer, _is_own(answer, exchange)):
                return None
            error = self._refused(answer, exchange, needs)
            raise OutcomeUnknown.of(error) if is_unknown(answer, method) else error
        return decode(answer, expects, exchange, keys)

    def _request(
        self, method: str, path: str, exchange: Exchange, body: Fields | None, query: Fields | None
    ) -> requests.Response:
        """The answer, whatever its status."""
        client = self.client
        self._answer = None
        self.context.last_call = f"{method} {without_query(exchange.url)} of GitLab"
        try:
            return client.http_request(
                method.lower(), path, post_data=body, query_data=query, obey_rate_limit=False, max_retries=0
            )
        except gitlab.exceptions.GitlabError:
            if self._answer is None:
                raise
            return self._answer  # what it says is read here, like every other answer
        except Unusable as error:
            raise unusable(error, exchange) from None
        except requests.exceptions.RequestException as error:
            raise unanswered(
                error,
                service="GitLab",
                method=method,
                operation=exchange.operation,
                asked=exchange.asked,
                timeout=self.params["timeout"],
            ) from None

    def listing(self, path: str, *, asked: str, needs: str = "", query: Fields | None = None) -> list[Fields]:
        """All items of a list. https://docs.gitlab.com/api/rest/#offset-based-pagination"""
        items: list[Fields] = []
        pages = Pages("GitLab", asked, f"GET {path}")
        page: str | None = "1"
        while page:
            pages.turn(page)
            where = {**(query or {}), "per_page": _PAGE, **({"page": page} if page != "1" else {})}
            items += self.call("GET", path, asked=asked, needs=needs, query=where, expects=OBJECTS)
            page = self._answer.headers.get("X-Next-Page")
        return items

    def some(self, path: str, *, asked: str, query: Fields, most: int) -> list[Fields]:
        """The items of a list for which it is not needed: its first pages, none if it has more than ``most`` items."""
        items: list[Fields] = []
        page: str | None = "1"
        while page and len(items) < most + _PAGE:
            where = {**query, "per_page": _PAGE, **({"page": page} if page != "1" else {})}
            found = self.call("GET", path, asked=asked, query=where, expects=OBJECTS, accept=(401, 403, 404))
            total = self._answer.headers.get("X-Total", "")
            # Of a very long list GitLab does not say how long it is.
            if found is None or not total.isdigit() or int(total) > max(most, _PAGE):
                return items
            items += found
            page = self._answer.headers.get("X-Next-Page")
        return items

    # -- errors ------------------------------------------------------------------------------------------------------

    def _refused(self, answer: requests.Response, exchange: Exchange, needs: str) -> BridgeError:
        status, own = answer.status_code, _is_own(answer, exchange)
        if is_foreign(answer, own):
            return not_an_api(answer, exchange)
        said = _said(answer, exchange) if own else excerpt(answer, self.context.redactor)
        return BridgeError(
            exchange.asked,
            # GitLab says 400 of a key or a name that exists, as of any other value that it refuses.
            kind="conflict" if _TAKEN in (said or "") else kind_of_status(status),
            service="GitLab",
            operation=exchange.operation,
            status=status,
            words=said or answer.reason,
            request_id=answer.headers.get("X-Request-Id"),
            remedy=_remedy(status, needs),
        )


def words(message: t.Any) -> str | None:
    """GitLab's own words. They come as text, or as an object of lists: ``{"value": ["is invalid"]}``."""
    if isinstance(message, dict):
        return "; ".join(f"{name} {words(said)}" for name, said in message.items())
    if isinstance(message, (list, tuple)):
        return ", ".join(str(words(said)) for said in message)
    text = str(message or "").strip()
    return text or None


def _problem(answer: requests.Response, exchange: Exchange) -> Fields:
    value = parsed(answer.content, exchange)
    return dict(value) if isinstance(value, dict) else {}


def _is_own(answer: requests.Response, exchange: Exchange) -> bool:
    """Whether an error answer is GitLab's: ``{"message": …}`` or ``{"error": …}``."""
    return not is_page(answer) and bool({"message", "error"} & set(_problem(answer, exchange)))


def _is_locked(answer: requests.Response) -> bool:
    """Refused for the moment, because another call changes the same: nothing was applied.

    https://docs.gitlab.com/api/rest/troubleshooting/ (409); python-gitlab knows it by the same text.
    """
    return answer.status_code == 409 and b"Resource lock" in answer.content


def _said(answer: requests.Response, exchange: Exchange) -> str | None:
    """What an error answer says; the longer ``error_description`` where there is one."""
    body = _problem(answer, exchange)
    text = words(body.get("error_description")) or words(body.get("message")) or words(body.get("error"))
    return exchange.redactor.excerpt(text) if text else None


def _remedy(status: int, needs: str) -> str | None:
    """What the operator can do. ``needs``: what the token must be allowed to."""
    allowed = f"The call needs {needs}." if needs else None
    if status == 401:
        return f"Check api_token: it may be wrong, expired or revoked. {allowed or ''}".strip()
    if status == 403:
        return allowed
    if status == 404:
        same = "GitLab's response is the same if the object does not exist and if the token has no access to it."
        return f"{same} {allowed or ''}".strip()
    if status == 409:
        return "Something else may be changing it: wait and run again."
    if status == 429:
        return "GitLab limits the rate of calls: run again later, or with fewer forks."
    if status >= 500:
        return outage_remedy("GitLab")
    return None


def project_path(project: str, *rest: str) -> str:
    """The path of a project, given by id or full path, and what is below it: ``/projects/acme%2Fshop/variables``."""
    return f"/projects/{joined(project.strip('/'), *rest)}"
