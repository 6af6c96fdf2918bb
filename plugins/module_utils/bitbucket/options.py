# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all Bitbucket modules, which edition they mean, and which of the credentials among them."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..core.errors import InvalidInput
from ..core.spec import ArgumentSpec, env
from ..http.transport import TRANSPORT
from .addresses import API_URL, SITE_URL

CLOUD, DATA_CENTER = "cloud", "data_center"

BITBUCKET = TRANSPORT + ArgumentSpec(
    {
        "bitbucket_edition": env("BITBUCKET_EDITION", choices=[CLOUD, DATA_CENTER]),
        "bitbucket_url": env("BITBUCKET_URL"),
        "api_url": env("BITBUCKET_API_URL", default=API_URL),
        "site_url": env("BITBUCKET_SITE_URL", default=SITE_URL),
        "username": env("BITBUCKET_USERNAME"),
        "password": env("BITBUCKET_PASSWORD", no_log=True),
        "api_token": env("BITBUCKET_API_TOKEN", no_log=True),
        "app_password": env("BITBUCKET_APP_PASSWORD", no_log=True),
        "access_token": env("BITBUCKET_ACCESS_TOKEN", no_log=True),
        "client_id": env("BITBUCKET_CLIENT_ID"),
        "client_secret": env("BITBUCKET_CLIENT_SECRET", no_log=True),
        "auth_method": env("BITBUCKET_AUTH_METHOD", choices=["basic", "bearer"], no_log=False),
    },
    tokens=("api_token", "access_token"),
    passwords=("username", "password", "app_password", "client_id", "client_secret"),
    urls=("bitbucket_url", "api_url", "site_url"),
)

_ADDRESSES = ("bitbucket_url", "api_url")
_CLOUD_PATH = re.compile(r"/2\.0/*$")
_DATA_CENTER_PATH = re.compile(r"/rest(/|$)")
_REST = re.compile(r"(/rest(/.*)?)?/*$")

# -- the edition -------------------------------------------------------------------------------------------------------


def edition_of(params: dict[str, t.Any]) -> str:
    """``cloud`` or ``data_center``: as the task says, else as the addresses tell; the task's own before the environment's.

    :raises InvalidInput: the addresses tell of both, or of a host of which nobody can know.
    """
    named = params.get("bitbucket_edition")
    if named and _own(params, ["bitbucket_edition"]):
        return str(named)
    for options in (_own(params, _ADDRESSES), _ADDRESSES):
        if named and options is _ADDRESSES:
            return str(named)
        told = {option: _told(params, option) for option in options if params.get(option)}
        known = {edition for edition in told.values() if edition}
        if len(known) > 1:
            raise InvalidInput(
                f"bitbucket_url and api_url belong to different editions of Bitbucket ({told['bitbucket_url']}, "
                f"{told['api_url']})",
                remedy="Give bitbucket_url for Data Center, api_url and site_url for Cloud, not both.",
            )
        if known:
            return known.pop()
    # A site of its own is something only Cloud has.
    if params.get("api_url", API_URL) == API_URL or params.get("site_url", SITE_URL) != SITE_URL:
        return CLOUD
    raise InvalidInput(
        f"Whether {params['api_url']} is Bitbucket Cloud or Data Center cannot be derived from the address",
        remedy="Set bitbucket_edition to cloud or data_center. For Data Center give the address of the instance as bitbucket_url.",
    )


def _told(params: dict[str, t.Any], option: str) -> str | None:
    """What one address tells: bitbucket.org is Cloud; the paths of the two APIs differ; an instance is Data Center."""
    parts = urlsplit(params[option])
    host = (parts.hostname or "").lower()
    if option == "api_url" and params[option] == API_URL:
        return None  # as good as not given
    if host == "bitbucket.org" or host.endswith(".bitbucket.org") or _CLOUD_PATH.search(parts.path):
        return CLOUD
    return DATA_CENTER if option == "bitbucket_url" or _DATA_CENTER_PATH.search(parts.path) else None


def instance_url(params: dict[str, t.Any]) -> str:
    """The base address of the Data Center instance, with its context path.

    :raises InvalidInput: none is given.
    """
    url = params.get("bitbucket_url") or ""
    if not url and params.get("api_url", API_URL) != API_URL:
        url = params["api_url"]
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise InvalidInput(
            f"bitbucket_url must be the address of the Data Center instance{f', not {url}' if url else ''}",
            remedy="As in https://bitbucket.example.com or https://example.com/bitbucket, without /rest, as option or in the "
            "environment variable BITBUCKET_URL.",
        )
    return _REST.sub("", url)


def only_cloud(params: dict[str, t.Any], why: str) -> None:
    """:raises InvalidInput: the task means Data Center, and ``why`` that does not have it."""
    if edition_of(params) != CLOUD:
        raise InvalidInput(f"Bitbucket Data Center does not support this: {why}")


