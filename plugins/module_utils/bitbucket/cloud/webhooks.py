# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks of Bitbucket Cloud, of repositories and of workspaces.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-webhooks/
"""

from __future__ import annotations

from ...core.reconcile import Fields
from ...core.urls import segment
from ...http.answer import NOTHING
from ..client import place as path_of
from ..hooks import Webhooks
from ..place import Place

_FIELDS = "uuid,url,description,active,events,secret_set,skip_cert_verification,history_enabled,subject_type,created_at"
_SENT = ("url", "description", "active", "events", "secret", "skip_cert_verification", "history_enabled")


class CloudWebhooks(Webhooks):
    """With fields as the API has them."""

    title = "Bitbucket Cloud"
    # https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ (GET /2.0/hook_events/repository has the live list)
    events = frozenset(
        f"{subject}:{event}"
        for subject, events in {
            "repo": "push fork created deleted imported transfer updated commit_comment_created commit_status_created "
            "commit_status_updated",
            "pullrequest": "created updated push approved unapproved changes_request_created changes_request_removed "
            "fulfilled rejected comment_created comment_updated comment_deleted comment_resolved comment_reopened",
            "project": "updated",
            "pipeline": "span_created",
            "issue": "created updated comment_created",
        }.items()
        for event in events.split()
    )
    longest_secret = 128
    # Undocumented, but taken.
    optional = ("skip_cert_verification", "history_enabled")

    @classmethod
    def operations(cls, place: Place) -> dict[str, str]:
        owner = "repositories/{workspace}/{repo_slug}" if place.repository else "workspaces/{workspace}"
        hooks = f"/2.0/{owner}/hooks"
        return {"create": f"POST {hooks}", "update": f"PUT {hooks}/{{uid}}", "delete": f"DELETE {hooks}/{{uid}}"}

    @property
    def path(self) -> str:
        return f"{path_of(self.place.workspace, self.place.repository)}/hooks"

    def listing(self, asked: str) -> list[Fields]:
        return [_common(hook) for hook in self.client.listing(self.path, asked=asked, fields=_FIELDS)]

    def create(self, fields: Fields, asked: str) -> Fields:
        body = {name: fields[name] for name in _SENT if name in fields}
        return _common(self.client.json("POST", self.path, asked=asked, json=body))

    def update(self, hook: Fields, fields: Fields, asked: str) -> Fields:
        body = {name: fields[name] for name in _SENT if name in fields}
        return _common(self.client.json("PUT", self._one(hook), asked=asked, json=body))

    def delete(self, hook: Fields, asked: str) -> None:
        self.client.json("DELETE", self._one(hook), asked=asked, expects=NOTHING, accept=(404,))

    def _one(self, hook: Fields) -> str:
        return f"{self.path}/{segment(hook['id'])}"


def _common(hook: Fields) -> Fields:
    known = {name: hook[name] for name in _FIELDS.split(",") if name in hook}
    return {**known, "id": hook["uuid"]}
