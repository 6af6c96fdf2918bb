# SPDX-License-Identifier: GPL-3.0-or-later
"""A token bucket for each user: https://confluence.atlassian.com/bitbucketserver/improving-instance-stability-with-rate-limiting-976171954.html"""

from __future__ import annotations

import math
import threading

from ..clock import Clock


class RateLimits:
    """Off, as after an installation, until ``capacity`` is set; ``per_second`` is how fast a bucket fills again."""

    def __init__(self, clock: Clock) -> None:
        self.capacity: int | None = None
        self.per_second = 5.0
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # user → what is in the bucket, and when that was
        self._lock = threading.Lock()

    def take(self, user: str) -> dict[str, str] | None:
        """One request of a user's; the headers of the refusal if it is one too many."""
        if self.capacity is None:
            return None
        now = self._clock.now()
        with self._lock:
            level, since = self._buckets.get(user, (float(self.capacity), now))
            level = min(self.capacity, level + (now - since) * self.per_second)
            taken = level >= 1
            self._buckets[user] = (level - taken, now)
        if taken:
            return None
        return {
            "Retry-After": str(max(1, math.ceil((1 - level) / self.per_second))),
            "X-RateLimit-Limit": str(self.capacity),
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-FillRate": f"{self.per_second:g}",
            "X-RateLimit-Interval-Seconds": "1",
        }
