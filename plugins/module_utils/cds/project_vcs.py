# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VCS servers of projects, with a user name and a token, in CDS from 0.51 on.

Source: https://ovh.github.io/cds/docs/integrations/bitbucketcloud/
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError, InvalidInput
from ..core.fingerprint import fingerprint, join_mark, must_send, split_mark
from ..core.reconcile import Context, Fields
from ..core.redact import HIDDEN
from ..core.spec import STATE, ArgumentSpec, update_secret
from .client import path
from .options import CDS, PROJECT
from .resource import CdsResource, check_name
from .version import KEPT_TOKEN, PROJECT_VCS, SSH_KEY_NAME

TYPES = ("bitbucketcloud", "bitbucketserver", "gerrit", "gitea", "github", "gitlab")
# Our options by their effect -> where CDS has them, and whether it has the opposite there.
_AUTH = {"vcs_username": "username", "ssh_key": "sshKeyName"}
_OPTIONS = {
    "webhooks": "disableWebhooks",
    "push_status": "disableStatus",
    "push_run_url": "disableStatusDetails",
    "polling": "disablePolling",
}
_PLAIN = ("type", "description", "url")
RBAC = (
    "The user needs the role manage on the project, or to be an administrator of CDS. Who makes a project does not get that role: "
    "an administrator gives it with cdsctl experimental rbac import."
)


