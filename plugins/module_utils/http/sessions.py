# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP sessions with the collection's rules for retries, redirects, and the time and size of a response.

A request that was rejected temporarily (429, 503 with Retry-After) was not applied and is always repeated. A request that
changes nothing (GET, HEAD) or is idempotent (PUT, DELETE) is also repeated after lost connections and after 502, 503 and 504.
"""

from __future__ import annotations

import contextlib
import threading
import typing as t
from urllib.parse import urljoin

from ..core.urls import origin
from .bounded import Bounded
from .transport import TRANSPORT

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import SSLError
    from urllib3.util.retry import Retry

    _Session = requests.Session
    _ReadTimeout: type[Exception] = requests.exceptions.ReadTimeout
except ImportError:  # named by the module before the first call (Operation.requires)
    HTTPAdapter = Retry = SSLError = _Session = object  # type: ignore[assignment,misc]
    _ReadTimeout = Exception

READING = frozenset(("GET", "HEAD", "OPTIONS"))
IDEMPOTENT = READING | {"PUT", "DELETE"}
# Responses of a gateway, or of a service that is being restarted: the call may have been applied.
UNKNOWN = frozenset((502, 503, 504))
_MOST_REDIRECTS = 5
# Servers to which shared connections are kept open.
_MOST_SERVERS = 32

# If a service requests a longer pause than this (seconds), the call fails with an error instead of a silent wait.
_LONGEST_RETRY_AFTER = 60.0
_LONGEST_PAUSE = 20.0


class BoundedAdapter(Bounded, HTTPAdapter):
    """requests' adapter with a deadline and a size limit for each response."""

    timeout_error = _ReadTimeout


class Session(_Session):
    """A session that follows a redirect only for a read within the same origin; other requests return the 3xx
    itself."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        reads = resp.request.method in ("GET", "HEAD")
        if not target or not reads or origin(urljoin(resp.url, target)) != origin(resp.url):
            return None
        return target


class ServiceRetry(Retry):
    """urllib3's Retry with the rules above."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        if self.total == 0:
            return False
        if status_code == 429 or (status_code == 503 and has_retry_after):
            return True
        return status_code in UNKNOWN and method.upper() in (self.allowed_methods or ())

    def increment(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """The next state; without further retries if they are useless."""
        response = kwargs.get("response")
        too_long = response is not None and (self.get_retry_after(response) or 0) > _LONGEST_RETRY_AFTER
        if too_long or isinstance(kwargs.get("error"), SSLError):
            return super(ServiceRetry, self.new(total=0)).increment(*args, **kwargs)
        return super().increment(*args, **kwargs)


class Transport:
    """The rules of the requests to a service; created from a task's options."""

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

    @classmethod
    def of(cls, params: dict[str, t.Any]) -> Transport:
        """As the options say that every module has."""
        return cls(**{name: params[name] for name in TRANSPORT.options})

    def session(self, repeated: frozenset[str] = IDEMPOTENT) -> requests.Session:
        """A session with these rules, for the methods that may be repeated.

        Proxies and CA bundles of the environment apply, as in every requests client.
        """
        session = Session()
        session.max_redirects = _MOST_REDIRECTS
        # The encodings that bounded.py can limit; requests would add others that are installed.
        session.headers["Accept-Encoding"] = "gzip, deflate"
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

    def pauses(self) -> t.Iterator[float]:
        """Seconds between the retries of a call that the service itself rejected, until no retry remains."""
        for attempt in range(self.max_retries):
            yield min(0.5 * 2**attempt, _LONGEST_PAUSE)

    def adapter(self, retry: ServiceRetry) -> HTTPAdapter:
        """The transport of the calls: TCP, unless a subclass implements another one."""
        return _SHARED.adapter(retry)


class _Shared:
    """Connections that several sessions of this process use, as long as somebody has asked for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._size = 0
        self._adapters: dict[t.Any, HTTPAdapter] = {}

    def adapter(self, retry: ServiceRetry) -> HTTPAdapter:
        with self._lock:
            if not self._size:
                return BoundedAdapter(max_retries=retry)
            rules = (retry.total, retry.allowed_methods)
            if rules not in self._adapters:
                self._adapters[rules] = BoundedAdapter(_MOST_SERVERS, self._size, retry)
            return self._adapters[rules]

    @contextlib.contextmanager
    def using(self, threads: int) -> t.Iterator[None]:
        with self._lock:
            self._size = threads
        try:
            yield
        finally:
            with self._lock:
                adapters, self._size, self._adapters = list(self._adapters.values()), 0, {}
            for adapter in adapters:
                adapter.close()


_SHARED = _Shared()


def shared_connections(threads: int) -> contextlib.AbstractContextManager[None]:
    """Sessions that are made meanwhile use the same connections, in up to so many threads.

    urllib3 keeps them apart by origin, proxy and TLS settings. All else belongs to the session, which is one task's own: the
    credential, which is sent with each request, and cookies.
    """
    return _SHARED.using(threads)
