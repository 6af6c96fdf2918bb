# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull mirrors of projects.

Sources: https://docs.gitlab.com/api/project_pull_mirroring/ and
https://docs.gitlab.com/user/project/repository/mirror/pull/
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit, urlunsplit

from ..core.errors import BridgeError, InvalidInput
from ..core.pending import is_pending
from ..core.reconcile import Context, Fields, Outcome
from ..core.redact import HIDDEN
from ..core.spec import STATE, ArgumentSpec, update_secret
from ..core.waiting import wait_until
from .options import GITLAB, PROJECT, WAIT
from .resource import GitlabResource
from .session import project_path

# The error code of a GitLab that has no pull mirrors, for playbooks that have another way.
UNAVAILABLE = "pull_mirroring_unavailable"

_SCHEMES = {"http": 80, "https": 443, "ssh": 22, "git": 9418}
_FLAGS = ("mirror_trigger_builds", "mirror_overwrites_diverged_branches", "only_mirror_protected_branches")
_MANAGED = (*_FLAGS, "mirror_branch_regex")
_REGEX, _PROTECTED = "mirror_branch_regex", "only_mirror_protected_branches"
_CREDENTIALS = (
    "GitLab itself must be able to read url with auth_user and auth_password. For git at Bitbucket Cloud the user of an API "
    "token is x-bitbucket-api-token-auth, and that of an access token x-token-auth."
)

_DIVERGED = "Let the source win with mirror_overwrites_diverged_branches, or bring the branch in GitLab back to it."


