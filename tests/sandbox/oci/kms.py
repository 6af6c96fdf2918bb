# SPDX-License-Identifier: GPL-3.0-or-later
"""Key Management: vaults and their keys. https://docs.oracle.com/en-us/iaas/api/#/en/key/release/"""

from __future__ import annotations

from flask import Response, request

from .area import Area, route
from .store import Resource
from .wire import incorrect_state, invalid, not_found, parse_time

VAULT_SECONDS = 15
KEY_SECONDS = 10
UPDATE_SECONDS = 5
MAX_LIMIT = 100  # what public clients ask for at most; more is refused
LENGTHS = {"AES": (16, 24, 32), "RSA": (256, 384, 512), "ECDSA": (32, 48, 66)}  # bytes


class Vaults(Area):
    """Vaults. A list has no filter by name or state: a client filters itself."""

    name = "kms"
    prefix = "/20180608"
    models = "key_management"
    max_limit = MAX_LIMIT

    @route("POST", "/vaults")
    def create_vault(self) -> Response:
        body = self.body("CreateVaultDetails")
        self.compartment(body["compartmentId"])
        short = self.store.unique(14)
        vault = self.new("vault", body, "CREATING")
        vault["id"] = self.oci.ocid("vault", extra=f"{short}.")
        vault["managementEndpoint"] = f"{self.oci.url}/vaults/{short}"
        vault["cryptoEndpoint"] = f"{self.oci.url}/vaults-crypto/{short}"
        vault["wrappingkeyId"] = self.oci.ocid("key", extra=f"{short}.")
        vault["isPrimary"] = True
        vault["_short"] = short
        self.store.add("vault", vault)
        self.become(vault, "CREATING", "ACTIVE", VAULT_SECONDS)
        return self.show("Vault", vault)

    @route("GET", "/vaults/<vault_id>")
    def get_vault(self, vault_id: str) -> Response:
        return self.show("Vault", self.need("vault", vault_id))

    @route("GET", "/vaults")
    def list_vaults(self) -> Response:
        self.compartment(request.args.get("compartmentId"))
        return self.show_list("VaultSummary", self.filtered("vault"))

    @route("PUT", "/vaults/<vault_id>")
    def update_vault(self, vault_id: str) -> Response:
        body = self.body("UpdateVaultDetails")
        vault = self.need("vault", vault_id)
        self.require(vault, "ACTIVE")
        self.apply(vault, body)
        self.become(vault, "UPDATING", "ACTIVE", UPDATE_SECONDS)
        return self.show("Vault", vault)

    @route("POST", "/vaults/<vault_id>/actions/scheduleDeletion")
    def schedule_vault_deletion(self, vault_id: str) -> Response:
        body = self.body("ScheduleVaultDeletionDetails")
        vault = self.need("vault", vault_id)
        self.require(vault, "ACTIVE")
        self.schedule_end(vault, self.deletion_time(body, 7), lambda: self._take_contents(vault_id))
        return self.show("Vault", vault)

    def _take_contents(self, vault_id: str) -> None:
        """With a vault go its keys and secrets."""
        for kind in ("key", "secret"):
            for resource in self.store.shown(kind):
                if resource["vaultId"] == vault_id:
                    resource["lifecycleState"] = "DELETED"

    @route("POST", "/vaults/<vault_id>/actions/cancelDeletion")
    def cancel_vault_deletion(self, vault_id: str) -> Response:
        vault = self.need("vault", vault_id)
        self.cancel_end(vault, "ACTIVE")
        return self.show("Vault", vault)

    @route("POST", "/vaults/<vault_id>/actions/changeCompartment")
    def change_vault_compartment(self, vault_id: str) -> Response:
        body = self.body("ChangeVaultCompartmentDetails")
        vault = self.need("vault", vault_id)
        self.require(vault, "ACTIVE")
        vault["compartmentId"] = self.compartment(body["compartmentId"])
        return self.done(200, vault)


