# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The editions of Bitbucket. What a module needs of one it finds here, and nowhere asks which it is."""

from __future__ import annotations

from ..core.reconcile import Fields
from .client import Cloud
from .cloud.credentials import CloudCredentials
from .cloud.listings import CloudListings
from .cloud.pull_requests import CloudPullRequests
from .cloud.repositories import CloudRepositories
from .cloud.source import CloudSource
from .cloud.statuses import CloudStatuses
from .cloud.webhooks import CloudWebhooks
from .data_center.access_tokens import DataCenterTokens
from .data_center.client import DataCenter
from .data_center.credentials import DataCenterCredentials
from .data_center.listings import DataCenterListings
from .data_center.pull_requests import DataCenterPullRequests
from .data_center.repositories import DataCenterRepositories
from .data_center.source import DataCenterSource
from .data_center.statuses import DataCenterStatuses
from .data_center.webhooks import DataCenterWebhooks
from .options import edition_of
from .ports import Edition

_EDITIONS = {
    one.key: one
    for one in (
        Edition(
            key="cloud",
            title="Bitbucket Cloud",
            client=Cloud,
            webhooks=CloudWebhooks,
            statuses=CloudStatuses,
            repositories=CloudRepositories,
            credentials=CloudCredentials,
            source=CloudSource,
            pull_requests=CloudPullRequests,
            listings=CloudListings,
        ),
        Edition(
            key="data_center",
            title="Bitbucket Data Center",
            client=DataCenter,
            webhooks=DataCenterWebhooks,
            statuses=DataCenterStatuses,
            repositories=DataCenterRepositories,
            credentials=DataCenterCredentials,
            source=DataCenterSource,
            pull_requests=DataCenterPullRequests,
            listings=DataCenterListings,
            access_tokens=DataCenterTokens,
        ),
    )
}


def edition(params: Fields) -> Edition:
    """The edition a task means. :raises InvalidInput: nobody can tell which."""
    return _EDITIONS[edition_of(params)]