class PullMirror(GitlabResource):
    """The pull mirror of a project. Every PUT makes the caller its user and starts an update, so it is sent for a reason only."""

    module = "gitlab_pull_mirror"
    spec = (
        GITLAB
        + PROJECT
        + STATE
        + WAIT
        + update_secret("on_create", ("on_create", "always"))
        + ArgumentSpec(
            {
                "url": {"type": "str"},
                "auth_user": {"type": "str"},
                "auth_password": {"type": "str", "no_log": True},
                "mirror_trigger_builds": {"type": "bool"},
                "mirror_overwrites_diverged_branches": {"type": "bool"},
                "only_mirror_protected_branches": {"type": "bool"},
                "mirror_branch_regex": {"type": "str"},
                "unpause": {"type": "bool", "default": True},
                "wait": {"type": "bool", "default": True},
            },
            required_by={"auth_password": ["auth_user"]},
            blank=("mirror_branch_regex",),
            addresses=("url",),
            passwords=("auth_user", "auth_password"),
        )
    )
    operations = {
        "create": "PUT /api/v4/projects/{id}/mirror/pull",
        "update": "PUT /api/v4/projects/{id}/mirror/pull",
        "delete": "PUT /api/v4/projects/{id}/mirror/pull",
    }
    secret_fields = ("auth_password",)
    noun = "pull mirror of"
    below = ("mirror", "pull")

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self._updated_before: str | None = None  # when the last update ended before this task started one

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
                    "The mirror's url must hold no credentials", "Give them as auth_user and auth_password."
                )
        elif self.params["state"] == "present" and self.params["create"]:
            raise InvalidInput(
                "url must be given for a pull mirror, which could not be made without",
                "Set create to false to change one that is there.",
            )
        if self.params[_PROTECTED] and self.params[_REGEX]:
            raise InvalidInput(
                f"{_PROTECTED} and {_REGEX} exclude each other",
                "GitLab would silently drop the first. Set one of them.",
            )

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted = {name: self.params[name] for name in ("url", *_MANAGED) if self.params[name] is not None}
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
            out["url"] = normalised(out["url"])
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

    def read(self) -> Fields | None:
        try:
            return self._current(self.call("GET", verb="Read"))
        except BridgeError as error:
            if error.status == 400:  # "The project is not mirrored"; without a licence for mirrors, none is
                return None
            if error.status == 404 and self.params["state"] == "absent":
                return None
            if error.status == 404 and "Project" not in (error.words or ""):  # the Community Edition has no such path
                raise self._unavailable() from None
            raise

    def create(self, desired: Fields) -> Fields:
        made = self._put("Make", self._body(desired))
        self._updated_before = made["last_update_at"]  # of a mirror there was once
        return made

    def update(self, current: Fields, changes: Fields) -> Fields:
        self._updated_before = current["last_update_at"]
        return self._put("Change", self._body(changes))

    def delete(self, current: Fields) -> None:
        self.call("PUT", verb="Switch off", body={"enabled": False})

    def _put(self, verb: str, body: Fields) -> Fields:
        try:
            answer = self.call("PUT", verb=verb, body=body)
        except BridgeError as error:
            if error.status in (400, 422) and "Unable to access" in (error.words or ""):
                error.remedy = _CREDENTIALS
            raise
        if not answer["enabled"]:
            raise self._unavailable()
        return self._current(answer)

    def _current(self, answer: Fields) -> Fields:
        """As GitLab has it, with the URL as it was given, and the address that starts an update."""
        self.project = str(answer["id"])
        secret = {"auth_password": HIDDEN} if "@" in urlsplit(answer["url"] or "").netloc else {}
        trigger = self._trigger_url(str(answer["id"]))
        return {**answer, "url": without_credentials(answer["url"]), **secret, "trigger_url": trigger}

    def _trigger_url(self, project: str) -> str:
        return f"{self.params['api_url'].rstrip('/')}/api/v4{project_path(project, *self.below)}"

    def _check_licence(self) -> None:
        """Refuse before the first change, and in check mode, where GitLab has no pull mirrors."""
        if is_pending(self.project):
            return
        path = project_path(self.project)
        project = self.session.call("GET", path, asked=f"Read the project {self.name}", needs=self.needs, keys=("id",))
        # https://gitlab.com/gitlab-org/gitlab/-/blob/master/ee/lib/ee/api/entities/project.rb
        if "mirror" not in project:
            raise self._unavailable()

    def _unavailable(self) -> BridgeError:
        return BridgeError(
            f"{self.asked('Make')}: the GitLab at {self.params['api_url']} has no pull mirrors for this project",
            service="GitLab",
            code=UNAVAILABLE,
            remedy="They need the Enterprise Edition with a Premium or Ultimate licence. Without it, push from Bitbucket to GitLab.",
        )

    # -- waiting -----------------------------------------------------------------------------------------------------

    def follow_up(self, current: Fields, outcome: Outcome) -> Fields:
        """Wait for the update that a change started, and for a first one that is still under way."""
        if self.context.check_mode:
            return current
        started = outcome.changed
        waits = self.params["wait"] and (started or not current["last_successful_update_at"])
        if waits:
            current = self._wait(current, started)
        if current["update_status"] == "failed":
            if waits:
                raise BridgeError(
                    f"The pull mirror of {self.name} could not be updated from {current['url']}",
                    service="GitLab",
                    words=current["last_error"],
                    remedy=f"{_DIVERGED if 'diverged' in (current['last_error'] or '') else _CREDENTIALS} The next run tries again.",
                )
            self.context.warn(f"The last update of the pull mirror of {self.name} failed: {current['last_error']}")
        return current

    def _wait(self, current: Fields, started: bool) -> Fields:
        def ended(mirror: Fields) -> bool:
            new = not started or mirror["last_update_at"] != self._updated_before
            return new and mirror["update_status"] in ("finished", "failed")

        return wait_until(
            lambda: self._current(self.call("GET", verb="Read")),
            ended,
            what=f"{self.module} {self.name}: the update",
            describe=lambda mirror: t.cast(str, mirror["update_status"]),
            progress=self.context.progress,
            timeout=self.params["wait_timeout"],
            interval=self.params["poll_interval"],
            first=current,
        )


def without_credentials(url: str | None) -> str | None:
    """A URL without user and password; GitLab itself shows asterisks for them."""
    if not url:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def normalised(url: str) -> str:
    """A URL without what means nothing (case of scheme and host, its own port, ``.git``, a last slash) and without a user."""
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port and parts.port != _SCHEMES.get(scheme) else ""
    path = parts.path.rstrip("/").removesuffix(".git")
    return urlunsplit((scheme, f"{host}{port}", path, parts.query, ""))
