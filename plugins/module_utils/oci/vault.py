# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vaults of Key Management.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/key/release/Vault/
"""

from __future__ import annotations

from ..core.pending import pending_id
from ..core.reconcile import Fields
from .deletion import DELETION_DAYS, ScheduledDeletion, calls
from .key_management import KEYS, PAGE, VAULTS, secrets_of
from .resource import oci_spec


class Vault(ScheduledDeletion):
    """A vault. Display names are not unique; one that waits for its deletion is brought back rather than made again."""

    module = "oci_vault"
    spec = oci_spec(
        required=("name", "compartment_id"),
        vault_type={"type": "str", "choices": ["DEFAULT", "VIRTUAL_PRIVATE"]},
        **DELETION_DAYS,
    )
    operations = calls("Vault")
    client_of = VAULTS
    noun = "vault"
    kind = "vault"
    name_field = "display_name"
    managed = ("vault_type", "freeform_tags", "defined_tags")
    immutable = ("vault_type",)
    permission = "manage vaults"

    def read(self) -> Fields | None:
        return self.settled(self.listing(self.client.list_vaults, self.params["compartment_id"], limit=PAGE))

    def in_use(self, candidate: Fields) -> int:
        """3: a DevOps connection reads a secret in it; 2: it has secrets; 1: it has keys that are enabled."""
        place = self.params["compartment_id"]
        secrets = secrets_of(self, candidate["id"])
        if secrets:
            connections = self.evidence(("devops", "DevopsClient"), "list_connections", compartment_id=place)
            read = {item.get("app_password") or item.get("access_token") for item in connections}
            return 3 if any(secret["id"] in read for secret in secrets) else 2
        keys = self.evidence(KEYS, "list_keys", place, endpoint=candidate["management_endpoint"])
        return int(any(key["lifecycle_state"] == "ENABLED" for key in keys))

    def needed(self) -> Fields:
        return {**super().needed(), "vault_type": "DEFAULT"}

    def planned(self, desired: Fields) -> Fields:
        # A key is made at the vault's own endpoint, so its task needs a word for it.
        return {**super().planned(desired), "management_endpoint": pending_id(self.module, self.name)}
