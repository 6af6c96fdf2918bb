# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only JSON-over-HTTP client: requests, responses, errors, redaction.

After a POST whose response is lost it is unknown whether it was applied: ``OutcomeUnknown`` is raised, and the caller reads
before it repeats. ``sessions.py`` documents which requests are repeated automatically.
"""

from __future__ import annotations

import typing as t
from urllib.parse import urljoin, urlsplit

from ..core.errors import BridgeError, OutcomeUnknown, kind_of_status, outage_remedy, root_cause
from ..core.reconcile import Context
from ..core.urls import origin, without_query
from .answer import (
    OBJECT,
    RAW,
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
from .bounded import Unusable
from .sessions import IDEMPOTENT, READING, UNKNOWN, Transport

try:
    import requests
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

T = t.TypeVar("T")

# Maximum number of lost responses to a call that can be repeated safely.
_LOST_ANSWERS = 3


class JsonClient:
    """Calls one service. Subclasses define the service: its name, the format of its errors, its paging."""

    service = "the service"
    # The option with the address, for errors.
    setting = "api_url"
    # A hint about its format, where mistakes are frequent.
    setting_hint = ""
    # An error response of the service itself is a JSON object with one of these keys; only a 404 of this form means
    # "missing".
    error_keys: t.ClassVar[tuple[str, ...]] = ("error",)
    # Beside those of JSON.
    content_types: t.ClassVar[tuple[str, ...]] = ()
    # Statuses with which it may send no body.
    empty_statuses: t.ClassVar[tuple[int, ...]] = (204,)

    def __init__(self, base_url: str, transport: Transport, context: Context) -> None:
        self.base_url = base_url.rstrip("/")
        self.context = context
        self.redactor = context.redactor
        self._transport = transport
        self._session: requests.Session | None = None
        self._once: requests.Session | None = None

    @property
    def session(self) -> requests.Session:
        """Created with the first request, so never before the controller has forked."""
        if self._session is None:
            self._session = self._introduced(self._transport.session())
        return self._session

    @property
    def once(self) -> requests.Session:
        """A session that only repeats requests that were certainly not applied."""
        if self._once is None:
            self._once = self._introduced(self._transport.session(READING))
        return self._once

    @staticmethod
    def _introduced(session: requests.Session) -> requests.Session:
        session.headers.update({"User-Agent": "repobridge.bitbucket", "Accept": "application/json"})
        return session

    def authorize(self) -> t.Any:
        """The value of ``auth`` for ``requests``: a (user, password) pair or a callable."""
        return None

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        """The service's own error code and message in a response."""
        return None, self.redactor.excerpt(response.text)

    def remedy(self, response: requests.Response) -> str | None:
        """The remedy for the operator after that response."""
        return None

    def request_id(self, response: requests.Response) -> str | None:
        """The id with which the service's support finds the call."""
        return response.headers.get("X-Request-UUID") or response.headers.get("X-Request-Id")

    def limit_of(self, path: str) -> str:
        """The name of the hourly limit that a request to this path counts towards; "" if there is none."""
        return ""

    def _count(self, limit: str, response: requests.Response | None = None) -> None:
        """Note a request, or the limit that its response reports."""
        if limit and response is None:
            self.context.limited[limit] += 1
        elif limit and response is not None and response.headers.get("X-RateLimit-Limit", "").isdigit():
            self.context.limits[limit] = int(response.headers["X-RateLimit-Limit"])

    def url(self, path: str) -> str:
        """The address of ``path``; an absolute one must be below the service's own, because credentials are
        sent to it."""
        if "://" not in path:
            return f"{self.base_url}/{path.lstrip('/')}"
        if origin(path) != origin(self.base_url):
            wanted, own = urlsplit(path).netloc.rpartition("@")[2], urlsplit(self.base_url).netloc
            raise BridgeError(
                f"{self.service} sent a link to {wanted}, but credentials are only sent to {own}",
                remedy="Check the API URL in the task's options; behind a proxy that rewrites addresses use the public one.",
            )
        return urljoin(self.base_url, path)

    def call(
        self,
        method: str,
        path: str,
        *,
        asked: str,
        expects: Shape,
        keys: t.Iterable[str] = (),
        accept: t.Container[int] = (),
        once: bool = False,
        **options: t.Any,
    ) -> requests.Response:
        """One call. ``asked`` is its purpose, for the error; ``expects`` is the type of a successful response, with
        ``keys``.

        ``accept`` are error statuses the caller expects, in the service's own form: a proxy's 404 is ignored.

        ``once``: it is not idempotent, although its method is, and is treated as a POST. ``options`` go to ``requests``
        (``json``, ``params``, ``data`` …); ``timeout`` is for a call that may take longer.

        :raises OutcomeUnknown: the call may or may not have been applied. :raises BridgeError: any other response that
        is neither below 400 nor in ``accept``.
        """
        url = self.url(path)
        operation = f"{method} {urlsplit(url).path}"
        if "auth" not in options:  # a sign-in is a separate call
            # With None requests would read ~/.netrc.
            options["auth"] = self.authorize() or nobody
        # Set in the call and not in the session; otherwise requests would prefer a CA bundle from the environment.
        options.setdefault("verify", self._transport.verify)
        timeout = options.pop("timeout", self._transport.timeout)
        repeated = READING if once else IDEMPOTENT
        session = self.once if once else self.session
        self.context.last_call = f"{method} {without_query(url)} of {self.service}"
        limit = self.limit_of(urlsplit(url).path)
        self._count(limit)
        exchange = Exchange(self.service, operation, asked, self.setting, self.setting_hint, url, self.redactor)
        try:
            response = session.request(method, url, timeout=(min(10.0, timeout), timeout), **options)
        except Unusable as error:
            raise unusable(error, exchange) from None
        except requests.exceptions.RequestException as error:
            raise unanswered(
                error,
                service=self.service,
                method=method,
                repeated=repeated,
                operation=operation,
                asked=asked,
                timeout=timeout,
            ) from None
        self._count(limit, response)
        status = response.status_code
        if 300 <= status < 400:
            raise refuse_redirect(response, exchange._replace(url=response.url), method)
        if status >= 400 and (status not in accept or is_foreign(response, self.is_own(response))):
            refusal = self.error(response, operation, asked)
            raise OutcomeUnknown.of(refusal) if is_unknown(response, method, repeated) else refusal
        if expects and status < 400:
            self.decoded(response, expects, asked, keys)
        return response

    def json(
        self,
        method: str,
        path: str,
        *,
        asked: str,
        expects: Shape = OBJECT,
        keys: t.Iterable[str] = (),
        accept: t.Container[int] = (),
        **options: t.Any,
    ) -> t.Any:
        """One call; the value of its response, or None if its status is in ``accept``.

        ``keys`` are those that an object of this API always has.

        :raises BridgeError: also if the response does not match ``expects``.
        """
        response = self.call(method, path, asked=asked, expects=RAW, accept=accept, **options)
        return None if response.status_code in accept else self.decoded(response, expects, asked, keys)

    def decoded(self, response: requests.Response, expects: Shape, asked: str, keys: t.Iterable[str] = ()) -> t.Any:
        """The value of a response. :raises BridgeError: it does not match ``expects``."""
        exchange = self._exchange(response, asked)
        return decode(response, expects, exchange, keys, self.content_types, self.empty_statuses)

    def refused(self, response: requests.Response, asked: str) -> BridgeError:
        """The error for a response that is not from the API."""
        return not_an_api(response, self._exchange(response, asked))

    def _exchange(self, response: requests.Response, asked: str) -> Exchange:
        request = response.request
        operation = f"{request.method} {urlsplit(request.url or '').path}"
        return Exchange(
            self.service, operation, asked, self.setting, self.setting_hint, request.url or "", self.redactor
        )

    def problem(self, response: requests.Response) -> dict[str, t.Any]:
        """The object in an error response; an empty one if it contains none."""
        value = parsed(response.content, self._exchange(response, ""))
        return dict(value) if isinstance(value, dict) else {}

    def is_own(self, response: requests.Response) -> bool:
        """Whether an error response is from the service itself."""
        answer = self.problem(response)
        return not is_page(response) and any(key in answer for key in self.error_keys)

    @staticmethod
    def until_answered(call: t.Callable[[], T]) -> T:
        """A POST that can be sent twice without harm (a token, a check): repeated when its response is lost."""
        for _attempt in range(_LOST_ANSWERS - 1):
            try:
                return call()
            except OutcomeUnknown:
                pass
        return call()

    def error(self, response: requests.Response, operation: str, asked: str) -> BridgeError:
        """The error for a response."""
        status = response.status_code
        if is_foreign(response, self.is_own(response)):
            return not_an_api(response, self._exchange(response, asked))
        code, words = self.words(response) if not is_page(response) else (None, excerpt(response, self.redactor))
        remedy = self.remedy(response) or (outage_remedy(self.service) if status >= 500 else None)
        return BridgeError(
            asked,
            kind=kind_of_status(status),
            service=self.service,
            operation=operation,
            status=status,
            code=code,
            words=words or response.reason,
            request_id=self.request_id(response),
            remedy=remedy,
        )


def nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """``auth`` for calls without a credential."""
    return request


def is_unknown(response: requests.Response, method: str, repeated: frozenset[str] = IDEMPOTENT) -> bool:
    """Whether it is unknown after an error response if a call, which must not be repeated blindly, was applied."""
    refused = response.status_code == 503 and "Retry-After" in response.headers
    return response.status_code in UNKNOWN and method not in repeated and not refused


def unanswered(
    error: Exception,
    *,
    service: str,
    method: str,
    operation: str,
    asked: str,
    timeout: float,
    repeated: frozenset[str] = IDEMPOTENT,
) -> BridgeError:
    """The error for a lost call: ``OutcomeUnknown`` if it may have been applied and must not be repeated blindly."""
    not_sent = isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)) or (
        "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
    )
    remedy = "Check the address, the network and proxy settings, then run again; completed changes are kept."
    if isinstance(error, requests.exceptions.SSLError):
        remedy = "The server's certificate is not trusted: set ca_path to the site's CA."
    elif isinstance(error, requests.exceptions.ReadTimeout) or "ReadTimeoutError" in repr(error):
        remedy = f"No response within {timeout} s: increase timeout if the service is usually that slow."
    lost = method not in repeated and not not_sent
    return (OutcomeUnknown if lost else BridgeError)(
        f"{asked}: no response from {service} to {operation}",
        kind="unavailable",
        service=service,
        operation=operation,
        words=root_cause(error),
        remedy=remedy,
    )
