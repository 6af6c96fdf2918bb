# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options every module has for speaking to its service, the same names for all of them."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import env_fallback

from .spec import ArgumentSpec


def _option(kind: str, default: t.Any, variable: str) -> dict[str, t.Any]:
    return {"type": kind, "default": default, "fallback": (env_fallback, [variable])}


TRANSPORT = ArgumentSpec(
    {
        "timeout": _option("float", 30.0, "REPOBRIDGE_TIMEOUT"),
        "max_retries": _option("int", 4, "REPOBRIDGE_MAX_RETRIES"),
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path", "fallback": (env_fallback, ["REPOBRIDGE_CA_PATH"])},
    }
)

WAIT = ArgumentSpec(
    {
        "wait_timeout": _option("float", 1200.0, "REPOBRIDGE_WAIT_TIMEOUT"),
        "poll_interval": _option("float", 2.0, "REPOBRIDGE_POLL_INTERVAL"),
    }
)
