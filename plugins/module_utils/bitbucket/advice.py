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
        f"Make an API token at {API_TOKENS_PAGE}: Create API token with scopes (not Create API token), a name and an expiry "
        f"of at most a year, app Bitbucket, then tick {ticked}. Scopes can't be changed later. Give it as api_token with "
        "the account's e-mail address as username."
    )


def make_access_token(kind: str, names: t.Iterable[str], workspace: str, repository: str, site: str = _ANY) -> str:
    """How to make an access token of a repository, a project or a workspace."""
    pages = {
        "project_access_token": f"Project settings > Access tokens of the project of {workspace}/{repository}",
        "workspace_access_token": f"{site}/{workspace}/workspace/settings (Security > Access tokens)",
    }
    page = pages.get(kind, f"{site}/{workspace}/{repository}/admin (Repository settings > Security > Access tokens)")
    return f"Make a new access token at {page} and tick {scopes.boxes(names)}. The permissions of one can't be changed later."


def make_consumer(names: t.Iterable[str], workspace: str, site: str = _ANY) -> str:
    """How to make, or mend, an OAuth consumer. There is no API for it."""
    return (
        f"Open {site}/{workspace}/workspace/settings/oauth-consumers (Workspace settings > Apps and features > OAuth "
        f"consumers), add or edit the consumer, set a callback URL (http://localhost will do), tick This is a private "
        f"consumer and the permissions {scopes.boxes(names) or 'the targets need'}, and save."
    )


def consumer_refused(status: int, text: str) -> str | None:
    """The token endpoint said no."""
    if "public" in text:
        return "The consumer is a public one, and only a private one gets a token for itself. " + make_consumer(
            (), "<workspace>"
        ).replace("add or edit", "edit")
    if status in (400, 401):
        return (
            "Compare client_id and client_secret with the Key and Secret that the consumer's page shows "
            "(https://bitbucket.org/<workspace>/workspace/settings/oauth-consumers), and see that it has a callback URL."
        )
    return None


def refused_login(login: Login, words: str) -> str:
    """401: the credential is no good. Bitbucket says the same for many reasons; these are told apart as far as possible."""
    if login.kind == "app_password" or login.secret.startswith(_APP_PASSWORD) or "app password" in words.lower():
        return f"{APP_PASSWORDS_ARE_GONE} {make_api_token()}"
    if login.kind == "oauth_consumer":
        return "The token was taken back while it was in use: run again, and look whether the consumer still exists."
    if login.kind == "access_token":
        return (
            "The access token is wrong, expired or revoked (moving a repository to another workspace revokes its tokens), or "
            "it is an API token: that goes into api_token, with the account's e-mail address as username."
        )
    if login.secret.startswith(_ACCESS_TOKEN):
        return "This looks like an access token of a repository, project or workspace: give it as access_token, without username."
    if not login.bearer and "@" not in (login.username or ""):
        return (
            f'With an API token the REST API wants the e-mail address of the Atlassian account as username; "{login.username}" '
            "is none. (The Bitbucket user name, or x-bitbucket-api-token-auth, is for git.)"
        )
    method = " Leave out auth_method=bearer, which not every API token works with." if login.bearer else ""
    return (
        "The API token is wrong, expired or revoked, belongs to another account than the e-mail address in username, or was "
        f"made without scopes; Bitbucket answers the same to all of these.{method} {make_api_token()}"
    )


def forbidden(has: list[str] | None, wants: list[str]) -> str:
    """403: valid, but not for this."""
    of_api_token = any(scopes.is_api_token_name(name) for name in has or ())
    if of_api_token and any(scopes.is_api_token_name(name) for name in wants):
        wants = [name for name in wants if scopes.is_api_token_name(name)]
    lacks = scopes.missing("api_token" if of_api_token else "access_token", has, wants) if has is not None else wants
    if not lacks:
        return (
            "The scopes would do, so the account (or the consumer's owner) lacks the permission itself: webhooks need admin "
            "on the repository, or for a workspace's own webhooks an owner of the workspace; commits need write, and no "
            "restriction of the branch against them."
        )
    held = f"it has {', '.join(has)}" if has else "what it has Bitbucket did not say" if has is None else "it has none"
    made = make_api_token(sorted({*(has or ()), *lacks})) if of_api_token else f"The boxes are {scopes.boxes(lacks)}."
    return f"The credential lacks {', '.join(lacks)} ({held}). {made}"


def by_status(status: int, words: str, headers: t.Mapping[str, str]) -> str | None:
    """The other refusals."""
    if status == 400 and "url" in words.lower():
        return "Bitbucket Cloud takes only addresses that resolve and lead to the public internet."
    if status == 404:
        return (
            "Bitbucket answers the same to what does not exist and to what the credential may not see: check the spelling of "
            "workspace and repository (the slugs of the URL, not the names), then the credential's permission on it."
        )
    if status == 410 and "CHANGE-2770" in words:
        return "This endpoint was removed in 2026; a newer release of this collection does without it."
    if status == 410:
        return "Bitbucket has taken this away for good; if the words speak of spam, its support can give the workspace back."
    if status == 429:
        limit = headers.get("X-RateLimit-Limit", "1,000")
        return (
            f"Bitbucket allows {limit} such calls in any 60 minutes. Run again later, or fewer repositories at a time (--limit, "
            "serial); access tokens of a workspace have a limit that grows with its seats, up to 10,000."
        )
    return None
