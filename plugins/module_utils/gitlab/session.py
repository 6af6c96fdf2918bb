# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to GitLab through python-gitlab, by the collection's rules: time-outs, bounded retries, one kind of error.

python-gitlab retries on its own, POSTs too if it is told to: here it does not retry at all, and the session it is given
does, by the rules of ``rest``. Sources: https://docs.gitlab.com/api/rest/ and https://docs.gitlab.com/api/rest/troubleshooting/
"""

from __future__ import annotations

import json
import typing as t
from urllib.parse import quote, urlsplit

from ..errors import BridgeError, kind_of_status
from ..reconcile import Context
from ..rest import Transport, unanswered

try:
    import gitlab
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

Fields = dict[str, t.Any]

REQUIRES = ("requests", "gitlab")
_PAGE = 100  # the most GitLab gives at once


class Session:
    """One task's connection to GitLab, opened with the first call."""

    def __init__(self, params: Fields, context: Context) -> None:
        self.params = params
        self.context = context
        self._gitlab: t.Any = None
        self._answer: t.Any = None  # the last one; python-gitlab's errors have no headers

    @property
    def client(self) -> t.Any:
        """python-gitlab's client."""
        if self._gitlab is None:
            self._gitlab = self._make()
        return self._gitlab

    def _make(self) -> t.Any:
        names = ("timeout", "max_retries", "validate_certs", "ca_path")
        transport = Transport(**{name: self.params[name] for name in names})
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
        target = urlsplit(answer.headers.get("Location", "") if answer.is_redirect else "").netloc
        own = urlsplit(self.client.url).netloc
        if target and target != own:
            answer.close()
            # requests takes credentials from a redirected call only where they are in the header Authorization.
            raise BridgeError(
                f"GitLab at {own} sends on to {target}, and the token goes to {own} only",
                remedy="Set api_url to the address GitLab itself uses.",
            )

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
        accept: t.Container[int] = (),
    ) -> t.Any:
        """One call below ``/api/v4``; returns the answer's JSON, or None if it is empty or its status in ``accept``.

        ``asked`` is its purpose and ``needs`` what the token must be allowed to, both for the error.

        :raises OutcomeUnknown: the call may or may not have been applied.
        :raises BridgeError: GitLab refused, or could not be reached.
        """
        operation = f"{method} {urlsplit(self.client.api_url).path}{path}"
        self._answer = None
        try:
            answer = self.client.http_request(
                method.lower(), path, post_data=body, query_data=query, obey_rate_limit=False, max_retries=0
            )
        except gitlab.exceptions.GitlabError as error:
            if error.response_code in accept:
                return None
            raise self._refused(error, operation, asked, needs) from None
        except requests.exceptions.RequestException as error:
            raise unanswered(
                error,
                service="GitLab",
                method=method,
                operation=operation,
                asked=asked,
                timeout=self.params["timeout"],
            ) from None
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError:
            raise BridgeError(
                f"{asked}: what answered {operation} is no GitLab API ({answer.headers.get('Content-Type')})",
                service="GitLab",
                operation=operation,
                remedy=f"Check api_url, which is {self.client.url} now.",
            ) from None

    def listing(self, path: str, *, asked: str, needs: str = "", query: Fields | None = None) -> list[Fields]:
        """All items of a list. https://docs.gitlab.com/api/rest/#offset-based-pagination"""
        items: list[Fields] = []
        page: str | None = "1"
        while page:
            where = {**(query or {}), "per_page": _PAGE, **({"page": page} if page != "1" else {})}
            items += self.call("GET", path, asked=asked, needs=needs, query=where) or []
            page = self._answer.headers.get("X-Next-Page")
        return items

    # -- errors ------------------------------------------------------------------------------------------------------

    def _refused(self, error: t.Any, operation: str, asked: str, needs: str) -> BridgeError:
        status = error.response_code
        if status is None:  # a redirect that would turn a change into a read
            return BridgeError(
                asked,
                service="GitLab",
                operation=operation,
                words=str(error.error_message),
                remedy="Set api_url to the address GitLab itself uses, with https if it redirects to that.",
            )
        return BridgeError(
            asked,
            kind=kind_of_status(status),
            service="GitLab",
            operation=operation,
            status=status,
            words=_said(error) or self._answer.reason,
            request_id=self._answer.headers.get("X-Request-Id"),
            remedy=_remedy(status, needs),
        )


def words(message: t.Any) -> str | None:
    """GitLab's own words. They come as text, or as an object of lists: ``{"value": ["is invalid"]}``."""
    if isinstance(message, dict):
        return "; ".join(f"{name} {words(said)}" for name, said in message.items())
    if isinstance(message, (list, tuple)):
        return ", ".join(str(words(said)) for said in message)
    text = str(message or "").strip()
    return None if not text or text.startswith("<") else text[:500]


def _said(error: t.Any) -> str | None:
    """What an error answer says; the longer ``error_description`` where there is one."""
    try:
        body = json.loads(error.response_body or b"")
        described = body.get("error_description")
    except (ValueError, AttributeError):
        described = None
    return described or words(error.error_message)


def _remedy(status: int, needs: str) -> str | None:
    """What the operator can do. ``needs``: what the token must be allowed to."""
    allowed = f"The call needs {needs}." if needs else None
    if status == 401:
        return f"Check api_token: it may be wrong, expired or revoked. {allowed or ''}".strip()
    if status == 403:
        return allowed
    if status == 404:
        return f"GitLab does not tell what is missing from what the token must not see. {allowed or ''}".strip()
    if status == 409:
        return "Something else may be changing it: wait and run again."
    if status == 429:
        return "GitLab limits the rate of calls: run again later, or with fewer forks."
    if status >= 500:
        return "GitLab is not well at the moment: run again later; what was done is found and kept."
    return None


def project_path(project: str, *rest: str) -> str:
    """The path of a project, given by id or full path, and what is below it: ``/projects/acme%2Fshop/variables``."""
    return "/".join(["/projects", *(quote(part, safe="") for part in (project.strip("/"), *rest))])
