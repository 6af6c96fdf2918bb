# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhook delivery: signed, retried, recorded, and never in the way of the request that caused it.

https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/ and …/troubleshoot-webhooks/
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import requests

from .model import Webhook

TIMEOUT = 10.0
RETRIES = 2
MAXIMUM_PAYLOAD = 256 * 1024


@dataclass
class Attempt:
    """One try: the status that came back, or what went wrong."""

    number: int
    status: int | None = None
    error: str | None = None


@dataclass
class Delivery:
    """An event on its way to one webhook. ``dropped``: too large, which Bitbucket does not tell anybody."""

    hook_uuid: str
    url: str
    event: str
    payload: dict[str, Any]
    headers: dict[str, str]
    attempts: list[Attempt] = field(default_factory=list)
    dropped: bool = False

    @property
    def delivered(self) -> bool:
        return bool(self.attempts) and (self.attempts[-1].status or 500) < 400


class Courier:
    """Delivers in background threads; keeps what was delivered."""

    def __init__(self, timeout: float = TIMEOUT, retry_delay: float = 0.05) -> None:
        """``retry_delay``: real seconds between tries; the real service waits longer."""
        self.timeout = timeout
        self.retry_delay = retry_delay
        self.deliveries: list[Delivery] = []
        self._busy = 0
        self._idle = threading.Condition()

    def send(self, hook: Webhook, event: str, payload: dict[str, Any]) -> None:
        """Start delivering; returns at once."""
        body = json.dumps(payload).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Bitbucket-Webhooks/2.0",
            "X-Event-Key": event,
            "X-Hook-UUID": hook.uuid.strip("{}"),
            "X-Request-UUID": str(uuid.uuid4()),
            "X-Event-Time": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
        }
        if hook.secret:
            headers["X-Hub-Signature"] = "sha256=" + hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()
        delivery = Delivery(hook.uuid, hook.url, event, payload, headers, dropped=len(body) > MAXIMUM_PAYLOAD)
        with self._idle:
            self.deliveries.append(delivery)
            if delivery.dropped:
                return
            self._busy += 1
        threading.Thread(target=self._deliver, args=(delivery, body), name="webhook", daemon=True).start()

    def wait(self, timeout: float = 30.0) -> list[Delivery]:
        """Wait until nothing is on its way, and give back all deliveries so far."""
        with self._idle:
            if not self._idle.wait_for(lambda: self._busy == 0, timeout):
                raise TimeoutError("Webhooks are still being delivered")
            return list(self.deliveries)

    def _deliver(self, delivery: Delivery, body: bytes) -> None:
        try:
            for number in range(1, RETRIES + 2):
                attempt = Attempt(number)
                self._try(delivery, body, attempt)
                delivery.attempts.append(attempt)
                if attempt.status is None or attempt.status < 500:  # only an error of the receiver's is tried again
                    return
                time.sleep(self.retry_delay)
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _try(self, delivery: Delivery, body: bytes, attempt: Attempt) -> None:
        headers = {**delivery.headers, "X-Attempt-Number": str(attempt.number)}
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxies and no netrc of the machine the sandbox runs on
                answer = session.post(
                    delivery.url, data=body, headers=headers, timeout=self.timeout, allow_redirects=False
                )
            attempt.status = answer.status_code
        except requests.RequestException as error:
            attempt.error = type(error).__name__