# -- the credential ----------------------------------------------------------------------------------------------------

# The options that make a credential, by the kind of login, in each edition. The kind is what the task says; what the
# credential really is (an access token of a repository, a project, somebody) only Bitbucket can tell.
_PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    CLOUD: {
        "api_token": ("api_token",),
        "app_password": ("app_password",),
        "access_token": ("access_token",),
        "oauth_consumer": ("client_id", "client_secret"),
    },
    DATA_CENTER: {
        "http_token": ("access_token",),
        "password": ("username", "password"),
    },
}
# Who has a password beside the token has it for making tokens.
_BEFORE_OTHERS = {DATA_CENTER: "http_token"}
_TITLES = {CLOUD: "Bitbucket Cloud", DATA_CENTER: "Bitbucket Data Center"}
_WAYS = {
    CLOUD: "Give username and api_token, or access_token, or client_id and client_secret, as options or in the "
    "environment (BITBUCKET_USERNAME, BITBUCKET_API_TOKEN, BITBUCKET_ACCESS_TOKEN, BITBUCKET_CLIENT_ID, "
    "BITBUCKET_CLIENT_SECRET).",
    DATA_CENTER: "Give an HTTP access token as access_token, or username and password, as options or in the environment "
    "(BITBUCKET_ACCESS_TOKEN, BITBUCKET_USERNAME, BITBUCKET_PASSWORD). API tokens, app passwords and OAuth consumers "
    "exist in Cloud only.",
}
_SECRETS = ("api_token", "app_password", "access_token", "client_secret", "password")


@dataclass(frozen=True)
class Login:
    """What a task logs in with: ``kind`` is a key of ``_PARTS``."""

    kind: str
    secret: str
    username: str | None = None
    client_id: str | None = None
    bearer: bool = True


def login(params: dict[str, t.Any]) -> Login:
    """The one credential the task's options name. One that the task sets goes before those of the environment.

    :raises InvalidInput: none, more than one, half of one, or one that the edition does not have.
    """
    edition = edition_of(params)
    ways = _PARTS[edition]
    mine = {part for parts in ways.values() for part in parts}
    foreign = [name for name in _own(params, _SECRETS) if name not in mine]
    if foreign:
        raise InvalidInput(
            f"{_TITLES[edition]} does not support credentials of the kind {foreign[0]}", remedy=_WAYS[edition]
        )
    given = {
        kind: parts for kind, parts in ways.items() if any(params.get(part) for part in parts if part != "username")
    }
    own = {kind: parts for kind, parts in given.items() if _own(params, [part for part in parts if part != "username"])}
    given = own or given
    first = _BEFORE_OTHERS.get(edition)
    if first in given:
        given = {first: given[first]}
    if len(given) != 1:
        named = " and ".join("+".join(parts) for parts in given.values())
        raise InvalidInput(
            "Bitbucket needs exactly one credential, and "
            f"{f'{len(given)} are given ({named})' if given else 'none is given'}",
            remedy=_WAYS[edition],
        )
    kind, parts = next(iter(given.items()))
    missing = [part for part in parts if not params.get(part)]
    if missing:
        raise InvalidInput(f"{' and '.join(parts)} belong together, and {missing[0]} is missing")
    bearer = _is_bearer(kind, params.get("auth_method"))
    if not bearer and not params.get("username") and kind in ("api_token", "http_token"):
        raise InvalidInput(
            f"{'An API token' if kind == 'api_token' else 'auth_method=basic'} needs a username",
            remedy="It is the e-mail address of the Atlassian account that created the token."
            if kind == "api_token"
            else "It is the user who owns the token. Tokens of projects and repositories have no user, and support "
            "bearer only.",
        )
    return Login(kind, params[parts[-1]], params.get("username"), params.get("client_id"), bearer)


def _is_bearer(kind: str, method: str | None) -> bool:
    """How a credential is sent: a choice only where the service leaves one."""
    if kind == "api_token":
        return method == "bearer"
    if kind == "http_token":
        return method != "basic"
    return kind not in ("app_password", "password")


def _own(params: dict[str, t.Any], options: t.Iterable[str]) -> list[str]:
    """Which of the options the task sets itself, and not the environment."""
    return [name for name in options if _set_by_task(params, name)]


def _set_by_task(params: dict[str, t.Any], option: str) -> bool:
    """Whether the value is the task's own and not the one in the environment."""
    variable = str(BITBUCKET.options[option]["fallback"][1][0])
    default = BITBUCKET.options[option].get("default")
    of_environment = os.environ.get(variable, "")
    return bool(params.get(option)) and params[option] not in (of_environment, of_environment.strip(), default)
