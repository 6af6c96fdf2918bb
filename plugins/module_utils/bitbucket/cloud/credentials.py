# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a credential of Bitbucket Cloud is, whose, and what it lacks for a use.

Sources: https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication,
https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/ and …/using-access-tokens/
"""

from __future__ import annotations

import typing as t

from ...core.errors import BridgeError
from ...core.reconcile import Fields
from ...http.answer import OBJECT
from .. import advice, scopes
from ..client import items_of, place
from ..ports import Credentials
from ..uses import USES

# X-Credential-Type, as far as its values are known; others are borne.
_TYPES = {
    "api_token": "api_token",
    "apppassword": "app_password",
    "repo_access_token": "repository_access_token",
    "repository_access_token": "repository_access_token",
    "project_access_token": "project_access_token",
    "workspace_access_token": "workspace_access_token",
}
_OF_GIT = {"api_token": "x-bitbucket-api-token-auth"}
_TOKEN_OF_GIT = "x-token-auth"
_ADMIN = ("admin", "owner")


class CloudCredentials(Credentials):
    """Told from the headers of any answer, and for users from their account."""

    # -- what it is --------------------------------------------------------------------------------------------------

    def unknown(self) -> Fields:
        return {**super().unknown(), "edition": "cloud"}

    def identify(self) -> Fields:
        if self.client.login.kind == "app_password":
            way_out = advice.make_api_token(self.wanted("api_token"))
            raise BridgeError(advice.APP_PASSWORDS_ARE_GONE, kind="unauthorized", remedy=way_out)
        asked = "Find out what the credential is"
        answer = self.client.call("GET", "user", asked=asked, expects=OBJECT, keys=("uuid",), accept=(403,))
        user = self.client.decoded(answer, OBJECT, asked) if answer.status_code == 200 else None
        return self._described(answer, user)

    def describe(self, answer: t.Any) -> Fields:
        return self._described(answer, None)

    def _described(self, answer: t.Any, user: Fields | None) -> Fields:
        """The credential; ``user`` is its account, where that was asked for."""
        client, out = self.client, self.unknown()
        token = client.token() if client.login.kind == "oauth_consumer" else {}
        if client.login.kind != "oauth_consumer":
            told = answer.headers.get("X-Credential-Type", "")
            out["kind"] = _TYPES.get(told.lower().replace("-", "_"), out["kind"])
        out["scopes"] = scopes.granted(answer.headers)
        if out["scopes"] is None and "scopes" in token:
            out["scopes"] = scopes.split(token["scopes"])
        out["expires_in"] = token.get("expires_in")
        if user is not None:
            out["account"] = {name: user.get(name) for name in ("username", "account_id", "uuid", "display_name")}
        if out["kind"] == "api_token" and "@" in (client.login.username or ""):
            out["email"] = client.login.username
        name = (out["account"] or {}).get("username")
        out["git_user"] = _OF_GIT.get(out["kind"], _TOKEN_OF_GIT)
        out["git_users"] = [out["git_user"], *([name] if name and out["kind"] == "api_token" else [])]
        return out

    def check(self, credential: Fields) -> None:
        self._check_uses(credential)
        self._check_scopes(credential)
        self._check_git_user(credential)

    # -- what it lacks -----------------------------------------------------------------------------------------------

    def wanted(self, kind: str) -> list[str]:
        uses = [name for use in self.params["use"] for name in scopes.needed(kind, use)]
        return sorted({*uses, *scopes.for_kind(kind, self.params["scopes"])})

    def _check_uses(self, credential: Fields) -> None:
        for use in self.params["use"]:
            wanted = USES[use].cloud
            if credential["kind"] not in wanted.kinds:
                self.problems.append(
                    f"{use} can't work with this kind of credential ({credential['kind']}): {wanted.why.format(use=use)}. "
                    f"It takes: {', '.join(wanted.kinds)}."
                )

    def _check_scopes(self, credential: Fields) -> None:
        kind, has, wanted = credential["kind"], credential["scopes"], self.wanted(credential["kind"])
        if has is None:
            if wanted:
                self.context.warn("Bitbucket did not say which scopes the credential has, so they could not be checked")
            return
        lacks = credential["missing_scopes"] = scopes.missing(kind, has, wanted)
        if not lacks:
            return
        uses = f" for {', '.join(self.params['use'])}" if self.params["use"] else ""
        self.problems.append(
            f"The credential lacks {', '.join(lacks)}{uses}; it has {', '.join(has) or 'none'}. "
            + self._how_to_make(kind, sorted({*has, *lacks}))
        )

    def _how_to_make(self, kind: str, names: list[str]) -> str:
        workspace, site = self.params["workspace"] or "<workspace>", self.client.site_url
        if kind == "api_token":
            return advice.make_api_token(names)
        if kind == "oauth_consumer":
            return advice.make_consumer(names, workspace, site)
        return advice.make_access_token(kind, names, workspace, self.params["repository"] or "<repository>", site)

    def _check_git_user(self, credential: Fields) -> None:
        wanted, works = self.params["git_user"], credential["git_users"]
        # An API token takes the account's Bitbucket user name too, which without read:user nobody can tell.
        unsure = credential["kind"] == "api_token" and not credential["account"]
        if not wanted or wanted in works or (unsure and "@" not in wanted and wanted != _TOKEN_OF_GIT):
            return
        mail = " An e-mail address is for the REST API and never works for git." if "@" in wanted else ""
        self.problems.append(
            f"git does not take {wanted} as user name with this credential.{mail} Use {' or '.join(works)}."
        )

    # -- what it may do ----------------------------------------------------------------------------------------------

    def permission(self, credential: Fields) -> str | None:
        """Of the workspace alone owner, create-project or member."""
        workspace, repository = self.params["workspace"], self.params["repository"]
        user = credential["kind"] in ("api_token", "oauth_consumer")
        try:
            level = self._level(workspace, repository) if user else None
            if repository and not level:
                # Access tokens are no user. That they can read it is all that can be told.
                self.client.get(
                    place(workspace, repository), asked=f"Read {workspace}/{repository}", fields="uuid", keys=("uuid",)
                )
        except BridgeError as error:
            if error.kind not in ("forbidden", "not_found"):
                raise
            self.problems.append(str(error))
            return None
        needs_admin = any(USES[use].cloud.admin for use in self.params["use"])
        if repository and level and level not in _ADMIN and needs_admin:
            self.problems.append(
                f"The account has {level} on {workspace}/{repository}, and webhooks need admin. Give it the permission at "
                f"{self.client.site_url}/{workspace}/{repository}/admin/permissions."
            )
        return level

    def _level(self, workspace: str, repository: str | None) -> str | None:
        """https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/ (those of the current user)"""
        path = f"user/{place(workspace)}/permission"
        asked = f"Read the account's permission on {workspace}{f'/{repository}' if repository else ''}"
        if not repository:
            return t.cast(
                "str | None",
                self.client.get(path, asked=asked, fields="permission", keys=("permission",)).get("permission"),
            )
        query = {
            "q": f'repository.full_name="{workspace}/{repository}"',
            "fields": "values.permission,values.repository.full_name,pagelen",
            "pagelen": 100,
        }
        answer = self.client.json("GET", f"{path}s/repositories", asked=asked, params=query, accept=(403,))
        rows = items_of(answer) if answer else ()
        mine = [row for row in rows if row["repository"]["full_name"].lower() == f"{workspace}/{repository}".lower()]
        return mine[0]["permission"] if mine else None
