# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull mirrors of projects.

Sources: https://docs.gitlab.com/api/project_pull_mirroring/ and
https://docs.gitlab.com/user/project/repository/mirror/pull/
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ..core.errors import BridgeError, InvalidInput, remedies, says
from ..core.pending import is_pending
from ..core.reconcile import Fields, Outcome, Snapshot
from ..core.redact import HIDDEN
from ..core.spec import ArgumentSpec, each, update_secret
from ..core.urls import normalised_repository, without_user
from .licence import can_mirror, unavailable
from .mirror_update import CREDENTIALS, updated
from .options import IN_PROJECT, WAIT
from .resource import GitlabResource
from .session import project_path

_SCHEMES = ("http", "https", "ssh", "git")
_FLAGS = ("mirror_trigger_builds", "mirror_overwrites_diverged_branches", "only_mirror_protected_branches")
_MANAGED = (*_FLAGS, "mirror_branch_regex")
_REGEX, _PROTECTED = "mirror_branch_regex", "only_mirror_protected_branches"


class PullMirror(GitlabResource):
    """The pull mirror of a project. Every PUT makes the caller its user and starts an update, so it is sent for a reason only."""

    module = "gitlab_pull_mirror"
    spec = (
        IN_PROJECT
        + WAIT
        + update_secret("on_create", ("on_create", "always"))
        + ArgumentSpec(
            {
                **each(("url", "auth_user", "mirror_branch_regex")),
                "auth_password": {"type": "str", "no_log": True},
                **each(_FLAGS, "bool"),
                **each(("unpause", "wait"), "bool", default=True),
            },
            required_by={"auth_password": ["auth_user"]},
            blank=("mirror_branch_regex",),
            addresses=("url",),
            passwords=("auth_user", "auth_password"),
        )
    )
    operations = dict.fromkeys(("create", "update", "delete"), "PUT /api/v4/projects/{id}/mirror/pull")
    secret_fields = ("auth_password",)
    noun = "pull mirror of"
    below = ("mirror", "pull")

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        url = self.params["url"]
        if url is not None:
            parts = urlsplit(url)
            if parts.scheme.lower() not in _SCHEMES or not parts.hostname:
                raise InvalidInput(
                    "The mirror's url must begin with one of http://, https://, ssh://, git:// and have a host"
                )
            if "@" in parts.netloc and parts.scheme.lower() in ("http", "https"):
                raise InvalidInput(
                    "The mirror's url must not contain credentials", "Give them as auth_user and auth_password."
                )
        self.check_needed("a pull mirror", "url", remedy="Set create to false to change an existing one.")
        if self.params[_PROTECTED] and self.params[_REGEX]:
            raise InvalidInput(
                f"{_PROTECTED} and {_REGEX} exclude each other",
                "GitLab would silently ignore the first. Set one of them.",
            )

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted = self.given("url", *_MANAGED)
        if self.params["auth_password"] and (current is None or self.params["update_secret"] == "always"):
            wanted["auth_password"] = self.params["auth_password"]
        if current is None:
            self._check_licence()
        elif self.params["unpause"] and current["update_status"] == "failed":
            wanted["update_status"] = "finished"
        return wanted

    def comparable(self, desired: Fields) -> Fields:
        """A URL without what means nothing; what GitLab answers with null is off."""
        out = dict(desired)
        if out.get("url"):
            out["url"] = normalised_repository(out["url"])
        for name in _MANAGED:
            if name in out:
                out[name] = out[name] or ("" if name == _REGEX else False)
        return out

    def planned(self, desired: Fields) -> Fields:
        return {**super().planned(desired), "trigger_url": self._trigger_url(self.project)}

    def _body(self, fields: Fields) -> Fields:
        """What is sent. Credentials go with a new URL, because GitLab forgets the old ones, and into a mirror that failed."""
        body = {name: fields[name] for name in ("url", *_MANAGED) if fields.get(name) is not None}
        if body.get(_REGEX):
            body.pop(_PROTECTED, None)  # each of the two clears the other
        elif body.get(_PROTECTED):
            body.pop(_REGEX, None)
        elif _REGEX in body:
            body[_PROTECTED] = False
        if {"url", "auth_password", "update_status"} & set(fields):
            names = ("auth_user", "auth_password")
            body.update({name: self.params[name] for name in names if self.params[name] is not None})
            body.update({"url": self.params["url"]} if self.params["url"] else {})
        return {"enabled": True, **body}

    # -- calling -----------------------------------------------------------------------------------------------------

    def current(self, project: str | None = None) -> Fields:
        """As GitLab has it now; ``project`` is its id, once it is known."""
        return self._current(self.call("GET", verb="Read", project=project))

    def read(self) -> Fields | None:
        try:
            return self.current()
        except BridgeError as error:
            if error.status == 400:  # "The project is not mirrored"; without a licence for mirrors, none is
                return None
            if error.status == 404 and self.params["state"] == "absent":
                return None
            if error.status == 404 and "Project" not in (error.words or ""):  # the Community Edition has no such path
                raise self._unavailable() from None
            raise

    def read_again(self, known: Snapshot | None, actions: t.Container[str]) -> Fields | None:
        found = self.read()
        return Snapshot(found, known["last_update_at"]) if found and known else found

    def create(self, desired: Fields) -> Fields:
        made = self._put("Create", None, self._body(desired))
        return Snapshot(made, made["last_update_at"])  # of a mirror there was once

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        """The snapshot's origin is when the last update ended before this task started one."""
        return Snapshot(self._put("Update", str(current["id"]), self._body(changes)), current["last_update_at"])

    def delete(self, current: Fields) -> None:
        self.call("PUT", verb="Disable", project=str(current["id"]), body={"enabled": False})

    def _put(self, verb: str, project: str | None, body: Fields) -> Fields:
        with remedies((says("Unable to access"), CREDENTIALS)):
            answer = self.call("PUT", verb=verb, project=project, body=body)
        if not answer["enabled"]:
            raise self._unavailable()
        return self._current(answer)

    def _current(self, answer: Fields) -> Fields:
        """As GitLab has it, with the URL as it was given, and the address that starts an update."""
        url = answer["url"] or ""
        secret = {"auth_password": HIDDEN} if "@" in urlsplit(url).netloc else {}
        trigger = self._trigger_url(str(answer["id"]))
        return {**answer, "url": without_user(url) or answer["url"], **secret, "trigger_url": trigger}

    def _trigger_url(self, project: str) -> str:
        return f"{self.params['api_url'].rstrip('/')}/api/v4{project_path(project, *self.below)}"

    def _check_licence(self) -> None:
        """Refuse before the first change, and in check mode, where GitLab has no pull mirrors."""
        if is_pending(self.project):
            return
        path, asked = project_path(self.project), f"Read the project {self.name}"
        if not can_mirror(self.session.call("GET", path, asked=asked, needs=self.needs, keys=("id",))):
            raise self._unavailable()

    def _unavailable(self) -> BridgeError:
        return unavailable(self.asked("Create"), self.params["api_url"])

    def follow_up(self, current: Snapshot, outcome: Outcome) -> Fields:
        return current if self.context.check_mode else updated(self, current, outcome.changed)
