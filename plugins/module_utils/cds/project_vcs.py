# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VCS servers of projects, with a user name and a token, in CDS from 0.51 on.

Source: https://ovh.github.io/cds/docs/integrations/bitbucketcloud/
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError, InvalidInput, remedies, says
from ..core.fingerprint import mark_for, must_send
from ..core.reconcile import Fields, Snapshot
from ..core.spec import ArgumentSpec, each, update_secret
from .client import FORBIDDEN, path
from .options import IN_PROJECT
from .resource import CdsResource, check_name
from .vcs_server import AUTH, OPTIONS, body_of, server_of
from .version import KEPT_TOKEN, PROJECT_VCS, SSH_KEY_NAME, Gate, given

TYPES = ("bitbucketcloud", "bitbucketserver", "gerrit", "gitea", "github", "gitlab")
_PLAIN = ("type", "description", "url")
_CREDENTIALS = (
    "Check vcs_username and vcs_token. For Bitbucket Cloud they are the e-mail address of an Atlassian account and "
    "its API token with scopes; app passwords no longer work. If they are valid, the log of the service vcs contains "
    "Bitbucket's message."
)
RBAC = (
    "The user needs the role manage on the project, or must be an administrator of CDS. The user who creates a "
    "project does not get this role: an administrator grants it with cdsctl experimental rbac import."
)


def _not_allowed(error: BridgeError) -> bool:
    return error.status == 403 and error.code == FORBIDDEN


def _unexplained(error: BridgeError) -> bool:
    """CDS has no word for wrong credentials but 500."""
    return error.kind not in ("forbidden", "conflict")


class ProjectVcs(CdsResource):
    """A VCS server of a project, found by its name. CDS tries the token when it is made, and keeps it to itself."""

    module = "cds_project_vcs"
    spec = (
        IN_PROJECT
        + update_secret("on_change")
        + ArgumentSpec(
            {
                "name": {"type": "str", "default": "bitbucketcloud"},
                "type": {"type": "str", "choices": list(TYPES)},
                **each(("description", "url", "vcs_username")),
                "vcs_token": {"type": "str", "no_log": True},
                "ssh_key": {"type": "str", "no_log": False},
                **each(OPTIONS, "bool"),
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
    root = ("v2", "project")
    below = ("vcs",)
    gates = (
        Gate(
            "VCS servers of projects",
            "Use cds_config and cds_repositories_manager, with an OAuth consumer.",
            since=PROJECT_VCS,
        ),
        Gate("ssh_key (sshKeyName) there", "Omit ssh_key.", since=SSH_KEY_NAME, of=given("ssh_key")),
    )
    known_errors = ((_not_allowed, RBAC),)

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        super().validate()
        check_name("a VCS server", self.name)
        self.check_needed(
            "a VCS server", "vcs_username", "vcs_token", remedy="Set create to false to change an existing one."
        )

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = self.given(*_PLAIN, *AUTH, *OPTIONS)
        if current is None:
            wanted = {"type": "bitbucketcloud", **wanted}
        token, mark = self.params["vcs_token"], current.origin.mark if current else None
        if token and must_send(self.params["update_secret"], token, mark, exists=current is not None):
            wanted["vcs_token"] = token
        return wanted

    def comparable(self, desired: Fields) -> Fields:
        """CDS leaves out what is empty; a description loses its outer spaces with the fingerprint."""
        out = {name: ("" if value is None and name not in OPTIONS else value) for name, value in desired.items()}
        if "description" in out:
            out["description"] = out["description"].strip()
        return out

    # -- calling -----------------------------------------------------------------------------------------------------

    def read(self) -> Snapshot | None:
        answer = self.fetch()
        return None if answer is None else server_of(answer)

    def create(self, desired: Fields) -> Fields:
        body = body_of(self.name, desired, mark_for(self.params["update_secret"], self.params["vcs_token"]))
        key = (
            f"Set ssh_key to a key of the project. CDS creates one with each project: proj-ssh-{self.project.lower()}."
        )
        with remedies(*self.known_errors, (says("ssh key"), key), (_unexplained, _CREDENTIALS)):
            answer = self.send("POST", self.path("vcs"), "Create", body)
        return server_of({**answer, "auth": body["auth"]})

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        token, unshown = changes.get("vcs_token"), current.origin
        mark = mark_for(self.params["update_secret"], token) if token else unshown.mark
        fields = {**current, **changes, "vcs_token": token or self._token_to_repeat(changes)}
        body = body_of(self.name, fields, mark, unshown)
        answer = self.send("PUT", self.own(), "Update", body)
        if {"vcs_token", "vcs_username"} & set(changes):
            self._try_it()
        return server_of({**answer, "auth": body["auth"]})

    def _token_to_repeat(self, changes: Fields) -> str | None:
        """The token CDS would lose, or refuse to go on without."""
        needed = "vcs_username" in changes or not self.version.has(KEPT_TOKEN)
        if needed and not self.params["vcs_token"]:
            raise InvalidInput(
                f"vcs_token is missing: CDS {self.version} deletes it when {', '.join(sorted(changes))} is changed"
            )
        return t.cast("str | None", self.params["vcs_token"]) if needed else None

    def _try_it(self) -> None:
        """CDS tries a new server's credentials, and takes changed ones as they are."""
        asked = f"List the repositories with the new credentials of {self.name}"
        remedy = f"{_CREDENTIALS} The new credentials are active now; run again with valid ones."
        with remedies((lambda _error: True, remedy)):
            place = path("project", self.project, "repositories_manager", self.name, "repos")
            self.client.listing(place, asked=asked, absent=(), params={"synchronize": "true"})
