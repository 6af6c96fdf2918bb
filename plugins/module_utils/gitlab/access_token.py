# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project access tokens.

Source: https://docs.gitlab.com/api/project_access_tokens/
"""

from __future__ import annotations

import re
import typing as t
from datetime import UTC, date, datetime, timedelta

from ..errors import BridgeError, InvalidInput
from ..pending import pending_id
from ..reconcile import Context, Fields
from ..spec import STATE, ArgumentSpec
from .options import GITLAB, PROJECT
from .resource import GitlabResource

try:
    # Loaded with this file, so that the controller pays for it once a run.
    import gitlab.v4.objects  # noqa: F401  # pylint: disable=unused-import
except ImportError:
    pass

SCOPES = (
    "api",
    "read_api",
    "read_repository",
    "write_repository",
    "read_registry",
    "write_registry",
    "create_runner",
    "manage_runner",
    "ai_features",
    "k8s_proxy",
    "self_rotate",
)
LEVELS = {"guest": 10, "planner": 15, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50}
_NAMES = {number: name for name, number in LEVELS.items()}
_MOST_DAYS = 365


class ProjectAccessToken(GitlabResource):
    """The token of a name. GitLab tells its value once and changes nothing of one, so every change makes a new one.

    A rotation takes three tasks: this one makes the new token and leaves the old, the new one goes where the token is used,
    and this one revokes the old. A run that is cut off between them leaves a token whose value nobody knows. ``in_use`` tells
    which one is known where it is used, so that the next run makes another instead of relying on that.
    """

    module = "gitlab_project_access_token"
    spec = (
        GITLAB
        + PROJECT
        + STATE
        + ArgumentSpec(
            {
                "name": {"type": "str", "required": True},
                "scopes": {"type": "list", "elements": "str", "choices": list(SCOPES), "no_log": False},
                "access_level": {"type": "str", "choices": list(LEVELS)},
                "description": {"type": "str"},
                "expires_at": {"type": "str"},
                "valid_days": {"type": "int", "default": 90},
                "renew_before_days": {"type": "int", "default": 30},
                "renew": {"type": "bool", "default": False},
                "in_use": {"type": "int"},
                "revoke_others": {"type": "bool", "default": False},
            }
        )
    )
    identity = ("project", "name")
    operations = {
        "create": "POST /api/v4/projects/{id}/access_tokens",
        "renew": "POST /api/v4/projects/{id}/access_tokens",
        "delete": "DELETE /api/v4/projects/{id}/access_tokens/{token_id}",
        "revoke": "DELETE /api/v4/projects/{id}/access_tokens/{token_id}",
    }
    secret_results = ("token",)
    noun = "access token"
    below = ("access_tokens",)
    needs = (
        "the scope api and the role Maintainer in the project, of a person: a project's own token can't manage tokens"
    )

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self._token: str | None = None
        self._known: set[int] | None = None  # the ids there were before this task made one
        self._live: list[Fields] = []

    @property
    def name(self) -> str:
        return str(self.params["name"])

    def asked(self, verb: str) -> str:
        return f"{verb} the {self.noun} {self.name} of {self.params['project']}"

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        if self.params["state"] == "absent":
            return
        if self.params["create"] and not (self.params["scopes"] and self.params["access_level"]):
            raise InvalidInput(
                "scopes and access_level must be given for an access token, which could not be made without",
                "Set create to false to use one that is there.",
            )
        if self.params["expires_at"] and not _date(self.params["expires_at"]):
            raise InvalidInput(f"expires_at must be a date as 2027-01-31, not {self.params['expires_at']}")
        days, before = self.params["valid_days"], self.params["renew_before_days"]
        if not 1 <= days <= _MOST_DAYS:
            raise InvalidInput(f"valid_days must be 1 to {_MOST_DAYS}, which is what GitLab allows")
        if not self.params["expires_at"] and before >= days:
            raise InvalidInput("renew_before_days must be less than valid_days, or every run would make a new token")

    # -- finding -----------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        try:
            listed = self.listing("Look for", state="active")
        except BridgeError as error:
            if error.status == 404 and self.params["state"] == "absent":
                return None
            raise
        live = [_shown(item) for item in listed if item["name"] == self.name and item["active"]]
        if self._known is not None:
            live = self._without_lost(live)
        self._live = sorted(live, key=lambda item: t.cast(int, item["id"]), reverse=True)
        return {**self._live[0], "live": len(self._live)} if self._live else None

    def _without_lost(self, live: list[Fields]) -> list[Fields]:
        """A token whose value was lost with the answer is of no use to anybody."""
        known = self._known or set()
        for lost in [item for item in live if item["id"] not in known]:
            self._revoke(lost)
        return [item for item in live if item["id"] in known]

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted: Fields = {}
        if self.params["scopes"]:
            wanted["scopes"] = sorted(set(self.params["scopes"]))
        if self.params["access_level"]:
            wanted["access_level"] = self.params["access_level"]
        if current is None:
            description = self.params["description"]
            return {**wanted, **({"description": description} if description else {}), "expires_at": self._new_end()}
        if self.params["expires_at"]:
            wanted["expires_at"] = self.params["expires_at"]
        elif self._ends_soon(current):
            wanted["expires_at"] = self._new_end()
        if self.params["in_use"] is not None:
            wanted["id"] = self.params["in_use"]
        if self.params["renew"]:
            wanted["renewed"] = True
        if self.params["revoke_others"]:
            wanted["live"] = 1
        return wanted

    def _ends_soon(self, current: Fields) -> bool:
        """Whether it is time for a new one. Tokens end as the day begins, in UTC."""
        end = _date(current["expires_at"] or "")
        return bool(end and (end - today()).days <= self.params["renew_before_days"])

    def _new_end(self) -> str:
        return str(self.params["expires_at"] or (today() + timedelta(days=self.params["valid_days"])).isoformat())

    def update_actions(self, changes: Fields) -> tuple[str, ...]:
        return ("revoke",) if set(changes) == {"live"} else ("renew",)

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        level = desired["access_level"]
        self._known = {item["id"] for item in self._live}
        try:
            body = {"name": self.name, **desired, "access_level": LEVELS.get(level, level)}
            answer = self.call("POST", verb="Make", body=body)
        except BridgeError as error:
            if "does not have permission" in (error.words or ""):
                error.remedy = f"It needs {self.needs}. On GitLab.com it takes Premium or Ultimate as well."
            raise
        self._token = answer["token"]
        self.context.redactor.add(self._token)
        return {**_shown(answer), "live": len(self._live) + 1}

    def update(self, current: Fields, changes: Fields) -> Fields:
        if set(changes) == {"live"}:
            for other in self._live[1:]:
                self._revoke(other)
            return {**current, "live": 1}
        # The old one stays: it is in use until the new one is where it is needed.
        return self.create({name: current[name] for name in ("scopes", "access_level")} | self.desired(None))

    def delete(self, current: Fields) -> None:
        for item in self._live:
            self._revoke(item)

    def _revoke(self, item: Fields) -> None:
        self.call("DELETE", str(item["id"]), verb="Revoke", accept=(404,))

    def run(self) -> Fields:
        result = super().run()
        if self.context.check_mode and any(action["action"] in ("create", "renew") for action in result["actions"]):
            self._token = pending_id(self.module, self.name)
        return {**result, "token": self._token}


def today() -> date:
    """The date GitLab goes by."""
    return datetime.now(UTC).date()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _shown(answer: Fields) -> Fields:
    """Without the value, with the level by its name."""
    shown = {name: value for name, value in answer.items() if name != "token"}
    shown["scopes"] = sorted(shown["scopes"])
    level = shown["access_level"]
    return {**shown, "access_level": _NAMES.get(level, level)}
