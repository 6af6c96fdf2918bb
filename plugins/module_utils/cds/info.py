# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of CDS, what follows from it, and a session.

Source: https://ovh.github.io/cds/docs/development/rest/
"""

from __future__ import annotations

from ..core.reconcile import Fields, Info
from ..core.spec import ArgumentSpec
from .client import Cds, check_login
from .options import CDS
from .version import KEPT_RUNS


class CdsInfo(Info):
    """One call for the version, and one more for a session."""

    module = "cds_info"
    spec = CDS + ArgumentSpec({"sign_in": {"type": "bool", "default": False}})
    secret_results = ("session_token",)

    def validate(self) -> None:
        if self.params["sign_in"]:
            check_login(self.params)

    def gather(self) -> Fields:
        client = Cds(self.params, self.context)
        version = client.version
        if not version.known:
            self.context.warn(
                f"CDS reports the version {version}, and is assumed to be the latest. Set version if it is older."
            )
        out: Fields = {
            "version": version.text,
            "integration": "repositories_manager" if version.links else "project_vcs",
            "login": "token" if version.consumers else "password",
            "removes_runs_of_deleted_branches": not version.has(KEPT_RUNS),
        }
        if self.params["sign_in"]:
            out["session_token"] = self.params["session_token"] or client.sign_in()
        return out
