# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one JSON-over-HTTP client, on requests: retries, rate limits, paging, errors, redaction.

What it retries and what not: a call that changes nothing (GET, HEAD) or that gives the same when repeated (PUT, DELETE)
is retried on lost connections and on 429, 502, 503 and 504. A POST is retried only where it surely was not applied
(no connection, 429); when its answer is lost, ``OutcomeUnknown`` is raised and the caller reads before it repeats.
"""

from __future__ import annotations

import typing as t
from urllib.parse import urljoin, urlsplit

from .errors import BridgeError, OutcomeUnknown, kind_of_status, outage_remedy, root_cause
from .redact import Redactor

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import SSLError
    from urllib3.util.retry import Retry
except ImportError:  # named by the module before the first call (Operation.requires)
    HTTPAdapter = Retry = SSLError = object  # type: ignore[assignment,misc]

_READING = frozenset(("GET", "HEAD", "OPTIONS"))
IDEMPOTENT = _READING | {"PUT", "DELETE"}
_RETRIED = frozenset((429, 502, 503, 504))

# So many answers to a call that does no harm when it is repeated may be lost.
_LOST_ANSWERS = 3

# A service that wants to be left alone for longer than this (seconds) gets a clear error instead of a silent wait.
_LONGEST_RETRY_AFTER = 60.0
_LONGEST_PAUSE = 20.0


class ServiceRetry(Retry):
    """urllib3's Retry with the rules above."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        if self.total == 0:
            return False
        return status_code == 429 or (status_code in _RETRIED and method.upper() in (self.allowed_methods or ()))

    def increment(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The next state; with no retry left where one would not help."""
        response = kwargs.get("response")
        too_long = response is not None and (self.get_retry_after(response) or 0) > _LONGEST_RETRY_AFTER
        if too_long or isinstance(kwargs.get("error"), SSLError):
            return super(ServiceRetry, self.new(total=0)).increment(*args, **kwargs)
        return super().increment(*args, **kwargs)


class Transport:
    """How a service wants to be spoken to; made from a task's options."""

    def __init__(
        self,
        *,
        timeout: float = 30,
        max_retries: int = 4,
        validate_certs: bool = True,
        ca_path: str | None = None,
    ) -> None:
        self.timeout = timeout
        self.max_retries = max_retries
        self.verify: bool | str = (ca_path or True) if validate_certs else False

    def session(self, repeated: frozenset[str] = IDEMPOTENT) -> requests.Session:
        """A session with these rules, for the methods that may be repeated.

        Proxies and CA bundles of the environment count, as with every requests client.
        """
        session = requests.Session()
        adapter = self.adapter(
            ServiceRetry(
                total=self.max_retries,
                backoff_factor=0.5,
                backoff_jitter=0.5,
                backoff_max=_LONGEST_PAUSE,
                allowed_methods=repeated,
                respect_retry_after_header=True,
                raise_on_status=False,
            )
        )
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def adapter(self, retry: ServiceRetry) -> HTTPAdapter:
        """What carries the calls: TCP, unless a subclass knows another way."""
        return HTTPAdapter(max_retries=retry)


class JsonClient:
    """Calls one service. Subclasses know the service: its name, how it words its errors, how it pages."""

    service = "the service"

    def __init__(self, base_url: str, transport: Transport, redactor: Redactor) -> None:
        self.base_url = base_url.rstrip("/")
        self.redactor = redactor
        self._transport = transport
        self._session: requests.Session | None = None
        self._once: requests.Session | None = None

    @property
    def session(self) -> requests.Session:
        """Opened with the first call, so never before the controller has forked."""
        if self._session is None:
            self._session = self._introduced(self._transport.session())
        return self._session

    @property
    def once(self) -> requests.Session:
        """A session that repeats nothing but what surely was not applied."""
        if self._once is None:
            self._once = self._introduced(self._transport.session(_READING))
        return self._once

    @staticmethod
    def _introduced(session: requests.Session) -> requests.Session:
        session.headers.update({"User-Agent": "repobridge.bitbucket", "Accept": "application/json"})
        return session

    def authorize(self) -> t.Any:
        """What goes into ``requests``' ``auth``: a (user, password) pair or a callable."""
        return None

    def words(self, response: requests.Response) -> tuple[str | None, str]:
        """The service's own error code and message in an answer."""
        return None, response.text[:500]

    def remedy(self, response: requests.Response) -> str | None:
        """What the operator can do about that answer."""
        return None

    def request_id(self, response: requests.Response) -> str | None:
        """The id under which the service's support finds the call."""
        return response.headers.get("X-Request-UUID") or response.headers.get("X-Request-Id")

    def url(self, path: str) -> str:
        """The address of ``path``; an absolute one must lie below the service's own (it gets the credentials)."""
        if "://" not in path:
            return f"{self.base_url}/{path.lstrip('/')}"
        wanted, own = urlsplit(path), urlsplit(self.base_url)
        if (wanted.scheme, wanted.netloc) != (own.scheme, own.netloc):
            raise BridgeError(
                f"{self.service} sent a link to {wanted.netloc}, and credentials go to {own.netloc} only",
                remedy="Check the API URL in the task's options; behind a proxy that rewrites addresses use the public one.",
            )
        return urljoin(self.base_url, path)

    def call(
        self,
        method: str,
        path: str,
        *,
        asked: str,
        accept: t.Container[int] = (),
        once: bool = False,
        **options: t.Any,
    ) -> requests.Response:
        """One call. ``asked`` is its purpose, for the error; ``accept`` are error statuses the caller expects.

        ``once``: it makes another thing each time, although its method says otherwise, and is treated as a POST.
        ``options`` go to ``requests`` (``json``, ``params``, ``data`` …); ``timeout`` is for a call that may take longer.

        :raises OutcomeUnknown: the call may or may not have been applied.
        :raises BridgeError: anything else that is not an answer below 400 or in ``accept``.
        """
        url = self.url(path)
        operation = f"{method} {urlsplit(url).path}"
        if "auth" not in options:  # who signs in does it with a call of its own
            options["auth"] = self.authorize()
        # With the call and not in the session, or requests would prefer a CA bundle named in the environment.
        options.setdefault("verify", self._transport.verify)
        timeout = options.pop("timeout", self._transport.timeout)
        repeated = _READING if once else IDEMPOTENT
        session = self.once if once else self.session
        try:
            response = session.request(method, url, timeout=(min(10.0, timeout), timeout), **options)
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
        if response.status_code >= 400 and response.status_code not in accept:
            raise self.error(response, operation, asked)
        return response

    def repeatable(self, method: str, path: str, **options: t.Any) -> requests.Response:
        """A POST that does no harm when it is made twice (a token, a check): asked again when its answer is lost."""
        for _attempt in range(_LOST_ANSWERS - 1):
            try:
                return self.call(method, path, **options)
            except OutcomeUnknown:
                pass
        return self.call(method, path, **options)

    def error(self, response: requests.Response, operation: str, asked: str) -> BridgeError:
        """The error an answer stands for."""
        code, words = self.words(response)
        return BridgeError(
            asked,
            kind=kind_of_status(response.status_code),
            service=self.service,
            operation=operation,
            status=response.status_code,
            code=code,
            words=words or response.reason,
            request_id=self.request_id(response),
            remedy=self.remedy(response) or (outage_remedy(self.service) if response.status_code >= 500 else None),
        )


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
    """The error a lost call stands for: ``OutcomeUnknown`` if it may have been applied and must not be repeated blindly."""
    not_sent = isinstance(error, (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError)) or (
        "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)
    )
    remedy = "Check the address, the network and proxy settings, then run again: what was done is found and kept."
    if isinstance(error, requests.exceptions.SSLError):
        remedy = "The server's certificate is not trusted: give the site's CA with ca_path."
    elif isinstance(error, requests.exceptions.ReadTimeout) or "ReadTimeoutError" in repr(error):
        remedy = f"No answer within {timeout} s: raise timeout if the service is usually that slow."
    lost = method not in repeated and not not_sent
    return (OutcomeUnknown if lost else BridgeError)(
        f"{asked}: no answer from {service} to {operation}",
        kind="unavailable",
        service=service,
        operation=operation,
        words=root_cause(error),
        remedy=remedy,
    )
