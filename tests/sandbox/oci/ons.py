# SPDX-License-Identifier: GPL-3.0-or-later
"""Notifications: topics. https://docs.oracle.com/en-us/iaas/api/#/en/notification/20181201/"""

from __future__ import annotations

import re

from flask import Response, g, request

from .area import Area, route
from .store import Resource
from .wire import OciError, etag, invalid

TOPIC_SECONDS = 5


class Topics(Area):
    """Topics. Their id is ``topicId``, their body carries the etag, an update always needs the description."""

    name = "ons"
    prefix = "/20181201"
    models = "ons"
    max_limit = 50

    def _show(self, topic: Resource, status: int = 200) -> Response:
        answer = self.show("NotificationTopic", {**topic, "etag": etag(topic)}, status)
        answer.headers["etag"] = etag(topic)  # what if-match takes; the body's own etag is no part of it
        g.touched = topic
        return answer

    @route("POST", "/topics")
    def create_topic(self) -> Response:
        body = self.body("CreateTopicDetails")
        self.compartment(body["compartmentId"])
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", body["name"]):
            raise invalid("name may have letters, digits, - and _ only, at most 256")
        if any(topic["name"] == body["name"] for topic in self.store.shown("topic")):
            raise OciError(409, "Conflict", f"Topic with name {body['name']} already exists in the tenancy.")
        topic = self.new("onstopic", body, "CREATING", apiEndpoint=self.oci.url, shortTopicId=self.store.unique(12))
        topic["topicId"] = topic.pop("id")
        self.store.add("topic", topic, "topicId")
        self.become(topic, "CREATING", "ACTIVE", TOPIC_SECONDS)
        return self._show(topic, 201)

    @route("GET", "/topics/<topic_id>")
    def get_topic(self, topic_id: str) -> Response:
        return self._show(self.need("topic", topic_id))

    @route("GET", "/topics")
    def list_topics(self) -> Response:
        self.compartment(request.args.get("compartmentId"))
        found = self.filtered("topic", id="topicId", name="name", lifecycleState="lifecycleState")
        return self.show_list("NotificationTopicSummary", [{**topic, "etag": etag(topic)} for topic in found])

    @route("PUT", "/topics/<topic_id>")
    def update_topic(self, topic_id: str) -> Response:
        body = self.body("TopicAttributesDetails")
        topic = self.need("topic", topic_id)
        self.require(topic, "ACTIVE")
        self.apply(topic, body)
        return self._show(topic)

    @route("DELETE", "/topics/<topic_id>")
    def delete_topic(self, topic_id: str) -> Response:
        topic = self.need("topic", topic_id)
        self.require(topic, "ACTIVE")
        topic["lifecycleState"] = "DELETING"
        self.oci.later(TOPIC_SECONDS, lambda: topic.update(_gone=True))
        return self.done()

    @route("POST", "/topics/<topic_id>/actions/changeCompartment")
    def change_topic_compartment(self, topic_id: str) -> Response:
        body = self.body("ChangeCompartmentDetails")
        topic = self.need("topic", topic_id)
        topic["compartmentId"] = self.compartment(body["compartmentId"])
        return self.done()
