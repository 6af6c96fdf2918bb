# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's own time: it passes with every request and on demand, so that no test has to sleep."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from .git import GitError


class Clock:
    """Virtual time in seconds since the epoch, and the work that falls due as it passes.

    Time is the real time plus everything added by ``advance`` plus ``tick_seconds`` for every request served, so that
    a client that polls sees states change after the same number of requests in every run.
    """

    def __init__(self, tick_seconds: float = 5.0) -> None:
        self.tick_seconds = tick_seconds
        self._added = 0.0
        self._lock = threading.RLock()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._stopped = False

    def now(self) -> float:
        """The sandbox's time, in seconds since the epoch."""
        return time.time() + self._added

    def datetime(self) -> datetime:
        """The sandbox's time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, seconds: float) -> None:
        """Let time pass, then do everything that has fallen due."""
        with self._lock:
            self._added += seconds
        self.settle()

    def tick(self) -> None:
        """One request's worth of time."""
        self.advance(self.tick_seconds)

    def after(self, seconds: float, work: Callable[[], None]) -> None:
        """Do ``work`` once ``seconds`` of the sandbox's time have passed (at the next request or advance)."""
        with self._lock:
            if self._stopped:
                return
            heapq.heappush(self._due, (self.now() + seconds, next(self._order), work))

    def stop(self) -> None:
        """Nothing falls due any more: the services are about to go."""
        with self._lock:
            self._stopped = True
            self._due.clear()

    def soon(self, seconds: float, work: Callable[[], None]) -> None:
        """As ``after``, but in real time as well: also where nobody asks for anything meanwhile."""
        self.after(seconds, work)

        def nudge() -> None:
            try:
                self.settle()
            except (OSError, GitError):  # the sandbox is gone meanwhile, its files with it
                pass

        timer = threading.Timer(seconds + 0.1, nudge)
        timer.daemon = True
        timer.start()

    def settle(self) -> None:
        """Do what has fallen due, in order. The work runs without the clock's lock held."""
        while True:
            with self._lock:
                if not self._due or self._due[0][0] > self.now():
                    return
                work = heapq.heappop(self._due)[2]
            work()
