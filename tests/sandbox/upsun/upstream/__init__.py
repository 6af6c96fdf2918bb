# SPDX-License-Identifier: GPL-3.0-or-later
"""The two Bitbucket editions as Upsun sees them: over HTTP and git, with what the integration was given."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Integration
from .base import Invalid, PullRequest, Remote, Unavailable, Upstream
from .cloud import Cloud
from .data_center import DataCenter

__all__ = ["Cloud", "DataCenter", "Invalid", "PullRequest", "Remote", "Unavailable", "Upstream", "of"]


def of(integration: Integration, cloud_api: str, cloud_site: str) -> Upstream:
    """The other end of an integration; the addresses are those of Bitbucket Cloud."""
    settings: Mapping[str, object] = integration.settings
    if integration.type == "bitbucket":
        return Cloud(cloud_api, cloud_site, settings, integration.secrets)
    return DataCenter(settings, integration.secrets)
