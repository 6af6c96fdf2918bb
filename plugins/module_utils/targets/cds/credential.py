# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Bitbucket credential that CDS keeps, from 0.53.1 on."""

from __future__ import annotations

from ...core.errors import InvalidInput
from ...core.reconcile import Fields


def check_lasting(project: Fields) -> None:
    """:raises InvalidInput: there is none, or none that CDS could keep."""
    if not (project.get("vcs_username") and project.get("vcs_token")):
        raise InvalidInput(
            "CDS needs a Bitbucket credential that does not expire after hours, and none is set",
            "CDS needs an API token and the e-mail address of its account: set bitbucket_username and "
            "bitbucket_api_token, or cds_vcs_username and cds_vcs_token. CDS sends both with HTTP Basic, so an access "
            "token or an OAuth consumer does not work.",
        )
