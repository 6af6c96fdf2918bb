# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a credential of Bitbucket Data Center is, whose, and what it lacks for a use.

Source: https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html
"""

from __future__ import annotations

import typing as t

from ...core.errors import BridgeError
from ...core.reconcile import Fields
from ...http.answer import OBJECT, listed
from ..ports import Credentials
from ..use import LEVELS, PERSONAL, PROJECT, REPOSITORY
from ..uses import USES
from . import advice
from .client import TITLE, path_of, user_of

_NAMES = {"REPO_READ": "read", "REPO_WRITE": "write", "REPO_ADMIN": "admin"}

# What a scope of Cloud is here; those of accounts and workspaces are nothing.
_OF_SCOPES = {
    "repository": "REPO_READ",
    "pullrequest": "REPO_READ",
    "repository:write": "REPO_WRITE",
    "pullrequest:write": "REPO_WRITE",
    "repository:admin": "REPO_ADMIN",
    "webhook": "REPO_ADMIN",
}
_OF_API_TOKENS = {"read": "REPO_READ", "write": "REPO_WRITE", "admin": "REPO_ADMIN", "delete": "REPO_ADMIN"}


class DataCenterCredentials(Credentials):
    """The user is in a header of every answer; what a credential may do is told by what it is shown."""

    def unknown(self) -> Fields:
        return {**super().unknown(), "edition": "data_center"}

    def identify(self) -> Fields:
        """Some calls answer anybody with 200, so it is the header that proves the login."""
        asked = "Find out what the credential is"
        answer = self.client.call(
            "GET", "api/latest/application-properties", asked=asked, expects=OBJECT, keys=("version",)
        )
        credential = self.describe(answer)
        if not credential["account"]:
            # A call that needs a login has the reason for the refusal, which this one passes over in silence.
            known = bool(answer.headers.get("X-AUSERNAME")) or self._sees("repos", "REPO_READ", asked)
            if not known or not self.client.login.bearer:
                raise self._dead(asked)
            # One of a project has a permission on it; one of a repository has none on any.
            credential["kind"] = PROJECT if self._sees("projects", "PROJECT_READ", asked) else REPOSITORY
        return credential

    def _sees(self, what: str, permission: str, asked: str) -> bool:
        """Whether it is shown anything with that permission; nobody (a dead token) is shown nothing."""
        params = {"permission": permission, "limit": 1}
        return bool(listed(self.client.json("GET", f"api/latest/{what}", asked=asked, params=params), "values"))

    def _dead(self, asked: str) -> BridgeError:
        words = "nobody is logged in with it"
        remedy = advice.refused_login(self.client.login)
        return BridgeError(asked, kind="unauthorized", service=TITLE, words=words, remedy=remedy)

    def describe(self, answer: t.Any) -> Fields:
        out, login = self.unknown(), self.client.login
        name = user_of(answer)
        if name:
            number = answer.headers.get("X-AUSERID")
            out["account"] = {"username": name, "account_id": number, "uuid": None, "display_name": None}
        if login.kind == "http_token" and name:
            out["kind"] = PERSONAL
        # A token that is nobody's has no user name for git either, and goes there as bearer.
        out["git_user"], out["git_users"] = name, [name] if name else []
        out["rest_user"] = name if not login.bearer else None
        return out

    # -- what it lacks -----------------------------------------------------------------------------------------------

    def check(self, credential: Fields) -> None:
        for use in self.params["use"]:
            self._check_use(credential, use)
        wanted, works = self.params["git_user"], credential["git_users"]
        if wanted and wanted not in works:
            self.problems.append(
                f"git does not take {wanted} as user name with this credential. Use {' or '.join(works)}."
            )

    def _check_use(self, credential: Fields, use: str) -> None:
        wanted, kind = USES[use].data_center, credential["kind"]
        if wanted is None:
            self.problems.append(f"The target {use} works with repositories of Bitbucket Cloud, not of Data Center.")
            return
        # A token that is nobody's is one of a project or a repository, whichever.
        if kind not in wanted.kinds:
            self.problems.append(
                f"{use} can't work with this kind of credential ({kind}): {wanted.why}. It takes: {', '.join(wanted.kinds)}. "
                + advice.make_token(("PROJECT_READ", wanted.level))
            )

    def wanted(self) -> str | None:
        """The highest level that the uses and the scopes ask for."""
        uses = [USES[use].data_center for use in self.params["use"]]
        asked = [use.level for use in uses if use]
        asked += filter(None, map(_level, self.params["scopes"]))
        return max(asked, key=LEVELS.index, default=None)

    def check_repository(self, credential: Fields, answer: t.Any) -> None:
        """One call more, and only where more than reading is asked for, which the answer itself proves."""
        level = self.wanted()
        if level and level != LEVELS[0] and not self.problems and not self._has(level, self._repository(answer)):
            self._note_lack(credential, level)

    def _repository(self, answer: t.Any) -> Fields:
        return t.cast("Fields", self.client.decoded(answer, OBJECT, f"Read {self.place}"))

    def permission(self, credential: Fields) -> str | None:
        place = self.place
        if not place:
            return None
        try:
            answer = self.client.json("GET", path_of(place), asked=f"Read {place}")
        except BridgeError as error:
            if error.kind not in ("forbidden", "not_found"):
                raise
            self.problems.append(str(error))
            return None
        if place.repository is None:
            return None
        has = next((level for level in reversed(LEVELS) if self._has(level, answer)), LEVELS[0])
        wanted = self.wanted()
        if wanted and LEVELS.index(has) < LEVELS.index(wanted):
            self._note_lack(credential, wanted)
        return _NAMES[has]

    def _note_lack(self, credential: Fields, level: str) -> None:
        place = str(self.place)
        uses = f" for {', '.join(self.params['use'])}" if self.params["use"] else ""
        credential["missing_scopes"] = [level]
        self.problems.append(f"The credential lacks {level} on {place}{uses}. {advice.more_permission(level, place)}")

    def _has(self, level: str, repository: Fields) -> bool:
        """Whether the repository is among those on which there is this permission. The search goes by name, not by slug."""
        if level == LEVELS[0]:
            return True
        project, slug = (repository.get("project") or {}).get("key"), repository.get("slug")
        asked = f"See whether there is {level} on {project}/{slug}"
        query = {"permission": level, "projectkey": project, "name": repository.get("name")}
        found = self.client.listing("api/latest/repos", asked=asked, **query)
        return any(one.get("id") == repository.get("id") for one in found)


def _level(scope: str) -> str | None:
    """A permission by its name here, or by a scope's of Cloud."""
    if scope in LEVELS:
        return scope
    verb, _colon, rest = scope.partition(":")
    if rest == "webhook:bitbucket":
        return "REPO_ADMIN"
    if rest in ("repository:bitbucket", "pullrequest:bitbucket"):
        return _OF_API_TOKENS.get(verb)
    return _OF_SCOPES.get(scope)
