# SPDX-License-Identifier: GPL-3.0-or-later
"""The events webhooks can subscribe to. https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/"""

from __future__ import annotations

_NAMES = {
    "repo": (
        "push",
        "fork",
        "created",
        "deleted",
        "imported",
        "transfer",
        "updated",
        "commit_comment_created",
        "commit_status_created",
        "commit_status_updated",
    ),
    "pullrequest": (
        "created",
        "updated",
        "push",
        "approved",
        "unapproved",
        "changes_request_created",
        "changes_request_removed",
        "fulfilled",
        "rejected",
        "comment_created",
        "comment_updated",
        "comment_deleted",
        "comment_resolved",
        "comment_reopened",
    ),
    "issue": ("created", "updated", "comment_created"),  # the tracker is gone, its events are still accepted
    "pipeline": ("span_created",),
    "project": ("updated",),
}
_CATEGORIES = {"repo": "Repository", "pullrequest": "Pull Request"}

WORKSPACE = tuple(f"{subject}:{name}" for subject, names in _NAMES.items() for name in names)
REPOSITORY = tuple(event for event in WORKSPACE if event != "project:updated")
BY_SUBJECT = {"repository": REPOSITORY, "workspace": WORKSPACE}


def describe(event: str) -> dict[str, str]:
    """An entry of ``/hook_events``."""
    subject, _, name = event.partition(":")
    label = name.replace("_", " ").capitalize()
    category = _CATEGORIES.get(subject, subject.capitalize())
    return {"event": event, "category": category, "label": label, "description": f"{category}: {label.lower()}"}
