# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all Upsun modules."""

from __future__ import annotations

import re

from ..core.errors import InvalidInput
from ..core.spec import STATE, ArgumentSpec, env
from ..http.transport import TRANSPORT, WAIT

# The token's variables are those of the vendor's own command line, for Upsun and for Platform.sh.
UPSUN = TRANSPORT + ArgumentSpec(
    {
        "api_token": env("UPSUN_CLI_TOKEN", "PLATFORMSH_CLI_TOKEN", no_log=True, required=True),
        "api_url": env("UPSUN_API_URL", default="https://api.upsun.com"),
        "auth_url": env("UPSUN_AUTH_URL", default="https://auth.upsun.com"),
        "client_id": env("UPSUN_CLIENT_ID", default="platform-api-user"),
    },
    passwords=("api_token", "client_id"),
    urls=("api_url", "auth_url"),
)

PROJECT = ArgumentSpec({"project": {"type": "str", "required": True}})

# What is in a project, and is waited for.
IN_PROJECT = UPSUN + PROJECT + WAIT

_PROJECT = re.compile(r"[A-Za-z0-9]+")


def check_project(project: str) -> None:
    """:raises InvalidInput: what should be a project's id can't be one."""
    if not _PROJECT.fullmatch(project):
        raise InvalidInput(
            f'"{project}" is not the id of an Upsun project',
            remedy="The id is the last part of the project's address in the Console, such as abcdefgh1234567.",
        )


__all__ = ["IN_PROJECT", "PROJECT", "STATE", "UPSUN", "WAIT", "check_project"]
