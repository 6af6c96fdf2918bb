# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a credential is, whose, and what it lacks for a use."""

from __future__ import annotations

from ..core.errors import BridgeError
from ..core.reconcile import Context, Fields, Info
from ..core.spec import ArgumentSpec, each
from .editions import edition
from .examined import EXAMINED
from .options import BITBUCKET, login


class CredentialInfo(Info):
    """Tells what a credential is and whether it will do: one call, for an OAuth consumer two."""

    module = "bitbucket_credential_info"
    spec = (
        BITBUCKET
        + EXAMINED
        + ArgumentSpec(
            {
                **each(("workspace", "repository")),
                "fail_on_problem": {"type": "bool", "default": True},
            },
            required_by={"repository": "workspace"},
        )
    )

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.problems: list[str] = []
        self.error: Fields = {"kind": "forbidden", "service": "Bitbucket"}

    def validate(self) -> None:
        login(self.params)

    def run(self) -> Fields:
        result = super().run()
        if self.problems and self.params["fail_on_problem"]:
            return {**result, "failed": True, "msg": " ".join(self.problems), "error": self.error}
        return result

    def gather(self) -> Fields:
        own = edition(self.params)
        credentials = own.credentials(own.client(self.params, self.context), self.params, self.context)
        self.problems = credentials.problems
        try:
            credential = credentials.identify()
        except BridgeError as error:
            if error.kind not in ("unauthorized", "invalid"):
                raise
            self.error = error.as_dict()
            self.problems.append(str(error))
            credential = credentials.unknown()
        else:
            credentials.check(credential)
            if credentials.place:
                credential["permission"] = credentials.permission(credential)
        credential["sufficient"] = not self.problems
        return {"credential": credential, "problems": self.problems}
