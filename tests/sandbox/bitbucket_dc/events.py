# SPDX-License-Identifier: GPL-3.0-or-later
"""The events webhooks can subscribe to. https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html"""

from __future__ import annotations

REPOSITORY = (
    "repo:refs_changed",
    "repo:modified",
    "repo:forked",
    "repo:comment:added",
    "repo:comment:edited",
    "repo:comment:deleted",
    "repo:secret_detected",
    "mirror:repo_synchronized",
    "pr:opened",
    "pr:from_ref_updated",
    "pr:to_ref_updated",
    "pr:modified",
    "pr:reviewer:updated",
    "pr:reviewer:approved",
    "pr:reviewer:unapproved",
    "pr:reviewer:changes_requested",
    "pr:merged",
    "pr:declined",
    "pr:deleted",
    "pr:comment:added",
    "pr:comment:edited",
    "pr:comment:deleted",
)
PROJECT = (*REPOSITORY, "project:modified")
PING = "diagnostics:ping"