class Keys(Area):
    """A vault's keys, below the vault's own management endpoint."""

    name = "kms"
    prefix = "/vaults/<short>/20180608"
    models = "key_management"
    max_limit = MAX_LIMIT

    def _vault(self, short: str) -> Resource:
        for vault in self.store.shown("vault"):
            if vault["_short"] == short:
                return vault
        raise not_found(f"no vault has the management endpoint …/vaults/{short}")

    def _key(self, short: str, key_id: str) -> Resource:
        key = self.need("key", key_id)
        if key["vaultId"] != self._vault(short)["id"]:
            raise not_found(key_id)
        return key

    @route("POST", "/keys")
    def create_key(self, short: str) -> Response:
        body = self.body("CreateKeyDetails")
        vault = self._vault(short)
        self.compartment(body["compartmentId"])
        if vault["lifecycleState"] != "ACTIVE":
            raise incorrect_state(f"The vault is in state {vault['lifecycleState']}; it must be ACTIVE.")
        shape = body["keyShape"]
        lengths = LENGTHS[shape["algorithm"]]
        if shape["length"] not in lengths:
            raise invalid(f"keyShape.length for {shape['algorithm']} must be one of {lengths} (bytes)")
        if (shape["algorithm"] == "ECDSA") != bool(shape.get("curveId")):
            raise invalid("keyShape.curveId is for ECDSA keys, and required there")
        self._check_rotation(body)
        body.setdefault("protectionMode", "HSM")
        key = self.new("key", body, "CREATING", vaultId=vault["id"], isPrimary=True)
        key["id"] = self.oci.ocid("key", extra=f"{short}.")
        key["algorithm"] = shape["algorithm"]
        key.setdefault("isAutoRotationEnabled", False)
        key["_versions"] = []
        self._new_version(key)
        self.store.add("key", key)
        self.become(key, "CREATING", "ENABLED", KEY_SECONDS)
        return self.show("Key", key)

    @staticmethod
    def _check_rotation(body: Resource) -> None:
        details = body.get("autoKeyRotationDetails") or {}
        days = details.get("rotationIntervalInDays")
        if days is not None and not 60 <= days <= 365:
            raise invalid("rotationIntervalInDays must be between 60 and 365")
        if details.get("timeOfScheduleStart"):
            parse_time(details["timeOfScheduleStart"], "timeOfScheduleStart")

    def _new_version(self, key: Resource) -> Resource:
        version = {
            "id": self.oci.ocid("keyversion"),
            "keyId": key["id"],
            "vaultId": key["vaultId"],
            "compartmentId": key["compartmentId"],
            "lifecycleState": "ENABLED",
            "origin": "INTERNAL",
            "timeCreated": self.oci.now(),
            "isPrimary": True,
            "isAutoRotated": False,
        }
        key["_versions"].append(version)
        key["currentKeyVersion"] = version["id"]
        return version

    @route("GET", "/keys/<key_id>")
    def get_key(self, short: str, key_id: str) -> Response:
        return self.show("Key", self._key(short, key_id))

    @route("GET", "/keys")
    def list_keys(self, short: str) -> Response:
        self.compartment(request.args.get("compartmentId"))
        vault = self._vault(short)
        found = self.filtered("key", protectionMode="protectionMode", algorithm="algorithm")
        length = request.args.get("length")
        return self.show_list(
            "KeySummary",
            [
                key
                for key in found
                if key["vaultId"] == vault["id"] and length in (None, str(key["keyShape"]["length"]))
            ],
        )

    @route("PUT", "/keys/<key_id>")
    def update_key(self, short: str, key_id: str) -> Response:
        body = self.body("UpdateKeyDetails")
        key = self._key(short, key_id)
        self.require(key, "ENABLED", "DISABLED")
        self._check_rotation(body)
        state = key["lifecycleState"]
        self.apply(key, body)
        self.become(key, "UPDATING", state, UPDATE_SECONDS)
        return self.show("Key", key)

    @route("POST", "/keys/<key_id>/actions/enable")
    def enable_key(self, short: str, key_id: str) -> Response:
        key = self._key(short, key_id)
        self.require(key, "DISABLED")
        self.become(key, "ENABLING", "ENABLED", UPDATE_SECONDS)
        return self.show("Key", key)

    @route("POST", "/keys/<key_id>/actions/disable")
    def disable_key(self, short: str, key_id: str) -> Response:
        key = self._key(short, key_id)
        self.require(key, "ENABLED")
        self.become(key, "DISABLING", "DISABLED", UPDATE_SECONDS)
        return self.show("Key", key)

    @route("POST", "/keys/<key_id>/actions/scheduleDeletion")
    def schedule_key_deletion(self, short: str, key_id: str) -> Response:
        body = self.body("ScheduleKeyDeletionDetails")
        key = self._key(short, key_id)
        self.require(key, "ENABLED", "DISABLED")
        self.schedule_end(key, self.deletion_time(body, 7))
        return self.show("Key", key)

    @route("POST", "/keys/<key_id>/actions/cancelDeletion")
    def cancel_key_deletion(self, short: str, key_id: str) -> Response:
        key = self._key(short, key_id)
        self.cancel_end(key, "ENABLED")
        return self.show("Key", key)

    @route("POST", "/keys/<key_id>/actions/changeCompartment")
    def change_key_compartment(self, short: str, key_id: str) -> Response:
        body = self.body("ChangeKeyCompartmentDetails")
        key = self._key(short, key_id)
        self.require(key, "ENABLED", "DISABLED")
        key["compartmentId"] = self.compartment(body["compartmentId"])
        return self.done(200, key)

    @route("POST", "/keys/<key_id>/keyVersions")
    def create_key_version(self, short: str, key_id: str) -> Response:
        key = self._key(short, key_id)
        self.require(key, "ENABLED")
        return self.show("KeyVersion", self._new_version(key))

    @route("GET", "/keys/<key_id>/keyVersions")
    def list_key_versions(self, short: str, key_id: str) -> Response:
        return self.show_list("KeyVersionSummary", self._key(short, key_id)["_versions"])

    @route("GET", "/keys/<key_id>/keyVersions/<version_id>")
    def get_key_version(self, short: str, key_id: str, version_id: str) -> Response:
        for version in self._key(short, key_id)["_versions"]:
            if version["id"] == version_id:
                return self.show("KeyVersion", version)
        raise not_found(version_id)
