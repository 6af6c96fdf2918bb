# SPDX-License-Identifier: GPL-3.0-or-later
"""API tokens, and the access tokens they are exchanged for, which live for a quarter of an hour."""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field

from ..clock import Clock
from .model import ApiToken, User

ACCESS_TOKEN_SECONDS = 900
# Clients the vendor's documentation and tools name themselves; none of them has a secret.
CLIENTS = ("platform-api-user", "upsun-api-user", "upsun-cli", "platform-cli")


@dataclass(eq=False)
class AccessToken:
    secret: str
    bought_with: ApiToken
    expires_at: float  # on the sandbox's clock


@dataclass
class Tokens:
    """All tokens there are."""

    clock: Clock
    api_tokens: list[ApiToken] = field(default_factory=list)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, user: User, name: str) -> ApiToken:
        token = ApiToken(user, name)
        with self.lock:
            self.api_tokens.append(token)
        return token

    def exchange(self, secret: str) -> AccessToken | None:
        """A new access token for an API token; None if that is no good."""
        with self.lock:
            found = [one for one in self.api_tokens if hmac.compare_digest(one.secret.encode(), secret.encode())]
            if not found or found[0].revoked:
                return None
            out = AccessToken(secrets.token_urlsafe(40), found[0], self.clock.now() + ACCESS_TOKEN_SECONDS)
            self.access_tokens[out.secret] = out
        return out

    def user(self, secret: str) -> User | None:
        """Whose access token this is, while it lives. One bought before its API token was revoked stays good."""
        with self.lock:
            found = self.access_tokens.get(secret)
        return found.bought_with.user if found and found.expires_at > self.clock.now() else None
