# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project access token that a link keeps in Bitbucket, and that is replaced before it expires."""

from __future__ import annotations

from ...core.reconcile import Fields
from ...gitlab.access_token import ProjectAccessToken
from ..link import Link


class TokenLink(Link):
    """GitLab shows a token once. One that Bitbucket does not hold is of no use, because nobody can read its value."""

    def token(self, scope: str, description: str, in_use: int) -> Fields:
        """The result of the token; its value is there only where a new one was created. ``in_use``: the id Bitbucket holds."""
        return self.part(
            "token",
            ProjectAccessToken,
            "gitlab",
            {
                **self.named_token,
                "scopes": [scope],
                "access_level": "maintainer",
                "description": description,
                "valid_days": self.params["token_days"],
                "renew_before_days": self.params["token_renew_before_days"],
                "in_use": in_use,
            },
        )

    def revoke_others(self, token: Fields) -> None:
        """Called when the new one is in use."""
        if (token["resource"].get("live") or 1) > 1:
            more = {"create": False, "revoke_others": True}
            self.part("old tokens", ProjectAccessToken, "gitlab", {**self.named_token, **more})

    def remove_token(self) -> None:
        self.part("token", ProjectAccessToken, "gitlab", {**self.named_token, "state": "absent"})

    @property
    def named_token(self) -> Fields:
        """The options by which the token is found."""
        return {"project": self.params["project"], "name": self.params["token_name"]}
