# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests per rolling hour. https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/"""

from __future__ import annotations

import threading
from collections import defaultdict, deque

from ..clock import Clock

HOUR = 3600.0


class RateLimits:
    """Counts requests by who and what for. The limits can be changed by a test at any time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[tuple[object, str], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()
        self.limits = {"api-repositories": 1000, "api-webhooks": 1000, "api-anonymous": 60}

    def take(self, who: object, resource: str) -> bool:
        """Count a request; False if it is one too many (then it is not counted)."""
        with self._lock:
            seen = self._fresh(who, resource)
            if len(seen) >= self.limits[resource]:
                return False
            seen.append(self._clock.now())
            return True

    def headers(self, who: object, resource: str) -> dict[str, str]:
        """The headers that access tokens (and nobody else) get. Cloud has no Remaining and no Reset."""
        with self._lock:
            near = len(self._fresh(who, resource)) >= 0.8 * self.limits[resource]
        return {
            "X-RateLimit-Limit": str(self.limits[resource]),
            "X-RateLimit-Resource": resource,
            "X-RateLimit-NearLimit": str(near).lower(),
        }

    def _fresh(self, who: object, resource: str) -> deque[float]:
        seen = self._seen[(who, resource)]
        while seen and seen[0] <= self._clock.now() - HOUR:
            seen.popleft()
        return seen
