# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project access tokens.

Source: https://docs.gitlab.com/api/project_access_tokens/
"""

from __future__ import annotations

from datetime import timedelta

from ..core.errors import InvalidInput, remedies, says
from ..core.reconcile import Fields
from ..core.shown_once import ShownOnceToken, check_date, check_renewal, renewal, today
from ..core.spec import ArgumentSpec, each
from ..http.answer import NOTHING
from .options import IN_PROJECT
from .resource import ProjectPart

SCOPES = (
    *("api", "read_api", "read_repository", "write_repository", "read_registry", "write_registry"),
    *("create_runner", "manage_runner", "ai_features", "k8s_proxy", "self_rotate"),
)
LEVELS = {"guest": 10, "planner": 15, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50}
_NAMES = {number: name for name, number in LEVELS.items()}
_MOST_DAYS = 365


class ProjectAccessToken(ProjectPart, ShownOnceToken):
    """The token of a name. GitLab changes nothing of one, so every change makes a new one (see ``ShownOnceToken``)."""

    module = "gitlab_project_access_token"
    spec = (
        IN_PROJECT
        + renewal(type="int")
        + ArgumentSpec(
            {
                "scopes": {"type": "list", "elements": "str", "choices": list(SCOPES), "no_log": False},
                "access_level": {"type": "str", "choices": list(LEVELS)},
                **each(("description", "expires_at")),
                "valid_days": {"type": "int", "default": 90},
            },
            blank=("description",),
        )
    )
    operations = {
        "create": "POST /api/v4/projects/{id}/access_tokens",
        "renew": "POST /api/v4/projects/{id}/access_tokens",
        "delete": "DELETE /api/v4/projects/{id}/access_tokens/{token_id}",
        "revoke": "DELETE /api/v4/projects/{id}/access_tokens/{token_id}",
    }
    described_names = ("scopes", "access_level")
    noun = "access token"
    below = ("access_tokens",)
    needs = (
        "the scope api and the role Maintainer in the project, of a user: a project's own token cannot manage tokens"
    )

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        if self.params["state"] == "absent":
            return
        self.check_needed(
            "an access token", "scopes", "access_level", remedy="Set create to false to use an existing one."
        )
        check_date(self.params["expires_at"], "expires_at")
        days, before = self.params["valid_days"], self.params["renew_before_days"]
        if not 1 <= days <= _MOST_DAYS:
            raise InvalidInput(f"valid_days must be 1 to {_MOST_DAYS}, the limit of GitLab")
        if not self.params["expires_at"]:
            check_renewal(days, before, "valid_days")

    # -- what GitLab knows -------------------------------------------------------------------------------------------

    def listed(self) -> list[Fields]:
        return [_shown(item) for item in self.listing("Find", state="active") if item["active"]]

    def age(self, item: Fields) -> int:
        return int(item["id"])

    def described(self) -> Fields:
        names = ("scopes", "access_level", "description")
        wanted = {name: self.params[name] for name in names if self.params[name]}
        return {**wanted, "scopes": sorted(set(wanted["scopes"]))} if "scopes" in wanted else wanted

    def new_end(self) -> str:
        return str(self.params["expires_at"] or (today() + timedelta(days=self.params["valid_days"])).isoformat())

    def make(self, desired: Fields) -> tuple[Fields, str]:
        level = desired["access_level"]
        body = {"name": self.name, **desired, "access_level": LEVELS.get(level, level)}
        remedy = f"It needs {self.needs}. On GitLab.com it requires Premium or Ultimate as well."
        with remedies((says("does not have permission"), remedy)):
            answer = self.call("POST", verb="Create", body=body)
        return _shown(answer), answer["token"]

    def revoke(self, item: Fields) -> None:
        self.call("DELETE", str(item["id"]), verb="Revoke", expects=NOTHING, accept=(404,))


def _shown(answer: Fields) -> Fields:
    """Without the value, with the level by its name."""
    shown = {name: value for name, value in answer.items() if name != "token"}
    shown["scopes"] = sorted(shown["scopes"])
    level = shown["access_level"]
    return {**shown, "access_level": _NAMES.get(level, level)}
