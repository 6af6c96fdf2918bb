# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of a provider: the OAuth consumer Gemnasium signs users in with, or synchronises repositories with.

Source: the Gemnasium Enterprise documentation, "Bitbucket Cloud" (``auth clients create``).
"""

from __future__ import annotations

import typing as t

from ..core.errors import InvalidInput
from ..core.reconcile import Fields
from ..core.spec import STATE, ArgumentSpec, update_secret
from .options import COMMAND, ENGINE
from .resource import GemnasiumObject


class AuthClient(GemnasiumObject):
    """The client of a provider for one usage."""

    module = "gemnasium_auth_client"
    spec = (
        ENGINE
        + STATE
        + COMMAND
        + update_secret("on_change")
        + ArgumentSpec(
            {
                "provider": {"type": "str", "required": True},
                "usage": {"type": "str", "choices": ["login", "sync"], "required": True},
                "client_id": {"type": "str"},
                "client_secret": {"type": "str", "no_log": True},
                "scopes": {"type": "list", "elements": "str"},
            },
            required_if=[("state", "present", ("client_id", "client_secret", "scopes"))],
            passwords=("client_id", "client_secret"),
        )
    )
    identity = ("provider", "usage")
    operations: t.ClassVar[dict[str, str]] = {"create": "auth clients create", "delete": "forget the marker"}
    secret_fields = ("client_secret",)
    noun = "client"
    described_by = ("client_id", "client_secret", "scopes")
    default_command = ("auth", "clients", "create")

    def validate(self) -> None:
        super().validate()
        scopes = self.params["scopes"]
        if scopes is not None and (not scopes or any("," in scope for scope in scopes)):
            raise InvalidInput("scopes must be a list of names, and no name can contain a comma")

    def comparable(self, desired: Fields) -> Fields:
        """The order of scopes says nothing."""
        return {**desired, "scopes": sorted(desired.get("scopes") or ())}
