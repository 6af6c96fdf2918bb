# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens that ``engine config new`` writes: signed with the API's key, so that another key's are good for nothing.

In CDS they are JWS with RSA; here the third part is an HMAC with the same key's text, which is told apart just as well.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any


def new_key() -> str:
    """Something in the form of an RSA key."""
    text = base64.b64encode(secrets.token_bytes(96)).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----\n"


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _signature(text: str, key: str) -> str:
    return _encoded(hmac.new(key.strip().encode(), text.encode(), hashlib.sha512).digest())


def signed(payload: dict[str, Any], key: str) -> str:
    head = _encoded(json.dumps({"alg": "RS512"}).encode())
    text = f"{head}.{_encoded(json.dumps(payload).encode())}"
    return f"{text}.{_signature(text, key)}"


def read(token: str, key: str) -> dict[str, Any] | None:
    """What is in a token of this key; None if it is another's, or no token."""
    text, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(text, key), signature):
        return None
    try:
        body = text.split(".")[1]
        value = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return None
    return value if isinstance(value, dict) else None
