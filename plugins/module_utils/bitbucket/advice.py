# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator can do about Bitbucket's refusals: which page, which boxes.

Sources: https://support.atlassian.com/bitbucket-cloud/docs/create-an-api-token/,
https://support.atlassian.com/bitbucket-cloud/docs/create-a-repository-access-token/,
https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/
"""

from __future__ import annotations

import typing as t

from . import scopes
from .options import Login

API_TOKENS_PAGE = "https://id.atlassian.com/manage-profile/security/api-tokens"
_ANY = "https://bitbucket.org"

APP_PASSWORDS_ARE_GONE = "App passwords no longer work: Atlassian removed them on 2026-07-28."

# What the secrets of these kinds begin with. Only ever used as a hint in a message.
_APP_PASSWORD, _ACCESS_TOKEN = "ATBB", "ATCT"


def make_api_token(names: t.Iterable[str] = ()) -> str:
    """How to make an API token with these scopes."""
    ticked = ", ".join(names) or "the scopes the targets need (bitbucket_credential_info lists them)"
    return (
        f"Create an API token at {API_TOKENS_PAGE}: Create API token with scopes (not Create API token), a name and an "
        f"expiry of at most a year, app Bitbucket, then tick {ticked}. Scopes cannot be changed later. Set it as "
        "api_token with the account's e-mail address as username."
    )


def make_access_token(kind: str, names: t.Iterable[str], workspace: str, repository: str, site: str = _ANY) -> str:
    """How to make an access token of a repository, a project or a workspace."""
    pages = {
        "project_access_token": f"Project settings > Access tokens of the project of {workspace}/{repository}",
        "workspace_access_token": f"{site}/{workspace}/workspace/settings (Security > Access tokens)",
    }
    page = pages.get(kind, f"{site}/{workspace}/{repository}/admin (Repository settings > Security > Access tokens)")
    return (
        f"Create a new access token at {page} and tick {scopes.boxes(names)}. The permissions of an access token "
        "cannot be changed later."
    )


def make_consumer(names: t.Iterable[str], workspace: str, site: str = _ANY) -> str:
    """How to make, or mend, an OAuth consumer. There is no API for it."""
    return (
        f"Open {site}/{workspace}/workspace/settings/oauth-consumers (Workspace settings > Apps and features > OAuth "
        "consumers), add or edit the consumer, set a callback URL (http://localhost is sufficient), tick This is a "
        f"private consumer and the permissions {scopes.boxes(names) or 'the targets need'}, and save."
    )


def consumer_refused(status: int, text: str) -> str | None:
    """The token endpoint said no."""
    if "public" in text:
        return "The consumer is public, and Bitbucket issues such a token to private consumers only. " + make_consumer(
            (), "<workspace>"
        ).replace("add or edit", "edit")
    if status in (400, 401):
        return (
            "Compare client_id and client_secret with the Key and Secret that the consumer's page shows "
            "(https://bitbucket.org/<workspace>/workspace/settings/oauth-consumers), and check that it has a callback "
            "URL."
        )
    return None


def refused_login(login: Login, words: str) -> str:
    """401: the credential is no good. Bitbucket says the same for many reasons; these are told apart as far as possible."""
    if login.kind == "app_password" or login.secret.startswith(_APP_PASSWORD) or "app password" in words.lower():
        return f"{APP_PASSWORDS_ARE_GONE} {make_api_token()}"
    if login.kind == "oauth_consumer":
        return "The token was revoked while it was in use: run again, and check that the consumer still exists."
    if login.kind == "access_token":
        return (
            "The access token is wrong, expired or revoked (moving a repository to another workspace revokes its "
            "tokens), or it is an API token: set that as api_token, with the account's e-mail address as username."
        )
    if login.secret.startswith(_ACCESS_TOKEN):
        return (
            "This looks like an access token of a repository, project or workspace: set it as access_token, "
            "without username."
        )
    if not login.bearer and "@" not in (login.username or ""):
        return (
            "With an API token the REST API requires the e-mail address of the Atlassian account as username; "
            f'"{login.username}" is not an e-mail address. (The Bitbucket user name, or x-bitbucket-api-token-auth, is for git.)'
        )
    method = " Omit auth_method=bearer, which does not work with every API token." if login.bearer else ""
    return (
        "The API token is wrong, expired or revoked, belongs to another account than the e-mail address in username, "
        f"or was created without scopes; Bitbucket's response is the same in all of these cases.{method} "
        f"{make_api_token()}"
    )


def forbidden(has: list[str] | None, wants: list[str]) -> str:
    """403: valid, but not for this."""
    of_api_token = any(scopes.is_api_token_name(name) for name in has or ())
    if of_api_token and any(scopes.is_api_token_name(name) for name in wants):
        wants = [name for name in wants if scopes.is_api_token_name(name)]
    lacks = scopes.missing("api_token" if of_api_token else "access_token", has, wants) if has is not None else wants
    if not lacks:
        return (
            "The scopes are sufficient, so the account (or the consumer's owner) lacks the permission itself: "
            "webhooks need admin on the repository, or for a workspace's own webhooks an owner of the workspace; "
            "commits need write, and no branch restriction that prevents them."
        )
    held = (
        f"it has {', '.join(has)}" if has else "Bitbucket did not report its scopes" if has is None else "it has none"
    )
    made = make_api_token(sorted({*(has or ()), *lacks})) if of_api_token else f"The boxes are {scopes.boxes(lacks)}."
    return f"The credential lacks {', '.join(lacks)} ({held}). {made}"


def by_status(status: int, words: str, headers: t.Mapping[str, str]) -> str | None:
    """The other refusals."""
    if status == 400 and "url" in words.lower():
        return "Bitbucket Cloud accepts only addresses that resolve to the public internet."
    if status == 404:
        return (
            "Bitbucket's response is the same if the object does not exist and if the credential has no access to it: "
            "check the spelling of workspace and repository (the slugs of the URL, not the names), then the "
            "credential's permission on it."
        )
    if status == 410 and "CHANGE-2770" in words:
        return "This endpoint was removed in 2026; a newer release of this collection does not use it."
    if status == 410:
        return (
            "Bitbucket has removed this permanently; if the message mentions spam, its support can restore the "
            "workspace."
        )
    if status == 429:
        limit = headers.get("X-RateLimit-Limit", "1,000")
        return (
            f"Bitbucket allows {limit} such requests in any 60 minutes. Run again later, or fewer repositories at a "
            "time (--limit, serial); access tokens of a workspace have a limit that grows with its seats, up to "
            "10,000."
        )
    return None
