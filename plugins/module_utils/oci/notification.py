# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications (ONS): topics.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/notification/20181201/NotificationTopic
"""

from __future__ import annotations

import typing as t

from ..core.reconcile import Fields
from .resource import OciResource, oci_spec


class Topic(OciResource):
    """A notification topic. Names are unique in the tenancy and can't be changed; the id is called ``topic_id``."""

    module = "oci_notification_topic"
    spec = oci_spec(required=("name", "compartment_id"), clearable=("description",))
    operations = {"create": "CreateTopic", "update": "UpdateTopic", "delete": "DeleteTopic"}
    client_of = ("ons", "NotificationControlPlaneClient")
    noun = "notification topic"
    kind = "topic"
    permission = "manage ons-topics"

    def read(self) -> Fields | None:
        topics = self.listing(self.client.list_topics, self.params["compartment_id"], name=self.name)
        found = self.find([_with_id(topic) for topic in topics])
        return found and self.wait(lambda: self.fetch(found["id"]), first=found)

    def ident(self, data: t.Any) -> str:
        return str(data.topic_id)

    def body(self, fields: Fields, current: Fields | None = None) -> Fields:
        """The service takes no update without a description."""
        return super().body({"description": current["description"] or "", **fields} if current else fields)

    def fetch(self, ident: str) -> Fields:
        return _with_id(super().fetch(ident))


def _with_id(topic: Fields) -> Fields:
    return {"id": topic["topic_id"], **topic}
