# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of all Gemnasium modules: how the container engine is reached, and which container is meant.

Names are those of community.docker where it has the same. Gemnasium Enterprise is configured by commands in its container;
its documentation knows no other way.
"""

from __future__ import annotations

import typing as t

from ..core.spec import ArgumentSpec, env
from ..http.transport import TRANSPORT, check_seconds


def _check_command(params: dict[str, t.Any]) -> None:
    check_seconds(params, "command_timeout")


ENGINE = TRANSPORT + ArgumentSpec(
    {
        "docker_host": env("DOCKER_HOST", default="unix:///var/run/docker.sock"),
        "tls": {"type": "bool"},
        "client_cert": {"type": "path"},
        "client_key": {"type": "path"},
        "api_version": env("DOCKER_API_VERSION"),
        "container": {"type": "str", "default": "gemnasium"},
        "data_path": {"type": "str", "default": "/var/opt/gemnasium"},
    },
    required_together=[("client_cert", "client_key")],
    addresses=("docker_host",),
)

# The words in which Gemnasium refuses what it has already are documented nowhere.
EXISTS = r"(?i)\balready (exists?|been taken|taken|registered|in use)\b|\bduplicate\b|\bnot unique\b"

COMMAND = ArgumentSpec(
    {
        "command": {"type": "list", "elements": "str"},
        "command_timeout": {"type": "float", "default": 120.0},
        "list_command": {"type": "list", "elements": "str"},
        "exists_pattern": {"type": "str", "default": EXISTS},
        "force": {"type": "bool", "default": False},
        "adopt": {"type": "bool", "default": False},
        "forget": {"type": "bool", "default": False},
    },
    checks=(_check_command,),
)
