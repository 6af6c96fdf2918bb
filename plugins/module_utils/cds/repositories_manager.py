# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of projects to repositories managers, by OAuth, in CDS up to 0.53.0.

Source: https://ovh.github.io/cds/docs/integrations/bitbucketcloud/ and …/docs/concepts/repositories-manager/
"""

from __future__ import annotations

from ..core.errors import BridgeError, InvalidInput, coded, remedies
from ..core.reconcile import Fields, Snapshot
from ..core.spec import ArgumentSpec, each
from ..http.answer import NOTHING, NULL, OBJECT, VALUES
from .client import USED_BY_APPLICATION
from .options import IN_PROJECT
from .resource import CdsResource
from .version import NO_SERVERS, Gate

_USED_UP = "A code is valid once and for some minutes: run without code for a new address, open it, and grant access."
_DETACH_FIRST = "Detach its applications first (cds_application_repository), or unlink it with force."


class RepositoriesManager(CdsResource):
    """The link of a project. Somebody must agree to it at Bitbucket, in a browser; CDS then completes it by itself."""

    module = "cds_repositories_manager"
    spec = IN_PROJECT + ArgumentSpec(
        {
            "name": {"type": "str", "default": "bitbucketcloud"},
            **each(("request_token", "code"), no_log=True),
            "force": {"type": "bool", "default": False},
        },
        required_together=[("code", "request_token")],
        passwords=("request_token", "code"),
    )
    operations = {
        "create": "POST /project/{key}/repositories_manager/{name}/authorize",
        "delete": "DELETE /project/{key}/repositories_manager/{name}",
    }
    noun = "repositories manager"
    below = ("repositories_manager",)
    gates = (
        Gate("repositories managers that are linked by OAuth", "Use cds_project_vcs, with a token.", until=NO_SERVERS),
    )

    def validate(self) -> None:
        super().validate()
        if self.params["code"] and "://" in self.params["code"]:
            raise InvalidInput(
                "code is an address", "Set the value after code= in the address to which the browser was redirected."
            )

    def read(self) -> Fields | None:
        self.check_version()
        for one in self.client.listing(self.path("repositories_manager"), asked=self.asked("Find")):
            if one["name"] == self.name:
                # From 0.51.0 on the user's name stands elsewhere.
                user = one.get("username") or one.get("created_by")
                return {"id": self.name, "linked": True, "name": one["name"], "username": user}
        return None

    def desired(self, current: Fields | None) -> Fields:
        return {"name": self.name}

    def create(self, desired: Fields) -> Fields:
        if self.params["code"]:
            return self._complete()
        # The caller's first: a name CDS does not run would be a plain 404 of the next call.
        asked = "List the repositories managers of CDS"
        known = self.client.get("/repositories_manager", asked=asked, expects=VALUES | NULL) or []
        if self.name not in known:
            raise BridgeError(
                f"CDS runs no repositories manager {self.name}, but {', '.join(sorted(known)) or 'none'}",
                kind="not_found",
                service="CDS",
                remedy=(
                    f"The vcs service needs [vcs.servers.{self.name}] in its configuration (cds_config), and a restart "
                    "after that."
                ),
            )
        answer = self.client.json("POST", self.own("authorize"), asked=self.asked("Start to link"))
        begun = {"authorize_url": answer["url"], "request_token": answer["request_token"]}
        return {"id": self.name, "name": self.name, "linked": False, **begun}

    def _complete(self) -> Fields:
        body = {"request_token": self.params["request_token"], "verifier": self.params["code"]}
        with remedies((lambda error: error.kind in ("forbidden", "invalid"), _USED_UP)):
            self.client.json("POST", self.own("authorize", "callback"), asked=self.asked("Link"), json=body)
        return self.read() or {"id": self.name, "name": self.name, "linked": False}

    def delete(self, current: Snapshot) -> None:
        options: Fields = {"params": {"force": "true"} if self.params["force"] else {}, "keys": ("name",)}
        with remedies((coded(USED_BY_APPLICATION), _DETACH_FIRST)):
            self.client.delete(self.own(), asked=self.asked("Unlink"), expects=OBJECT | NOTHING, **options)
