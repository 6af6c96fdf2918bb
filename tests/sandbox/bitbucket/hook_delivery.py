# SPDX-License-Identifier: GPL-3.0-or-later
"""What Bitbucket Cloud sends to a webhook.

https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/ and …/troubleshoot-webhooks/
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from ..delivery import Delivery
from .model import Webhook

RETRIES = 2
MAXIMUM_PAYLOAD = 256 * 1024


def delivery(hook: Webhook, event: str, payload: dict[str, Any]) -> Delivery:
    """Ready to send; what is too large is dropped without a word."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Bitbucket-Webhooks/2.0",
        "X-Event-Key": event,
        "X-Hook-UUID": hook.uuid.strip("{}"),
        "X-Request-UUID": str(uuid.uuid4()),
        "X-Event-Time": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
    }
    out = Delivery(hook.uuid, hook.url, event, payload, headers)
    out.dropped = len(out.body) > MAXIMUM_PAYLOAD
    if hook.secret:
        out.sign(hook.secret)
    return out
