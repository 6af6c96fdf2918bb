# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications (ONS): topics.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/notification/20181201/NotificationTopic
"""

from __future__ import annotations

from ..core.reconcile import Fields
from .resource import OciResource, oci_spec
from .session import wire


class Topic(OciResource):
    """A notification topic. Names are unique in the tenancy and can't be changed; the id is called ``topic_id``."""

    module = "oci_notification_topic"
    spec = oci_spec(required=("name", "compartment_id"), clearable=("description",))
    identity = ("name", "compartment_id")
    operations = {"create": "CreateTopic", "update": "UpdateTopic", "delete": "DeleteTopic"}
    client_of = ("ons", "NotificationControlPlaneClient")
    noun = "notification topic"
    permission = "manage ons-topics"

    def read(self) -> Fields | None:
        topics = self.listing(self.client.list_topics, self.params["compartment_id"], name=self.name)
        found = self.find([_with_id(topic) for topic in topics])
        return found and self.wait(lambda: self._get(found["id"]), first=found)

    def create(self, desired: Fields) -> Fields:
        return self.create_and_wait(
            self.client.create_topic, wire(desired), self._get, ident=lambda data: str(data.topic_id)
        )

    def update(self, current: Fields, changes: Fields) -> Fields:
        # The service takes no update without a description.
        body = {"description": current["description"] or "", **changes}
        self.call(self.client.update_topic, current["id"], wire(body), verb="Update")
        return self.wait(lambda: self._get(current["id"]))

    def delete(self, current: Fields) -> None:
        self.call(self.client.delete_topic, current["id"], verb="Delete")

    def _get(self, topic_id: str) -> Fields:
        return _with_id(self.getting(self.client.get_topic, topic_id))


def _with_id(topic: Fields) -> Fields:
    return {"id": topic["topic_id"], **topic}
