# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator can do about Data Center's refusals.

Sources: https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html,
https://confluence.atlassian.com/bitbucketserver/using-repository-permissions-776639771.html
"""

from __future__ import annotations

import typing as t

from ..options import Login

_LEVELS = {"REPO_READ": "Read", "REPO_WRITE": "Write", "REPO_ADMIN": "Admin"}


def make_token(permissions: t.Iterable[str] = ()) -> str:
    """How a person makes an HTTP access token."""
    wanted = ", ".join(permissions)
    given = f" with {wanted}" if wanted else ""
    return (
        f"Create an HTTP access token{given}: Manage account > HTTP access tokens for a token of a user, Project "
        "settings or Repository settings > HTTP access tokens for one of a project or a repository; or create it with "
        "bitbucket_access_token. Set it as access_token."
    )


def more_permission(level: str, place: str) -> str:
    """The page on which a person or a token gets more."""
    return (
        f"The call requires {level} on {place}, for the user (Repository settings > Repository permissions, "
        f"{_LEVELS[level]}) and for the token: {make_token([level])}"
    )


def refused_login(login: Login) -> str:
    """401: nobody the service knows."""
    if login.kind == "password":
        return (
            "username or password is wrong, or the instance does not accept passwords for the REST API, which is "
            "common. " + make_token()
        )
    if not login.bearer:
        return (
            "The token is wrong, expired or revoked, is not a token of the user in username, or is a token of a "
            "project or a repository, which has no user: omit auth_method=basic for those."
        )
    return f"The HTTP access token is wrong, expired or revoked. {make_token()}"


def not_permitted() -> str:
    """401 or 403: known, but not for this."""
    return (
        "The credential is valid but lacks the permission: webhooks need admin on the repository or the project, "
        "commits need write; a token never has more permissions than it was granted, or than its user has. Tokens "
        "cannot create tokens: this requires username and password."
    )


def captcha(site_url: str) -> str:
    """Too many wrong passwords."""
    return (
        f"After too many failed logins Bitbucket requires a CAPTCHA: log in once in a browser at {site_url}, as "
        "this user."
    )


def by_status(status: int, code: str | None, words: str) -> str | None:
    """The other refusals."""
    if status == 404 and not (code or "").startswith("NoSuch") and "does not exist" not in words:
        return (
            "Check that bitbucket_url is the instance's base address with its context path, and that the instance "
            "is up to date."
        )
    if status == 404:
        return (
            "Bitbucket's response is the same if the object does not exist and if the credential has no access to it: "
            "check the key of the project (workspace; ~name for a person's own) and the slug of the repository, as "
            "they are in its address."
        )
    if status == 429:
        return (
            "The instance limits the requests of one user. Run again later, or fewer repositories at a time "
            "(--limit, serial)."
        )
    return None
