# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key Management: what vaults and keys have in common."""

from __future__ import annotations

from ..core.reconcile import Fields
from .resource import OciResource

VAULTS = ("key_management", "KmsVaultClient")
KEYS = ("key_management", "KmsManagementClient")
# The lists have no filter by name or state: large pages save calls. Public clients ask Key Management for 100 at most.
# https://docs.oracle.com/en-us/iaas/tools/python/latest/api/key_management.html names no maximum; other services' lists
# are read with the service's own page size.
PAGE = 100


def secrets_of(resource: OciResource, vault_id: str) -> list[Fields]:
    """The secrets of a vault in the resource's compartment that do not wait for their deletion."""
    found = resource.evidence(
        ("vault", "VaultsClient"), "list_secrets", resource.params["compartment_id"], vault_id=vault_id
    )
    return [item for item in found if item["lifecycle_state"] in ("ACTIVE", "UPDATING", "CREATING")]
