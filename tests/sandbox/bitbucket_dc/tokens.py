# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP access tokens: https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html"""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Iterable
from datetime import timedelta

from ..clock import Clock
from . import errors
from .model import AccessToken, Project, Repository, User
from .permissions import check_token

MAXIMUM_NAME = 255
Owner = User | Project | Repository


class Tokens:
    """All tokens there are. ``maximum`` is how many one owner can have, which an administrator sets."""

    def __init__(self, clock: Clock) -> None:
        self.maximum = 100
        self._clock = clock
        self._tokens: dict[str, AccessToken] = {}
        self._lock = threading.Lock()

    def create(
        self, owner: Owner, user: User, name: str, permissions: Iterable[str], expiry_days: int | None = None
    ) -> AccessToken:
        """A token of ``owner`` that acts as ``user``; refused as the API refuses it."""
        given = tuple(dict.fromkeys(permissions))
        if not name:
            raise errors.invalid(name="A token name must be provided.")
        if len(name) > MAXIMUM_NAME:
            raise errors.invalid(name=f"Please enter a name no longer than {MAXIMUM_NAME} characters.")
        wrong = check_token(given, owner)
        if wrong:
            raise errors.invalid(permissions=wrong)
        if expiry_days is not None and expiry_days < 1:
            raise errors.invalid(expiryDays="The number of days until the expiry must be at least 1.")
        now = self._clock.datetime()
        with self._lock:
            if sum(one.owner is owner and not one.revoked for one in self._tokens.values()) >= self.maximum:
                raise errors.refused(400, f"The maximum number of access tokens ({self.maximum}) has been reached.")
            number = str(secrets.randbelow(9 * 10**11) + 10**11)
            secret = "BBDC-" + base64.b64encode(f"{number}:".encode() + secrets.token_bytes(20)).decode()
            expires = None if expiry_days is None else now + timedelta(days=expiry_days)
            out = AccessToken(number, secret, name, given, owner, user, now, expires)
            self._tokens[secret] = out
        return out

    def update(self, token: AccessToken, name: str | None, permissions: Iterable[str] | None) -> None:
        """What is None stays; the expiry always does."""
        given = token.permissions if permissions is None else tuple(dict.fromkeys(permissions))
        wrong = check_token(given, token.owner)
        if wrong:
            raise errors.invalid(permissions=wrong)
        with self._lock:
            token.permissions, token.name = given, name or token.name

    def of(self, owner: Owner) -> list[AccessToken]:
        """Expired ones are still listed."""
        with self._lock:
            return [one for one in self._tokens.values() if one.owner is owner and not one.revoked]

    def find(self, secret: str) -> AccessToken | None:
        """A token that still opens something."""
        with self._lock:
            found = self._tokens.get(secret)
        if found is None or found.revoked or (found.expires and found.expires <= self._clock.datetime()):
            return None
        found.last_used = self._clock.datetime()
        return found

    def revoke_all(self, owner: Owner) -> None:
        for token in self.of(owner):
            token.revoked = True
