# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhook delivery: signed, retried, recorded, and never in the way of the request that caused it."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from . import peers

TIMEOUT = 10.0


@dataclass
class Attempt:
    """One try: the status that came back, or what went wrong."""

    number: int
    status: int | None = None
    error: str | None = None


@dataclass
class Delivery:
    """An event on its way to one webhook. ``dropped``: it was never sent, and nobody is told."""

    hook: str
    url: str
    event: str
    payload: dict[str, Any]
    headers: dict[str, str]
    attempts: list[Attempt] = field(default_factory=list)
    dropped: bool = False

    @property
    def body(self) -> bytes:
        return json.dumps(self.payload).encode()

    @property
    def delivered(self) -> bool:
        return bool(self.attempts) and (self.attempts[-1].status or 500) < 400

    def sign(self, secret: str) -> None:
        """The signature that both Bitbuckets send."""
        self.headers["X-Hub-Signature"] = "sha256=" + hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()


class Courier:
    """Delivers in background threads; keeps what was delivered."""

    def __init__(self, retries: int = 0, timeout: float = TIMEOUT, retry_delay: float = 0.05) -> None:
        """``retries``: after an error of the receiver's; ``retry_delay``: real seconds between tries."""
        self.retries = retries
        self.timeout = timeout
        self.retry_delay = retry_delay
        self.deliveries: list[Delivery] = []
        self._busy = 0
        self._idle = threading.Condition()

    def send(self, delivery: Delivery, at_end: Callable[[Delivery], None] | None = None) -> None:
        """Start delivering; returns at once. ``at_end`` is told when it has been delivered or given up."""
        with self._idle:
            self.deliveries.append(delivery)
            if delivery.dropped:
                return
            self._busy += 1
        threading.Thread(target=self._deliver, args=(delivery, at_end), name="webhook", daemon=True).start()

    def wait(self, timeout: float = 30.0) -> list[Delivery]:
        """Wait until nothing is on its way, and give back all deliveries so far."""
        with self._idle:
            if not self._idle.wait_for(lambda: self._busy == 0, timeout):
                raise TimeoutError("Webhooks are still being delivered")
            return list(self.deliveries)

    def _deliver(self, delivery: Delivery, at_end: Callable[[Delivery], None] | None) -> None:
        try:
            for number in range(1, self.retries + 2):
                attempt = self.attempt(delivery, number)
                if attempt.status is None or attempt.status < 500:
                    break
                time.sleep(self.retry_delay)
            if at_end:
                at_end(delivery)
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def attempt(self, delivery: Delivery, number: int = 1) -> Attempt:
        """One try, here and now."""
        attempt = Attempt(number)
        headers = {**delivery.headers, "X-Attempt-Number": str(number)} if self.retries else delivery.headers
        try:
            with peers.session("webhook") as session:
                answer = session.post(
                    delivery.url, data=delivery.body, headers=headers, timeout=self.timeout, allow_redirects=False
                )
            attempt.status = answer.status_code
        except requests.RequestException as error:
            attempt.error = type(error).__name__
        delivery.attempts.append(attempt)
        return attempt
