# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all modules that call CDS's API."""

from __future__ import annotations

from ..core.spec import STATE, ArgumentSpec, env
from ..http.transport import TRANSPORT, WAIT

CDS = TRANSPORT + ArgumentSpec(
    {
        "api_url": env("CDS_API_URL", required=True),
        "token": env("CDS_TOKEN", no_log=True),
        "username": env("CDS_USER"),
        "password": env("CDS_PASSWORD", no_log=True),
        "session_token": {"type": "str", "no_log": True},
        "version": {"type": "str"},
    },
    tokens=("token", "session_token"),
    passwords=("username", "password"),
    urls=("api_url",),
)

PROJECT = ArgumentSpec({"project": {"type": "str", "required": True}})

# What is in a project.
IN_PROJECT = CDS + PROJECT + STATE

__all__ = ["CDS", "IN_PROJECT", "PROJECT", "STATE", "WAIT"]