class ProjectVcs(CdsResource):
    """A VCS server of a project, found by its name. CDS tries the token when it is made, and keeps it to itself."""

    module = "cds_project_vcs"
    spec = (
        CDS
        + PROJECT
        + STATE
        + update_secret("on_change")
        + ArgumentSpec(
            {
                "name": {"type": "str", "default": "bitbucketcloud"},
                "type": {"type": "str", "choices": list(TYPES)},
                "description": {"type": "str"},
                "url": {"type": "str"},
                "vcs_username": {"type": "str"},
                "vcs_token": {"type": "str", "no_log": True},
                "ssh_key": {"type": "str", "no_log": False},
                "webhooks": {"type": "bool"},
                "push_status": {"type": "bool"},
                "push_run_url": {"type": "bool"},
                "polling": {"type": "bool"},
            },
            blank=("description",),
            addresses=("url",),
            passwords=("vcs_username", "vcs_token"),
        )
    )
    operations = {
        "create": "POST /v2/project/{projectKey}/vcs",
        "update": "PUT /v2/project/{projectKey}/vcs/{vcsIdentifier}",
        "delete": "DELETE /v2/project/{projectKey}/vcs/{vcsIdentifier}",
    }
    secret_fields = ("vcs_token",)
    noun = "VCS server"

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self._mark: str | None = None  # the fingerprint behind the description
        self._rest: Fields = {"auth": {}, "options": {}}  # what is there and is nobody's business here

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        check_name("a VCS server", self.name)
        given = [self.params[name] for name in ("vcs_username", "vcs_token")]
        if self.params["state"] == "present" and self.params["create"] and not all(given):
            raise InvalidInput(
                "vcs_username and vcs_token must be given for a VCS server, which could not be made without",
                "Set create to false to change one that is there.",
            )

    def _refuse_what_would_be_ignored(self) -> None:
        self.version.refuse_before(
            PROJECT_VCS,
            "VCS servers of projects",
            "Use cds_config and cds_repositories_manager, with an OAuth consumer.",
        )
        if self.params["ssh_key"] is not None:
            self.version.refuse_before(SSH_KEY_NAME, "ssh_key (sshKeyName) there", "Leave ssh_key out.")

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        names = (*_PLAIN, *_AUTH, *_OPTIONS)
        wanted = {name: self.params[name] for name in names if self.params[name] is not None}
        if current is None:
            wanted = {"type": "bitbucketcloud", **wanted}
        token = self.params["vcs_token"]
        if token and must_send(self.params["update_secret"], token, self._mark, exists=current is not None):
            wanted["vcs_token"] = token
        return wanted

    def comparable(self, desired: Fields) -> Fields:
        """CDS leaves out what is empty; a description loses its outer spaces with the fingerprint."""
        out = {name: ("" if value is None and name not in _OPTIONS else value) for name, value in desired.items()}
        if "description" in out:
            out["description"] = out["description"].strip()
        return out

    def _current(self, answer: Fields) -> Fields:
        """The fields of a server. In the answers to POST and PUT auth is empty, so there it is what was sent."""
        auth, options = answer.get("auth") or {}, answer.get("options") or {}
        self._rest = {
            "auth": {name: value for name, value in auth.items() if name not in ("token", *_AUTH.values())},
            "options": {name: value for name, value in options.items() if name not in _OPTIONS.values()},
        }
        text, self._mark = split_mark(answer.get("description"))
        return {
            "id": answer["id"],
            "name": answer["name"],
            "type": answer["type"],
            "description": text,
            "url": answer.get("url") or "",
            **{ours: auth.get(theirs) or "" for ours, theirs in _AUTH.items()},
            **{ours: not options.get(theirs, False) for ours, theirs in _OPTIONS.items()},
            "vcs_token": HIDDEN,
        }

    def _body(self, fields: Fields, mark: str | None) -> Fields:
        """What is sent: a PUT replaces all but the token."""
        return {
            "name": self.name,
            "type": fields["type"],
            "description": join_mark((fields.get("description") or "").strip(), mark),
            "url": fields.get("url") or "",
            "auth": {
                **self._rest["auth"],
                **{theirs: fields[ours] for ours, theirs in _AUTH.items() if fields.get(ours)},
                **({"token": fields["vcs_token"]} if fields.get("vcs_token") else {}),
            },
            "options": {
                **self._rest["options"],
                **{theirs: not fields.get(ours, True) for ours, theirs in _OPTIONS.items()},
            },
        }

    def _new_mark(self) -> str | None:
        return fingerprint(self.params["vcs_token"]) if self.params["update_secret"] == "on_change" else None

    # -- calling -----------------------------------------------------------------------------------------------------

    @property
    def _path(self) -> str:
        return path("v2", "project", self.project, "vcs", self.name)

    def read(self) -> Fields | None:
        self._refuse_what_would_be_ignored()
        answer = self._explained(lambda: self.client.get(self._path, asked=self.asked("Read")))
        return None if answer is None else self._current(answer)

    def create(self, desired: Fields) -> Fields:
        body = self._body(desired, self._new_mark())
        place = path("v2", "project", self.project, "vcs")
        try:
            answer = self._explained(lambda: self.client.send("POST", place, asked=self.asked("Make"), json=body))
        except BridgeError as error:
            if "ssh key" in (error.words or ""):
                error.remedy = f"Name a key of the project as ssh_key. CDS makes one with each project: proj-ssh-{self.project.lower()}."
            elif error.kind not in ("forbidden", "conflict"):
                error.remedy = _CREDENTIALS  # CDS has no word for them but 500
            raise
        return self._current({**answer, "auth": body["auth"]})

    def update(self, current: Fields, changes: Fields) -> Fields:
        token = changes.get("vcs_token")
        fields = {**current, **changes, "vcs_token": token or self._token_to_repeat(changes)}
        body = self._body(fields, self._new_mark() if token else self._mark)
        answer = self._explained(lambda: self.client.send("PUT", self._path, asked=self.asked("Change"), json=body))
        if {"vcs_token", "vcs_username"} & set(changes):
            self._try_it()
        return self._current({**answer, "auth": body["auth"]})

    def _token_to_repeat(self, changes: Fields) -> str | None:
        """The token CDS would lose, or refuse to go on without."""
        needed = "vcs_username" in changes or not self.version.has(KEPT_TOKEN)
        if needed and not self.params["vcs_token"]:
            raise InvalidInput(
                f"vcs_token is missing: CDS {self.version} does not keep it when {', '.join(sorted(changes))} is changed"
            )
        return t.cast("str | None", self.params["vcs_token"]) if needed else None

    def _try_it(self) -> None:
        """CDS tries a new server's credentials, and takes changed ones as they are."""
        try:
            self.client.listing(
                self.path("repositories_manager", self.name, "repos"),
                asked=f"List the repositories with the new credentials of {self.name}",
                absent=(),
                params={"synchronize": "true"},
            )
        except BridgeError as error:
            error.remedy = f"{_CREDENTIALS} The new ones are in force now; run again with good ones."
            raise

    def delete(self, current: Fields) -> None:
        self._explained(lambda: self.client.delete(self._path, asked=self.asked("Delete")))

    def _explained(self, call: t.Callable[[], t.Any]) -> t.Any:
        try:
            return call()
        except BridgeError as error:
            if error.status == 403 and error.code == "error 11":
                error.remedy = RBAC
            raise


_CREDENTIALS = (
    "Check vcs_username and vcs_token. For Bitbucket Cloud they are the e-mail address of an Atlassian account and its API token "
    "with scopes; app passwords are gone. If they are good, the log of the service vcs has Bitbucket's own words."
)
