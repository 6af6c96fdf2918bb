# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all GitLab modules. Names are those of community.general's GitLab modules."""

from __future__ import annotations

from ..core.spec import STATE, ArgumentSpec, env
from ..http.transport import TRANSPORT, WAIT

GITLAB = TRANSPORT + ArgumentSpec(
    {
        "api_url": env("GITLAB_API_URL", default="https://gitlab.com"),
        "api_token": env("GITLAB_API_TOKEN", no_log=True, required=True),
    },
    tokens=("api_token",),
    urls=("api_url",),
)

# A project by its full path (acme/shop) or its id.
PROJECT = ArgumentSpec({"project": {"type": "str", "required": True}})

# What is in a project.
IN_PROJECT = GITLAB + PROJECT + STATE

__all__ = ["GITLAB", "IN_PROJECT", "PROJECT", "STATE", "WAIT"]
