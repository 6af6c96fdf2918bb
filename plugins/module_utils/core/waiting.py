# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a service to finish something, with progress for the one who watches and an end in any case."""

from __future__ import annotations

import time
import typing as t

from .errors import Overdue

T = t.TypeVar("T")

# Someone who watches hears of a wait when it begins to feel long, and then at this rhythm (seconds).
_PROGRESS_EVERY = 5.0


def wait_until(
    poll: t.Callable[[], T],
    done: t.Callable[[T], bool],
    *,
    what: str,
    describe: t.Callable[[T], str],
    progress: t.Callable[[str], None],
    timeout: float,
    interval: float,
    first: T | None = None,
    growth: float = 1.5,
) -> T:
    """Poll until ``done``; returns the last answer.

    ``timeout`` and ``interval`` are seconds of real time; the interval grows by half each time (``growth``), up to ten times
    itself. ``first`` is an answer the caller already has, so that what is finished costs no call.

    :raises Overdue: the time is over; the message has the last state, and the next run can go on from there.
    """
    began = told = time.monotonic()
    pause = interval
    state = poll() if first is None else first
    while not done(state):
        now = time.monotonic()
        if now - began >= timeout:
            error = Overdue(
                f"{what} was still {describe(state)} after {round(now - began)} s",
                kind="unavailable",
                remedy="Nothing is lost: run the task again to continue to wait, with a larger wait_timeout if this "
                "is usual here.",
            )
            error.state = state
            raise error
        if now - told >= _PROGRESS_EVERY:
            told = now
            progress(f"{what}: {describe(state)} ({round(now - began)} s)")
        time.sleep(pause)
        pause = min(pause * growth, interval * 10)
        state = poll()
    return state
