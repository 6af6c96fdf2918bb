# SPDX-License-Identifier: GPL-3.0-or-later
"""Deliveries to webhooks: tried once, counted, and left out while a receiver is unhealthy.

https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html; the circuit breaker has the defaults of
https://confluence.atlassian.com/bitbucketserver/configuration-properties-776640155.html (``plugin.webhooks.backoff``)
"""

from __future__ import annotations

import base64
import itertools
import uuid
from typing import Any

from ..clock import Clock
from ..delivery import Courier, Delivery
from .events import PING
from .model import Invocation, Webhook

TRIGGER, INITIAL_SECONDS, MULTIPLIER, MAXIMUM_SECONDS = 5, 30, 2, 7200


class Hooks:
    """Sends, and keeps the books."""

    def __init__(self, courier: Courier, clock: Clock) -> None:
        self._courier = courier
        self._clock = clock
        self._numbers = itertools.count(1)

    def send(self, hook: Webhook, event: str, payload: dict[str, Any]) -> None:
        delivery = _delivery(hook.url, event, payload, hook.credentials)
        if hook.secret:
            delivery.sign(hook.secret)
        started = self._clock.datetime()
        delivery.dropped = self._clock.now() < hook.skip_until
        if delivery.dropped:
            hook.invocations.append(
                Invocation(next(self._numbers), event, "ERROR", "Webhook is unhealthy", started, started, hook.url)
            )

        def booked(ended: Delivery) -> None:
            invocation = self._invocation(ended, started)
            hook.invocations.append(invocation)
            hook.failures = 0 if invocation.outcome == "SUCCESS" else hook.failures + 1
            if hook.failures >= TRIGGER:
                pause = min(INITIAL_SECONDS * MULTIPLIER ** (hook.failures - TRIGGER), MAXIMUM_SECONDS)
                hook.skip_until = self._clock.now() + pause

        self._courier.send(delivery, booked)

    def ping(self, url: str, credentials: dict[str, str] | None) -> tuple[Delivery, Invocation]:
        """The test of a connection: at once, and never signed, whatever secret there is."""
        delivery, started = _delivery(url, PING, {"test": True}, credentials), self._clock.datetime()
        self._courier.attempt(delivery)
        return delivery, self._invocation(delivery, started)

    def _invocation(self, delivery: Delivery, started: Any) -> Invocation:
        attempt = delivery.attempts[-1]
        outcome = "ERROR" if attempt.status is None else "SUCCESS" if attempt.status < 400 else "FAILURE"
        words = attempt.error or str(attempt.status)
        now = self._clock.datetime()
        return Invocation(next(self._numbers), delivery.event, outcome, words, started, now, delivery.url)


def _delivery(url: str, event: str, payload: dict[str, Any], credentials: dict[str, str] | None) -> Delivery:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Atlassian HttpClient 4.1.1 / Bitbucket-9.2.0 (9002000) / Default",
        "X-Event-Key": event,
        "X-Request-Id": str(uuid.uuid4()),
    }
    if credentials:
        pair = f"{credentials.get('username', '')}:{credentials.get('password', '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return Delivery(url, url, event, payload, headers)
