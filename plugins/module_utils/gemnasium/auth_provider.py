# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers of sign-in and synchronisation: where a hosting service authorises.

Source: the Gemnasium Enterprise documentation, "Bitbucket Cloud" (``auth provider create``) and the newer "GitLab"
(``auth providers create``, with the version of OAuth).
"""

from __future__ import annotations

import typing as t

from ..core.spec import STATE, ArgumentSpec
from .options import COMMAND, ENGINE
from .resource import GemnasiumObject

OAUTH_VERSION = "2.0"


class AuthProvider(GemnasiumObject):
    """The provider of a name."""

    module = "gemnasium_auth_provider"
    spec = (
        ENGINE
        + STATE
        + COMMAND
        + ArgumentSpec(
            {
                "name": {"type": "str", "required": True},
                "type": {"type": "str"},
                "authorize_url": {"type": "str"},
                "token_url": {"type": "str", "no_log": False},
                "cli": {"type": "str", "choices": ["classic", "versioned"], "default": "classic"},
            },
            required_if=[("state", "present", ("type", "authorize_url", "token_url"))],
            addresses=("authorize_url", "token_url"),
        )
    )
    identity = ("name",)
    operations: t.ClassVar[dict[str, str]] = {"create": "auth provider create", "delete": "forget the marker"}
    noun = "provider"
    described_by = ("type", "authorize_url", "token_url")
    default_command = ("auth", "provider", "create")

    @property
    def command(self) -> tuple[str, ...]:
        if self.params["cli"] == "versioned" and not self.params["command"]:
            return ("auth", "providers", "create")
        return super().command

    def arguments(self) -> list[str]:
        name, kind, *urls = super().arguments()
        version = [OAUTH_VERSION] if self.params["cli"] == "versioned" else []
        return [name, kind, *version, *urls]
