# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of Key Management.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/key/release/Key/
"""

from __future__ import annotations

import typing as t
from functools import cached_property

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Fields, Snapshot
from ..core.spec import ArgumentSpec
from .deletion import DELETION_DAYS, ScheduledDeletion, calls
from .key_management import KEYS, PAGE, VAULTS, secrets_of
from .resource import oci_spec
from .session import wire

# Lengths in bytes, the usual one first: https://docs.oracle.com/en-us/iaas/api/#/en/key/release/datatypes/KeyShape
_LENGTHS = {"AES": (32, 24, 16), "RSA": (256, 384, 512), "ECDSA": (32, 48, 66)}
_CURVES = {"NIST_P256": 32, "NIST_P384": 48, "NIST_P521": 66}


class Key(ScheduledDeletion):
    """A key of a vault. A disabled one is enabled: ``state=present`` means that it can be used."""

    module = "oci_vault_key"
    spec = oci_spec(
        required=("name", "compartment_id"),
        texts=("management_endpoint", "vault_id"),
        algorithm={"type": "str", "choices": list(_LENGTHS)},
        length={"type": "int"},
        curve_id={"type": "str", "choices": list(_CURVES)},
        protection_mode={"type": "str", "choices": ["HSM", "SOFTWARE"]},
        auto_rotation={"type": "bool"},
        rotation_interval_days={"type": "int"},
        **DELETION_DAYS,
    ) + ArgumentSpec(
        mutually_exclusive=[("management_endpoint", "vault_id")],
        required_one_of=[("management_endpoint", "vault_id")],
        required_if=[("algorithm", "ECDSA", ("curve_id",))],
        urls=("management_endpoint",),
    )
    identity = ("name", "compartment_id", "management_endpoint", "vault_id")
    operations = {**calls("Key"), "enable": "EnableKey"}
    client_of = KEYS
    noun = "vault key"
    kind = "key"
    name_field = "display_name"
    managed = ("algorithm", "length", "curve_id", "protection_mode", "freeform_tags", "defined_tags")
    immutable = ("algorithm", "length", "curve_id", "protection_mode")
    ready = ("ENABLED", "DISABLED")
    permission = "manage keys"

    def validate(self) -> None:
        super().validate()
        algorithm, length = self.params["algorithm"] or "AES", self.params["length"]
        if length is not None and length not in _LENGTHS[algorithm]:
            allowed = ", ".join(map(str, sorted(_LENGTHS[algorithm])))
            raise InvalidInput(f"length of an {algorithm} key is in bytes and must be one of {allowed}, not {length}")
        if self.params["curve_id"] and algorithm != "ECDSA":
            raise InvalidInput(f"curve_id is for ECDSA keys, not for {algorithm}")
        days = self.params["rotation_interval_days"]
        if days is not None and not 60 <= days <= 365:
            raise InvalidInput(f"rotation_interval_days must be between 60 and 365, not {days}")

    @property
    def client(self) -> t.Any:
        """Of the vault's own endpoint, as everything about keys."""
        return self.session.client(*self.client_of, endpoint=self._endpoint)

    @cached_property
    def _endpoint(self) -> str:
        vault_id = self.params["vault_id"]
        if self.params["management_endpoint"]:
            return str(self.params["management_endpoint"])
        vaults = self.session.client(*VAULTS)
        vault = self.session.get(
            vaults.get_vault, vault_id, asked=f"Read the vault {vault_id}", permission="read vaults"
        )
        endpoint = vault.get("management_endpoint")
        if not endpoint:
            raise BridgeError(
                f"The vault {vault_id} is {vault['lifecycle_state']} and has no management endpoint yet",
                kind="unavailable",
                remedy="Wait for it, or let the module oci_vault do so.",
            )
        return str(endpoint)

    def read(self) -> Fields | None:
        found = self.settled(self.listing(self.client.list_keys, self.params["compartment_id"], limit=PAGE))
        if found is None or self.dormant(found):
            return found
        # A listing says neither how long a key is nor how often it rotates; who does not ask does not pay.
        asked = any(self.params[option] is not None for option in ("length", "curve_id", "rotation_interval_days"))
        return self.fetch(found["id"]) if asked and "length" not in found else found

    def in_use(self, candidate: Fields) -> int:
        """1: a secret of its vault is encrypted with it."""
        return int(any(item["key_id"] == candidate["id"] for item in secrets_of(self, candidate["vault_id"])))

    def needed(self) -> Fields:
        algorithm = self.params["algorithm"] or "AES"
        length = _CURVES.get(self.params["curve_id"]) or _LENGTHS[algorithm][0]
        return {**super().needed(), "algorithm": algorithm, "length": length}

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = super().desired(current)
        if self.params["auto_rotation"] is not None:
            wanted["is_auto_rotation_enabled"] = self.params["auto_rotation"]
        if self.params["rotation_interval_days"] is not None:
            wanted["auto_key_rotation_details"] = {"rotation_interval_in_days": self.params["rotation_interval_days"]}
        if current and not self.dormant(current):
            wanted["lifecycle_state"] = "ENABLED"
        return wanted

    def create(self, desired: Fields) -> Fields:
        shape = {name: desired.get(name) for name in ("algorithm", "length", "curve_id")}
        return super().create({**{k: v for k, v in desired.items() if k not in shape}, "key_shape": shape})

    def identified(self) -> tuple[str, ...]:
        return (self.name, self.params["compartment_id"])  # the vault is the endpoint

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        enables, others = "lifecycle_state" in changes, set(changes) - {"lifecycle_state"}
        return (*(("enable",) if enables else ()), *(("update",) if others else ()))

    def update(self, current: Fields, changes: Fields) -> Fields:
        ident = current["id"]
        body = {name: value for name, value in changes.items() if name != "lifecycle_state"}
        if "lifecycle_state" in changes:  # first, because a disabled key takes no other change
            self.call(self.client.enable_key, ident, verb="Enable")
            current = self._enabled(ident)
        if body:
            self.call(self.client.update_key, ident, wire(body), verb="Update")
            current = self._enabled(ident)
        return current

    def _enabled(self, ident: str) -> Fields:
        return self.wait(lambda: self.fetch(ident), done=lambda fields: fields["lifecycle_state"] == "ENABLED")

    def fetch(self, ident: str) -> Fields:
        key = self.getting(self.client.get_key, ident)
        return {**key, **(key.get("key_shape") or {})}  # flat, as a listing has the algorithm
