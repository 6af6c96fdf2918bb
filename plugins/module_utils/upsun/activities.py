# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activities of an integration: what Upsun does in the background after a change, and how it went.

Whether the webhook was really registered is told nowhere else. Sources:
https://docs.upsun.com/integrations/activity/reference.html and https://docs.upsun.com/api/ (Project Activity)
"""

from __future__ import annotations

import json
import typing as t

from ..core.errors import BridgeError
from ..core.reconcile import Fields
from ..http.answer import RAW
from .client import Upsun, place

# What a failure says in its last lines is what counts.
_LINES = 12
_OVER = ("complete", "cancelled", "staged")
_SHOWN = (
    "id",
    "type",
    "state",
    "result",
    "completion_percent",
    "failure_reason",
    "text",
    "created_at",
    "started_at",
    "completed_at",
)

REGISTRATION, FETCH = "register_hooks", "fetch"


def activities(client: Upsun, project: str, integration: str, count: int) -> list[Fields]:
    """The last activities, the newest first."""
    found = client.listing(
        place(project, "integrations", integration, "activities"),
        asked=f"List the activities of the integration of the project {project}",
        params={"count": count},
    )
    return sorted(found, key=lambda one: str(one.get("created_at") or ""), reverse=True)


def latest(found: list[Fields], what: str) -> Fields | None:
    """The newest activity of a kind: ``REGISTRATION`` or ``FETCH``, of whichever type of integration."""
    return next((one for one in found if str(one.get("type", "")).rpartition(".")[2] == what), None)


def over(activity: Fields) -> bool:
    """Whether nothing more will come of it, by the rules of the vendor's own command line."""
    return activity.get("state") in _OVER or (activity.get("completion_percent") or 0) >= 100


def failed(activity: Fields | None) -> bool:
    """Whether it is over and has not done what it was for."""
    return activity is not None and over(activity) and activity.get("result") == "failure"


def embedded(answer: Fields) -> list[Fields]:
    """The activities a change has started, by its answer."""
    return [one for one in (answer.get("_embedded") or {}).get("activities") or () if isinstance(one, dict)]


def shown(activity: Fields, log: str | None = None) -> Fields:
    """What of an activity is returned."""
    out = {name: activity.get(name) for name in _SHOWN}
    return out if log is None else {**out, "log": log}


def log_of(client: Upsun, activity: Fields) -> str:
    """The last lines of an activity's log, without its time stamps.

    It comes as lines of JSON, ``{"data": {"message": …}}``, and ends with ``{"seal": true}``.
    """
    text = activity.get("log")
    href = ((activity.get("_links") or {}).get("log") or {}).get("href")
    if not text and href:
        try:
            asked = f"Read the log of the activity {activity.get('id')}"
            text = client.call("GET", client.reachable(href), asked=asked, expects=RAW).text
        except BridgeError:  # what it was to explain matters more than that it can't be read
            return ""
    return "\n".join(list(_messages(text or ""))[-_LINES:])


def _messages(text: str) -> t.Iterator[str]:
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            entry = line
        message = (entry.get("data") or {}).get("message") if isinstance(entry, dict) else str(entry)
        if message and message.strip():
            yield message.rstrip()
