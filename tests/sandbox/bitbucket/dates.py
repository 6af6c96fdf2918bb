# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as Bitbucket Cloud writes them: not everywhere with the same precision."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """What Bitbucket itself has the time of."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def nanoseconds(moment: datetime) -> str:
    """The one of webhooks, which strptime's %f does not take."""
    return f"{stamp(moment).removesuffix('+00:00')}000Z"


def seconds(date: str) -> str:
    """A time of git's has no fraction."""
    return datetime.fromisoformat(date).astimezone(UTC).isoformat(timespec="seconds")
