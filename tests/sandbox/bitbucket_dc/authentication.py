# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling: passwords and tokens, Basic and Bearer.

A personal token is taken as Bearer or in place of its user's password; one of a project or a repository only as Bearer,
by REST and by git. https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
"""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import Authorization

from . import errors
from .model import User
from .permissions import Caller
from .tokens import Tokens

CAPTCHA_REASON = {"X-Authentication-Denied-Reason": "CAPTCHA_CHALLENGE; login-url={url}/login"}


class Authenticator:
    """Turns an ``Authorization`` header into a caller.

    ``basic_auth`` False: the administrator has switched passwords off for REST. ``captcha_after``: so many wrong
    passwords in a row, and only the web page lets that user in again.
    """

    def __init__(self, users: Mapping[str, User], tokens: Tokens, url: str) -> None:
        self.basic_auth = True
        self.captcha_after = 5
        self._users = users
        self._tokens = tokens
        self._url = url

    def caller(self, header: Authorization | None, git: bool = False) -> Caller | None:
        """None is an anonymous caller; a credential that is no good is refused, never taken as anonymous."""
        if header is None:
            return None
        if header.type == "bearer":
            token = self._tokens.find(header.token or "")
            if token is None:
                raise errors.authentication_failed()
            return Caller(token.user, token)
        if header.type == "basic":
            if not self.basic_auth and not git:
                raise errors.refused(403, "Basic Authentication has been disabled on this instance.")
            return self._basic(header.username or "", header.password or "")
        raise errors.authentication_failed()

    def _basic(self, name: str, secret: str) -> Caller:
        user = self._users.get(name.lower())
        token = self._tokens.find(secret)
        if token:
            if user is None or not token.is_personal or token.user is not user:
                raise errors.authentication_failed()
            return Caller(user, token)
        if user is None:
            raise errors.authentication_failed()
        if user.failed_logins >= self.captcha_after:
            raise self._captcha()
        if secret != user.password or not user.active:
            user.failed_logins += 1
            raise errors.authentication_failed()
        user.failed_logins = 0
        return Caller(user)

    def _captcha(self) -> errors.Refused:
        """The right password does not help any more; tokens still do."""
        return errors.refused(
            403,
            "CAPTCHA required. Your Bitbucket account has been marked as requiring a CAPTCHA to be solved before it may "
            "be logged in to via SCM or REST. To clear this marker, please log in to Bitbucket via the web interface at "
            f"{self._url} and solve the CAPTCHA.",
            "auth.CaptchaRequiredAuthenticationException",
            headers={name: value.format(url=self._url) for name, value in CAPTCHA_REASON.items()},
        )
