# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project access tokens.

Source: https://docs.gitlab.com/api/project_access_tokens/
"""

from __future__ import annotations

from ..core.errors import remedies, says
from ..core.reconcile import Fields
from ..core.shown_once import Lifetime, ShownOnceToken, renewal
from ..core.spec import ArgumentSpec, each
from ..http.answer import NOTHING
from .levels import ROLES, named, numbered
from .options import IN_PROJECT
from .resource import ProjectPart

SCOPES = (
    *("api", "read_api", "read_repository", "write_repository", "read_registry", "write_registry"),
    *("create_runner", "manage_runner", "ai_features", "k8s_proxy", "self_rotate"),
)
_LIFETIME = Lifetime("valid_days", 1, 365, "1 to 365, which is what GitLab allows")


class ProjectAccessToken(ProjectPart, ShownOnceToken):
    """The token of a name. GitLab changes nothing of one, so every change makes a new one (see ``ShownOnceToken``)."""

    module = "gitlab_project_access_token"
    spec = (
        IN_PROJECT
        + renewal(_LIFETIME, type="int")
        + ArgumentSpec(
            {
                "scopes": {"type": "list", "elements": "str", "choices": list(SCOPES), "no_log": False},
                "access_level": {"type": "str", "choices": list(ROLES)},
                **each(("description", "expires_at")),
            },
            blank=("description",),
        )
    )
    operations = {
        **dict.fromkeys(("create", "renew"), "POST /api/v4/projects/{id}/access_tokens"),
        **dict.fromkeys(("delete", "revoke"), "DELETE /api/v4/projects/{id}/access_tokens/{token_id}"),
    }
    described_names = ("scopes", "access_level")
    lifetime = _LIFETIME
    noun = "access token"
    below = ("access_tokens",)
    needs = (
        "the scope api and the role Maintainer in the project, of a user: a project's own token cannot manage tokens"
    )

    def listed(self) -> list[Fields]:
        return [_shown(item) for item in self.listing("Find", state="active") if item["active"]]

    def age(self, item: Fields) -> int:
        return int(item["id"])

    def make(self, desired: Fields) -> tuple[Fields, str]:
        body = {"name": self.name, **desired, "access_level": numbered(desired["access_level"])}
        remedy = f"It needs {self.needs}. On GitLab.com it requires Premium or Ultimate as well."
        with remedies((says("does not have permission"), remedy)):
            answer = self.call("POST", verb="Create", body=body)
        return _shown(answer), answer["token"]

    def revoke(self, item: Fields) -> None:
        self.call("DELETE", str(item["id"]), verb="Revoke", expects=NOTHING, accept=(404,))


def _shown(answer: Fields) -> Fields:
    """Without the value, with the level by its name."""
    shown = {name: value for name, value in answer.items() if name != "token"}
    return {**shown, "scopes": sorted(shown["scopes"]), "access_level": named(shown["access_level"])}
