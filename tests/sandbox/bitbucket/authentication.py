# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication of callers: REST and git require different user names for the same secret, and have different error
messages."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import Authorization

from . import errors
from .credentials import ACCESS_TOKEN_GIT_USER, API_TOKEN_GIT_USER, Credential, Vault, looks_like


@dataclass
class Authenticator:
    """Turns an ``Authorization`` header into a credential.

    ``bearer_api_tokens``: sources disagree on whether the REST API takes an API token as Bearer; the strict answer is
    the default, a test can switch the other one on.
    """

    vault: Vault
    bearer_api_tokens: bool = False

    def rest(self, header: Authorization | None) -> Credential | None:
        """For ``/2.0``: None is an anonymous caller; a credential that is no good is refused, never taken as anonymous.

        A token in the query or the form counts for nothing since 2026-05-04.
        """
        if header is None:
            return None
        if header.type == "bearer":
            return self._bearer(header.token or "")
        if header.type == "basic":
            return self._basic(header.username or "", header.password or "")
        raise errors.login_failed()

    def _bearer(self, secret: str) -> Credential:
        found = self.vault.find(secret)
        if found is None or found.kind == "app_password" or (found.kind == "api_token" and not self.bearer_api_tokens):
            raise errors.bad_token()
        if not self.vault.alive(found):
            raise errors.bad_token(errors.EXPIRED_TOKEN if found.kind == "oauth_token" else errors.BAD_TOKEN)
        if not found.scopes:
            raise errors.bad_token()
        return found

    def _basic(self, username: str, secret: str) -> Credential:
        if looks_like("app_password", secret):
            raise errors.refused(401, errors.DEAD_APP_PASSWORD)
        found = self.vault.find(secret)
        if found is None:
            # A token nobody knows gets the same words as one without scopes: the two cannot be told apart.
            raise errors.bad_token() if looks_like("api_token", secret) else errors.login_failed()
        if found.kind != "api_token" or not _same_email(username, found.email):
            raise errors.bad_token()
        if not found.scopes or not self.vault.alive(found):
            raise errors.bad_token()
        return found

    def git(self, header: Authorization | None) -> Credential | None:
        """For git over HTTPS: an API token with the Bitbucket user name (or the fixed one), never with the e-mail."""
        if header is None:
            return None
        if header.type != "basic":
            raise errors.login_failed()
        username, secret = header.username or "", header.password or ""
        if looks_like("app_password", secret):
            raise errors.plain(410, errors.DEAD_APP_PASSWORD_GIT)
        found = self.vault.find(secret)
        if found is None or not found.scopes or not self.vault.alive(found):
            raise errors.login_failed()
        good = (API_TOKEN_GIT_USER, found.username) if found.kind == "api_token" else (ACCESS_TOKEN_GIT_USER,)
        if username not in good:
            raise errors.login_failed()
        return found


def _same_email(given: str, known: str | None) -> bool:
    return known is not None and given.lower() == known.lower()
