# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all modules that call CDS's API."""

from __future__ import annotations

from ansible.module_utils.basic import env_fallback

from ..spec import STATE, ArgumentSpec
from ..transport import TRANSPORT, WAIT


def _env(variable: str, **more: object) -> dict[str, object]:
    return {"type": "str", "fallback": (env_fallback, [variable]), **more}


CDS = TRANSPORT + ArgumentSpec(
    {
        "api_url": _env("CDS_API_URL", required=True),
        "token": _env("CDS_TOKEN", no_log=True),
        "username": _env("CDS_USER"),
        "password": _env("CDS_PASSWORD", no_log=True),
        "session_token": {"type": "str", "no_log": True},
        "version": {"type": "str"},
    }
)

PROJECT = ArgumentSpec({"project": {"type": "str", "required": True}})

__all__ = ["CDS", "PROJECT", "STATE", "WAIT"]
