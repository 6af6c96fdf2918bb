# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hourly limits of Bitbucket Cloud. Source: https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/"""

from __future__ import annotations

# Webhook data and all other data of repositories are counted apart, in any 60 minutes.
REPOSITORIES, WEBHOOKS = "repositories", "webhooks"
LIMITS = (REPOSITORIES, WEBHOOKS)
# Requests of a user. Access tokens of a workspace may have more, and their responses say how many.
HOURLY = 1000
# Options of operations that send requests to Bitbucket: its own, and those that have a connection to it beside another.
OPTIONS = frozenset(("bitbucket_edition", "bitbucket"))


def limit_of(path: str) -> str:
    """The limit that a request to this path counts towards; "" if there is none."""
    if path.endswith("/hooks") or "/hooks/" in path:
        return WEBHOOKS
    return REPOSITORIES if "/repositories/" in path else ""
