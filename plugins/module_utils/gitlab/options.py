# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all GitLab modules. Names are those of community.general's GitLab modules."""

from __future__ import annotations

from ansible.module_utils.basic import env_fallback

from ..spec import STATE, ArgumentSpec
from ..transport import TRANSPORT, WAIT


def _env(variable: str, **more: object) -> dict[str, object]:
    return {"type": "str", "fallback": (env_fallback, [variable]), **more}


GITLAB = TRANSPORT + ArgumentSpec(
    {
        "api_url": _env("GITLAB_API_URL", default="https://gitlab.com"),
        "api_token": _env("GITLAB_API_TOKEN", no_log=True, required=True),
    }
)

# A project by its full path (acme/shop) or its id.
PROJECT = ArgumentSpec({"project": {"type": "str", "required": True}})

__all__ = ["GITLAB", "PROJECT", "STATE", "WAIT"]
