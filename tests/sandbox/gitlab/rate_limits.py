# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests per minute and caller, and the headers that tell. https://docs.gitlab.com/administration/settings/rate_limit_on_raw_endpoints/"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque

from ..clock import Clock

PERIOD = 60


class RateLimits:
    """GitLab.com's limit for authenticated API requests is 2,000 a minute; a test can set another one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()
        self.limit = 2000

    def take(self, who: str) -> tuple[bool, dict[str, str]]:
        """Count a request; whether it is within the limit, and the headers for its answer."""
        now = self._clock.now()
        with self._lock:
            seen = self._seen[who]
            while seen and seen[0] <= now - PERIOD:
                seen.popleft()
            seen.append(now)
            count, first = len(seen), seen[0]
        reset = int(first) + PERIOD
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Observed": str(count),
            "RateLimit-Remaining": str(max(0, self.limit - count)),
            "RateLimit-Reset": str(reset),
            "RateLimit-ResetTime": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(reset)),
        }
        if count > self.limit:
            headers["Retry-After"] = str(max(1, int(first + PERIOD - now)))
        return count <= self.limit, headers
