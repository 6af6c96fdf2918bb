# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all Bitbucket modules, and which of the credentials among them a task means."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass

from ansible.module_utils.basic import env_fallback

from ..errors import InvalidInput
from ..spec import ArgumentSpec
from ..transport import TRANSPORT


def _env(variable: str, **more: object) -> dict[str, object]:
    return {"type": "str", "fallback": (env_fallback, [variable]), **more}


BITBUCKET = TRANSPORT + ArgumentSpec(
    {
        "api_url": _env("BITBUCKET_API_URL", default="https://api.bitbucket.org"),
        "site_url": _env("BITBUCKET_SITE_URL", default="https://bitbucket.org"),
        "username": _env("BITBUCKET_USERNAME"),
        "api_token": _env("BITBUCKET_API_TOKEN", no_log=True),
        "app_password": _env("BITBUCKET_APP_PASSWORD", no_log=True),
        "access_token": _env("BITBUCKET_ACCESS_TOKEN", no_log=True),
        "client_id": _env("BITBUCKET_CLIENT_ID"),
        "client_secret": _env("BITBUCKET_CLIENT_SECRET", no_log=True),
        "auth_method": _env("BITBUCKET_AUTH_METHOD", choices=["basic", "bearer"], no_log=False),
    }
)

# The options that make a credential, by the kind of login. The kind is what the task says; what the credential really is
# (an access token of a repository, a project or a workspace) only Bitbucket can tell.
_PARTS = {
    "api_token": ("api_token",),
    "app_password": ("app_password",),
    "access_token": ("access_token",),
    "oauth_consumer": ("client_id", "client_secret"),
}


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

    :raises InvalidInput: none, more than one, or half of one.
    """
    given = {kind: parts for kind, parts in _PARTS.items() if any(params.get(part) for part in parts)}
    own = {kind: parts for kind, parts in given.items() if any(_set_by_task(params, part) for part in parts)}
    given = own or given
    if len(given) != 1:
        named = " and ".join("+".join(parts) for parts in given.values())
        raise InvalidInput(
            f"Bitbucket needs exactly one credential, and {f'{len(given)} are given ({named})' if given else 'none is given'}",
            remedy="Give username and api_token, or access_token, or client_id and client_secret, as options or in the "
            "environment (BITBUCKET_USERNAME, BITBUCKET_API_TOKEN, BITBUCKET_ACCESS_TOKEN, BITBUCKET_CLIENT_ID, "
            "BITBUCKET_CLIENT_SECRET).",
        )
    kind, parts = next(iter(given.items()))
    missing = [part for part in parts if not params.get(part)]
    if missing:
        raise InvalidInput(f"{' and '.join(parts)} belong together, and {missing[0]} is missing")
    bearer = params.get("auth_method") == "bearer" if kind == "api_token" else kind != "app_password"
    if kind == "api_token" and not bearer and not params.get("username"):
        raise InvalidInput(
            "An API token needs a username",
            remedy="It is the e-mail address of the Atlassian account that made the token.",
        )
    return Login(kind, params[parts[-1]], params.get("username"), params.get("client_id"), bearer)


def _set_by_task(params: dict[str, t.Any], option: str) -> bool:
    """Whether the value is the task's own and not the one in the environment."""
    variable = str(BITBUCKET.options[option]["fallback"][1][0])
    return bool(params.get(option)) and params[option] != os.environ.get(variable)
