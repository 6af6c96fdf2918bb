# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks of Bitbucket Data Center, of repositories and of projects.

Sources: https://developer.atlassian.com/server/bitbucket/rest/ (webhooks),
https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ...core.errors import BridgeError, InvalidInput
from ...core.reconcile import Fields
from ...core.urls import segment
from ...http.answer import NOTHING
from ..hooks import Webhooks
from ..place import Place
from .client import TITLE, path_of, stamp

# What Cloud calls otherwise. An update of a pull request is one event there and two here.
_OF_CLOUD = {
    "repo:push": ("repo:refs_changed",),
    "repo:fork": ("repo:forked",),
    "repo:updated": ("repo:modified",),
    "repo:commit_comment_created": ("repo:comment:added",),
    "pullrequest:created": ("pr:opened",),
    "pullrequest:updated": ("pr:modified", "pr:from_ref_updated"),
    "pullrequest:push": ("pr:from_ref_updated",),
    "pullrequest:approved": ("pr:reviewer:approved",),
    "pullrequest:unapproved": ("pr:reviewer:unapproved",),
    "pullrequest:changes_request_created": ("pr:reviewer:changes_requested",),
    "pullrequest:changes_request_removed": ("pr:reviewer:unapproved",),
    "pullrequest:fulfilled": ("pr:merged",),
    "pullrequest:rejected": ("pr:declined",),
    "pullrequest:comment_created": ("pr:comment:added",),
    "pullrequest:comment_updated": ("pr:comment:edited",),
    "pullrequest:comment_deleted": ("pr:comment:deleted",),
    "project:updated": ("project:modified",),
}
_ONLY_CLOUD = frozenset(
    f"{subject}:{event}"
    for subject, events in {
        "repo": "created deleted imported transfer commit_status_created commit_status_updated",
        "pullrequest": "comment_resolved comment_reopened",
        "pipeline": "span_created",
        "issue": "created updated comment_created",
    }.items()
    for event in events.split()
)


class DataCenterWebhooks(Webhooks):
    """What Cloud calls description is the name here; the secret is in the configuration."""

    title = TITLE
    events = frozenset(
        f"{subject}:{event}"
        for subject, events in {
            "repo": "refs_changed modified forked comment:added comment:edited comment:deleted secret_detected",
            "mirror": "repo_synchronized",
            "pr": "opened from_ref_updated to_ref_updated modified reviewer:updated reviewer:approved reviewer:unapproved "
            "reviewer:changes_requested merged declined deleted comment:added comment:edited comment:deleted",
            "project": "modified",
        }.items()
        for event in events.split()
    )
    unsupported = ("history_enabled",)
    # PUT replaces all of it, the configuration with the secret in it too.
    keeps_secret = False
    optional = ("skip_cert_verification",)

    @classmethod
    def operations(cls, place: Place) -> dict[str, str]:
        below = "/repos/{repositorySlug}" if place.repository else ""
        hooks = f"/rest/api/latest/projects/{{projectKey}}{below}/webhooks"
        return {
            "create": f"POST {hooks}",
            "update": f"PUT {hooks}/{{webhookId}}",
            "delete": f"DELETE {hooks}/{{webhookId}}",
        }

    @classmethod
    def native(cls, events: t.Iterable[str]) -> list[str]:
        foreign = sorted(set(events) & _ONLY_CLOUD)
        if foreign:
            raise InvalidInput(f"{TITLE} has no event like Cloud's {', '.join(foreign)}", remedy="Omit it.")
        return sorted({own for event in events for own in _OF_CLOUD.get(event, (event,))})

    @classmethod
    def unnamed(cls, url: str) -> str:
        return urlsplit(url).hostname or "webhook"

    @property
    def path(self) -> str:
        return f"{path_of(self.place)}/webhooks"

    def listing(self, asked: str) -> list[Fields]:
        scope = "repository" if self.place.repository else "project"
        found = self.client.listing(self.path, asked=asked)
        # A repository's list may have the hooks of its project in it, which are not its own.
        return [_common(hook) for hook in found if str(hook.get("scopeType") or scope).lower() == scope]

    def create(self, fields: Fields, asked: str) -> Fields:
        body = _body({"skip_cert_verification": False, **fields})
        return _common(self.client.json("POST", self.path, asked=asked, json=body))

    def update(self, hook: Fields, fields: Fields, asked: str) -> Fields:
        credentials = hook.get("credentials") or {}
        if credentials.get("username") and not credentials.get("password"):
            raise BridgeError(
                f"{asked}: it logs in as {credentials['username']}; Data Center replaces the complete webhook but does "
                "not return the password",
                kind="conflict",
                remedy="Change it manually, or delete it so that the next run recreates it.",
            )
        skip = fields.get("skip_cert_verification", hook["skip_cert_verification"])
        body = _body({**fields, "skip_cert_verification": skip})
        body.update({"credentials": credentials} if credentials else {})
        return _common(self.client.json("PUT", self._one(hook), asked=asked, json=body))

    def delete(self, hook: Fields, asked: str) -> None:
        self.client.json("DELETE", self._one(hook), asked=asked, expects=NOTHING, accept=(404,))

    def _one(self, hook: Fields) -> str:
        return f"{self.path}/{segment(hook['id'])}"


def _body(fields: Fields) -> Fields:
    """No configuration where there is no secret: an empty one is answered with 500."""
    secret = fields.get("secret")
    return {
        "name": fields["description"],
        "url": fields["url"],
        "active": fields["active"],
        "events": fields["events"],
        "sslVerificationRequired": not fields["skip_cert_verification"],
        **({"configuration": {"secret": secret}} if secret else {}),
    }


def _common(hook: Fields) -> Fields:
    """Older versions tell the secret, newer ones not even whether there is one."""
    secret = (hook.get("configuration") or {}).get("secret") or None
    masked = not set(secret or "") - {"*", "•"}
    return {
        "id": str(hook["id"]),
        "url": hook["url"],
        "description": hook.get("name"),
        "active": hook.get("active", True),
        "events": hook.get("events") or [],
        "secret": None if masked else secret,
        "secret_set": True if secret else None,
        "skip_cert_verification": not hook.get("sslVerificationRequired", True),
        "created_at": stamp(hook.get("createdDate")),
        "credentials": hook.get("credentials"),
    }
