# SPDX-License-Identifier: GPL-3.0-or-later
"""What Upsun does in the background: one thing after the other in each project, each with its states and its log.

https://docs.upsun.com/integrations/activity/reference.html
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..git import GitError
from .model import Activity, Project

if TYPE_CHECKING:
    from .service import Upsun

Log = Callable[[str], None]
Work = Callable[[Log], None]
PENDING_SECONDS = 5.0


class Failed(Exception):
    """The activity ends with result ``failure``; the text is the last line of its log."""


@dataclass
class _Queue:
    waiting: deque[tuple[Activity, Work, Work | None]] = field(default_factory=deque)
    busy: bool = False
    due_at: float = 0.0


class Activities:
    """Starts, runs and ends activities. The work is done when the time of an activity is over, without any lock held:
    it calls other services, whose answers may take the sandbox's time on."""

    def __init__(self, service: Upsun) -> None:
        self.service = service
        self._queues: dict[str, _Queue] = {}

    def add(self, activity: Activity, work: Work, at_start: Work | None = None) -> Activity:
        """Put an activity at the end of its project's queue; ``at_start`` is done as soon as it is in progress."""
        project = activity.project
        with project.lock:
            project.activities.append(activity)
            queue = self._queues.setdefault(project.id, _Queue())
            queue.waiting.append((activity, work, at_start))
            if queue.busy:
                return activity
            queue.busy = True
        self._later(queue, PENDING_SECONDS, lambda: self._next(project))
        return activity

    def _later(self, queue: _Queue, seconds: float, work: Callable[[], None]) -> None:
        queue.due_at = self.service.clock.now() + seconds
        self.service.clock.soon(seconds, work)

    def _next(self, project: Project) -> None:
        with project.lock:
            queue = self._queues[project.id]
            while queue.waiting and queue.waiting[0][0].state == "cancelled":
                queue.waiting.popleft()
            if not queue.waiting:
                queue.busy = False
                return
            activity, work, at_start = queue.waiting.popleft()
            now = self.service.clock.datetime()
            activity.state, activity.started_at, activity.updated_at = "in_progress", now, now
        if at_start:
            self._attempt(activity, at_start)
        self._later(queue, activity.seconds, lambda: self._end(activity, work))

    def _end(self, activity: Activity, work: Work) -> None:
        failed = self._attempt(activity, work)
        with activity.project.lock:
            now = self.service.clock.datetime()
            activity.completed_at = activity.updated_at = now
            activity.state, activity.result = "complete", "failure" if failed else "success"
            activity.failure_reason = "error" if failed else None
        self._next(activity.project)

    def _attempt(self, activity: Activity, work: Work) -> bool:
        def log(line: str) -> None:
            activity.log.append((self.service.clock.datetime(), line + "\n"))

        try:
            work(log)
        except (Failed, GitError) as failure:
            log(f"E: {failure}")
            return True
        return False

    def cancel(self, activity: Activity) -> bool:
        """Only what has not begun can be cancelled."""
        with activity.project.lock:
            if activity.state != "pending":
                return False
            now = self.service.clock.datetime()
            activity.state, activity.cancelled_at, activity.updated_at = "cancelled", now, now
            activity.result = "failure"
        return True

    def percent(self, activity: Activity) -> int:
        """How far it is, by its time."""
        if activity.state in ("complete", "cancelled"):
            return 100
        if activity.started_at is None or not activity.seconds:
            return 0
        passed = self.service.clock.now() - activity.started_at.timestamp()
        return min(99, int(100 * passed / activity.seconds))

    def wait(self, project: Project, timeout: float = 60.0) -> None:
        """Let the sandbox's time pass until nothing is under way; when another thread is at it, really wait."""
        end, queue = time.monotonic() + timeout, self._queues.get(project.id, _Queue())
        while queue.busy:
            if time.monotonic() > end:
                raise TimeoutError("Activities are still under way")
            if self.service.clock.now() < queue.due_at:
                self.service.clock.advance(1.0)
            else:
                self.service.clock.settle()
                time.sleep(0.002)
