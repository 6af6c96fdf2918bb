# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP sessions by the collection's rules: what is retried, which redirects are followed, how long and how large an answer is.

A call that was refused for the moment (429, 503 with Retry-After) was not applied and is repeated whatever it is. A call that
changes nothing (GET, HEAD) or that gives the same when repeated (PUT, DELETE) is also repeated on lost connections and on 502,
503 and 504.
"""

from __future__ import annotations

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
# Answers of a gateway, or of a service that is being restarted: the call may have been applied.
UNKNOWN = frozenset((502, 503, 504))
_MOST_REDIRECTS = 5

# A service that wants to be left alone for longer than this (seconds) gets a clear error instead of a silent wait.
_LONGEST_RETRY_AFTER = 60.0
_LONGEST_PAUSE = 20.0


class BoundedAdapter(Bounded, HTTPAdapter):
    """requests' adapter with a deadline for each answer and a bound on its size."""

    timeout_error = _ReadTimeout


class Session(_Session):
    """A session that sends nothing on: a read follows a redirect within the same origin, all else gets the 3xx itself."""

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

    @classmethod
    def of(cls, params: dict[str, t.Any]) -> Transport:
        """As the options say that every module has."""
        return cls(**{name: params[name] for name in TRANSPORT.options})

    def session(self, repeated: frozenset[str] = IDEMPOTENT) -> requests.Session:
        """A session with these rules, for the methods that may be repeated.

        Proxies and CA bundles of the environment count, as with every requests client.
        """
        session = Session()
        session.max_redirects = _MOST_REDIRECTS
        # Those that bounded.py can bound; requests would add what happens to be installed.
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
        """Seconds between the retries of a call that the service refused in words of its own, as long as there are any."""
        for attempt in range(self.max_retries):
            yield min(0.5 * 2**attempt, _LONGEST_PAUSE)

    def adapter(self, retry: ServiceRetry) -> HTTPAdapter:
        """What carries the calls: TCP, unless a subclass knows another way."""
        return BoundedAdapter(max_retries=retry)
