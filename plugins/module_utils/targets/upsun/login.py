# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Upsun logs in to Bitbucket with: an OAuth consumer of Cloud, or an HTTP access token of Data Center.

The value of an access token is shown once. So one that the link creates goes to Upsun in the same run, and the ones before it
are revoked after that. Upsun does not say which one it has, but whether it works.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ...bitbucket.access_token import AccessToken
from ...bitbucket.repository import RepositoryInfo
from ...core.errors import InvalidInput
from ...core.reconcile import Fields
from ...upsun.source import CLOUD, SERVER
from ..link import Link

# Of the run's own connection to Bitbucket what is no credential.
_REACHED = (
    "bitbucket_edition",
    "bitbucket_url",
    "api_url",
    "site_url",
    "timeout",
    "max_retries",
    "validate_certs",
    "ca_path",
)


@dataclass(frozen=True)
class Login:
    """``fields``: options of the integration. ``is_new``: created by this run. ``works``: as Upsun says."""

    fields: Fields
    works: bool
    is_new: bool = False


def login_of_upsun(link: Link, kind: str, before: Fields, validate: t.Callable[[], bool]) -> Login:
    """What the integration gets; checked first where Upsun does not have it yet or says that it does not work.

    ``before`` is the project's integration and ``validate`` asks Upsun whether it works.

    :raises InvalidInput: there is none.
    """
    same = before.get("type") == kind
    works = same and validate()
    if kind == CLOUD:
        return _consumer(link, works, before.get("key"))
    fields = server_fields(link)
    is_new = not works or before.get("username") != fields["username"]
    if creates_token(link):
        return _own_token(link, fields, works, is_new, validate)
    if is_new:
        _check_token(link, fields)
    return Login(fields, works)


# -- Bitbucket Cloud ---------------------------------------------------------------------------------------------------


def _consumer(link: Link, works: bool, known_key: t.Any) -> Login:
    own = link.params["bitbucket"]
    fields = {
        "key": link.params["consumer_key"] or own["client_id"],
        "secret": link.params["consumer_secret"] or own["client_secret"],
    }
    if works and known_key == fields["key"]:
        return Login(fields, works)
    if not all(fields.values()):
        raise InvalidInput(
            "Upsun logs in to Bitbucket Cloud with an OAuth consumer, which can only be created in the browser",
            f"Open https://bitbucket.org/{link.params['workspace']}/workspace/settings/oauth-consumers/new (Workspace "
            "settings > Apps and features > OAuth consumers > Add consumer). Give it a name and the callback URL "
            "http://localhost, tick This is a private consumer, and these permissions: Account: Email and Read, "
            "Workspace membership: Read, Repositories: Read, Write and Admin, Pull requests: Read and Write, "
            "Webhooks: Read and write. Save it, and set its Key as upsun_consumer_key and its Secret as "
            "upsun_consumer_secret.",
        )
    # The run's own credential has been checked by whoever uses it.
    if own["client_id"] != fields["key"] or own["api_token"] or own["access_token"]:
        _try(link, "consumer", {"client_id": fields["key"], "client_secret": fields["secret"]})
    return Login(fields, works)


# -- Bitbucket Data Center ---------------------------------------------------------------------------------------------


def creates_token(link: Link) -> bool:
    """Whether the link creates a token by itself, for which Bitbucket takes a password only."""
    own = link.params["bitbucket"]
    return not (link.params["server_token"] or own["access_token"]) and bool(own["password"])


def server_fields(link: Link) -> Fields:
    """Where and as whom Upsun logs in, and the token if it is given."""
    own = link.params["bitbucket"]
    return {
        "url": link.params["server_url"] or own["bitbucket_url"],
        "username": link.params["server_username"] or own["username"],
        "token": link.params["server_token"] or own["access_token"],
    }


def _check_token(link: Link, fields: Fields) -> None:
    """Whose it is, and whether it has admin on the repository, which the webhook takes."""
    if not all(fields.values()):
        raise InvalidInput(
            "Upsun logs in to Bitbucket Data Center with a user name and an HTTP access token of that user",
            f"Open {fields['url']}/plugins/servlet/access-tokens/manage (your picture > Manage account > HTTP access "
            "tokens > Create token), tick Project permissions: Read and Repository permissions: Admin, and set the "
            "token as upsun_server_token with the user as upsun_server_username; or set bitbucket_username and "
            "bitbucket_password, and the role creates one. A token of a project or a repository has no user, and "
            "cannot be used.",
        )
    _try(
        link, "token", {"username": fields["username"], "access_token": fields["token"], "auth_method": "basic"}, SERVER
    )


def _own_token(link: Link, fields: Fields, works: bool, renew: bool, validate: t.Callable[[], bool]) -> Login:
    token = _token(link, "token", renew)
    if token["token"] is None and (token["resource"].get("live") or 1) > 1:
        # An interrupted run has left tokens, and Upsun may have any of them: without the others it says whether it has the newest.
        revoke_others(link, "left tokens")
        works = validate()
        if not works:
            token = _token(link, "new token", True)
    return Login({**fields, "token": token["token"]}, works, token["token"] is not None)


def own_token_name(link: Link) -> Fields:
    """How the link's own token is found."""
    return {
        "user": link.params["server_user_slug"] or server_fields(link)["username"],
        "name": link.params["server_token_name"] or f"upsun-{link.params['project']}",
    }


def _token(link: Link, part: str, renew: bool) -> Fields:
    return link.part(
        part,
        AccessToken,
        "bitbucket",
        {
            **own_token_name(link),
            "permissions": ["PROJECT_READ", "REPO_ADMIN"],
            "expiry_days": link.params["server_token_days"],
            "renew_before_days": link.params["server_token_renew_before_days"],
            "renew": renew,
        },
    )


def revoke_others(link: Link, part: str) -> Fields:
    """Revoke all of the link's own tokens but the newest."""
    return link.part(part, AccessToken, "bitbucket", {**own_token_name(link), "create": False, "revoke_others": True})


def _try(link: Link, part: str, credential: Fields, kind: str = CLOUD) -> None:
    """Read the repository with Upsun's credential. :raises BridgeError: it is refused, or lacks something."""
    reached = {name: link.params["bitbucket"][name] for name in _REACHED}
    edition = "cloud" if kind == CLOUD else "data_center"
    connection = {**reached, "bitbucket_edition": edition, **credential}
    link.part(part, RepositoryInfo, connection, {**link.place, "use": ["upsun"], "refs": False}, look_only=True)
