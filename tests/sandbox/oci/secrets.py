# SPDX-License-Identifier: GPL-3.0-or-later
"""Vault secrets, and the bundles their contents are read through.

https://docs.oracle.com/en-us/iaas/api/#/en/secretmgmt/20180608/ and …/secretretrieval/20190301/
"""

from __future__ import annotations

import base64
import binascii
import re

from flask import Response, request

from .area import Area, route, text
from .store import Resource
from .wire import incorrect_state, invalid, not_found, parse_time

SECRET_SECONDS = 10
UPDATE_SECONDS = 5
MAX_CONTENT = 25 * 1024


def content_of(secret: Resource, stage: str = "CURRENT") -> bytes | None:
    """What the version in a stage holds."""
    for version in secret["_versions"]:
        if stage in version["stages"] and not version.get("timeOfDeletion"):
            return bytes(version["_content"])
    return None


class Secrets(Area):
    """Secrets. A name stays taken in its vault for ever, also by what has been deleted."""

    name = "vault"
    prefix = "/20180608"
    models = "vault"

    @route("POST", "/secrets")
    def create_secret(self) -> Response:
        body = self.body("CreateSecretDetails")
        self.compartment(body["compartmentId"])
        vault = self.need("vault", body["vaultId"])
        if vault["lifecycleState"] != "ACTIVE":
            raise incorrect_state(f"The vault {vault['id']} is in state {vault['lifecycleState']}; it must be ACTIVE.")
        self._check_key(self.need("key", body["keyId"]), vault)
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,255}", body["secretName"]):
            raise invalid("secretName may have letters, digits, -, _ and . only, at most 255")
        for other in self.store.shown("secret"):
            if other["vaultId"] == vault["id"] and other["secretName"] == body["secretName"]:
                raise invalid(f"The secret with name {body['secretName']} already exists in the vault.")
        content = body.pop("secretContent", None)
        if content is None:
            raise invalid("secretContent may not be null when enableAutoGeneration is not set")
        data = self._decode(content)
        self._check_rules(body)
        secret = self.new("vaultsecret", body, "CREATING", isReplica=False, rotationStatus="NOT_ENABLED")
        secret.pop("enableAutoGeneration", None)
        secret["isAutoGenerationEnabled"] = False
        secret["_versions"] = []
        self.add_version(secret, data, content)
        self.store.add("secret", secret)
        self.become(secret, "CREATING", "ACTIVE", SECRET_SECONDS)
        return self.show("Secret", secret)

    @staticmethod
    def _check_key(key: Resource, vault: Resource) -> None:
        if key["vaultId"] != vault["id"]:
            raise invalid(f"The key {key['id']} is not in the vault {vault['id']}.")
        if key["keyShape"]["algorithm"] != "AES":
            raise invalid("Secrets are encrypted with a symmetric key: keyShape.algorithm must be AES.")
        if key["lifecycleState"] != "ENABLED":
            raise incorrect_state(f"The key {key['id']} is in state {key['lifecycleState']}; it must be ENABLED.")

    @staticmethod
    def _decode(content: Resource) -> bytes:
        try:
            data = base64.b64decode(content.get("content") or "", validate=True)
        except (binascii.Error, ValueError):
            raise invalid("secretContent.content is not base64") from None
        if not 1 <= len(data) <= MAX_CONTENT:
            raise invalid(f"secretContent.content must have 1 to {MAX_CONTENT} bytes")
        return data

    @staticmethod
    def _check_rules(body: Resource) -> None:
        for rule in body.get("secretRules") or ():
            days = re.fullmatch(r"P(\d+)D", rule.get("secretVersionExpiryInterval") or "P1D")
            if not days or not 1 <= int(days.group(1)) <= 90:
                raise invalid("secretVersionExpiryInterval must be between P1D and P90D")
            if rule.get("timeOfAbsoluteExpiry"):
                parse_time(rule["timeOfAbsoluteExpiry"], "timeOfAbsoluteExpiry")

    def add_version(self, secret: Resource, data: bytes, content: Resource) -> None:
        versions = secret["_versions"]
        name = content.get("name")
        if name and any(version.get("name") == name for version in versions):
            raise invalid(f"The secret version with name {name} already exists.")
        for rule in secret.get("secretRules") or ():
            if rule["ruleType"] == "SECRET_REUSE_RULE":
                deleted_too = rule.get("isEnforcedOnDeletedSecretVersions")
                if any(v["_content"] == data for v in versions if deleted_too or not v.get("timeOfDeletion")):
                    raise invalid("The secret content was used before; the secret's reuse rule forbids it.")
        number = len(versions) + 1
        for version in versions:
            version["stages"] = [s for s in version["stages"] if s != "LATEST"] or ["DEPRECATED"]
        versions.append(
            {
                "secretId": secret["id"],
                "versionNumber": number,
                "name": name,
                "versionName": name,
                "contentType": "BASE64",
                "stages": ["LATEST"],
                "timeCreated": self.oci.now(),
                "_content": data,
                "isContentAutoGenerated": False,
            }
        )
        if content.get("stage", "CURRENT") == "PENDING":
            versions[-1]["stages"].append("PENDING")
        else:
            self._make_current(secret, number)

    @staticmethod
    def _make_current(secret: Resource, number: int) -> None:
        old = secret.get("currentVersionNumber")
        for version in secret["_versions"]:
            stages = set(version["stages"]) & {"LATEST"}
            if version["versionNumber"] == number:
                stages |= {"CURRENT"}
            elif version["versionNumber"] == old:
                stages |= {"PREVIOUS"}
            version["stages"] = sorted(stages) or ["DEPRECATED"]
        secret["currentVersionNumber"] = number

    @route("GET", "/secrets/<secret_id>")
    def get_secret(self, secret_id: str) -> Response:
        return self.show("Secret", self.need("secret", secret_id))

    @route("GET", "/secrets")
    def list_secrets(self) -> Response:
        self.compartment(request.args.get("compartmentId"))
        found = self.filtered("secret", name="secretName", vaultId="vaultId", lifecycleState="lifecycleState")
        return self.show_list("SecretSummary", found)

    @route("PUT", "/secrets/<secret_id>")
    def update_secret(self, secret_id: str) -> Response:
        body = self.body("UpdateSecretDetails")
        secret = self.need("secret", secret_id)
        self.require(secret, "ACTIVE")
        exclusive = [k for k in ("secretContent", "currentVersionNumber", "secretRules") if body.get(k) is not None]
        if len(exclusive) > 1:
            raise invalid(f"Secret contents, version number, and rules can't be specified at the same time {exclusive}")
        self._check_rules(body)
        content, number = body.pop("secretContent", None), body.pop("currentVersionNumber", None)
        if content:
            self._check_key(self.need("key", secret["keyId"]), self.need("vault", secret["vaultId"]))
            self.add_version(secret, self._decode(content), content)
        if number is not None:
            self._version(secret, number)
            self._make_current(secret, number)
        self.apply(secret, body)
        self.become(secret, "UPDATING", "ACTIVE", UPDATE_SECONDS)
        return self.show("Secret", secret)

    @staticmethod
    def _version(secret: Resource, number: int) -> Resource:
        versions: list[Resource] = secret["_versions"]
        for version in versions:
            if version["versionNumber"] == number:
                return version
        raise not_found(f"version {number} of {secret['id']}")

    @route("POST", "/secrets/<secret_id>/actions/scheduleDeletion")
    def schedule_secret_deletion(self, secret_id: str) -> Response:
        body = self.body("ScheduleSecretDeletionDetails")
        secret = self.need("secret", secret_id)
        self.require(secret, "ACTIVE")
        self.schedule_end(secret, self.deletion_time(body, 1))
        return self.done(200, secret)

    @route("POST", "/secrets/<secret_id>/actions/cancelDeletion")
    def cancel_secret_deletion(self, secret_id: str) -> Response:
        secret = self.need("secret", secret_id)
        self.cancel_end(secret, "ACTIVE")
        return self.done(200, secret)

    @route("POST", "/secrets/<secret_id>/actions/changeCompartment")
    def change_secret_compartment(self, secret_id: str) -> Response:
        body = self.body("ChangeSecretCompartmentDetails")
        secret = self.need("secret", secret_id)
        self.require(secret, "ACTIVE")
        secret["compartmentId"] = self.compartment(body["compartmentId"])
        return self.done(200, secret)

    @route("GET", "/secrets/<secret_id>/versions")
    def list_secret_versions(self, secret_id: str) -> Response:
        return self.show_list("SecretVersionSummary", self.need("secret", secret_id)["_versions"])

    @route("GET", "/secrets/<secret_id>/version/<int:number>")
    def get_secret_version(self, secret_id: str, number: int) -> Response:
        return self.show("SecretVersion", self._version(self.need("secret", secret_id), number))

    @route("POST", "/secrets/<secret_id>/version/<int:number>/actions/scheduleDeletion")
    def schedule_secret_version_deletion(self, secret_id: str, number: int) -> Response:
        body = self.body("ScheduleSecretVersionDeletionDetails")
        version = self._version(self.need("secret", secret_id), number)
        if "DEPRECATED" not in version["stages"]:
            stages = ", ".join(version["stages"])
            raise invalid(f"Version {number} is {stages}; only a deprecated version can be deleted.")
        version["timeOfDeletion"] = text(self.deletion_time(body, 1))
        return self.done(200)

    @route("POST", "/secrets/<secret_id>/version/<int:number>/actions/cancelDeletion")
    def cancel_secret_version_deletion(self, secret_id: str, number: int) -> Response:
        version = self._version(self.need("secret", secret_id), number)
        if version.pop("timeOfDeletion", None) is None:
            raise incorrect_state(f"Version {number} is not waiting for deletion.")
        return self.done(200)


class Bundles(Area):
    """Secret bundles: the contents. A secret that waits for deletion has none: 404."""

    name = "secrets"
    prefix = "/20190301"
    models = "secrets"

    def _show(self, secret: Resource | None) -> Response:
        # A secret being updated can be read; one not yet made, or on its way out, cannot.
        if secret is None or secret["lifecycleState"] not in ("ACTIVE", "UPDATING"):
            raise not_found("the secret or its bundle")
        asked = {k: request.args[k] for k in ("versionNumber", "secretVersionName", "stage") if k in request.args}
        if len(asked) > 1:
            raise invalid(f"At most one of versionNumber, secretVersionName and stage, not {sorted(asked)}")
        stage = asked.get("stage", "CURRENT")
        if stage not in ("CURRENT", "PENDING", "LATEST", "PREVIOUS", "DEPRECATED"):
            raise invalid(f"stage {stage!r} is not known")
        for version in reversed(secret["_versions"]):
            if "versionNumber" in asked:
                match = str(version["versionNumber"]) == asked["versionNumber"]
            elif "secretVersionName" in asked:
                match = version.get("name") == asked["secretVersionName"]
            else:
                match = stage in version["stages"]
            if match and not version.get("timeOfDeletion"):
                content = {"contentType": "BASE64", "content": base64.b64encode(version["_content"]).decode()}
                bundle = {**version, "secretBundleContent": content, "metadata": secret.get("metadata")}
                return self.show("SecretBundle", bundle)
        raise not_found(f"no version of the secret for {asked or stage}")

    @route("GET", "/secretbundles/<secret_id>")
    def get_secret_bundle(self, secret_id: str) -> Response:
        return self._show(self.need("secret", secret_id))

    @route("POST", "/secretbundles/actions/getByName")
    def get_secret_bundle_by_name(self) -> Response:
        name, vault_id = request.args.get("secretName"), request.args.get("vaultId")
        if not name or not vault_id:
            raise invalid("secretName and vaultId may not be null")
        found = [s for s in self.store.shown("secret") if (s["secretName"], s["vaultId"]) == (name, vault_id)]
        return self._show(found[0] if found else None)

    @route("GET", "/secretbundles/<secret_id>/versions")
    def list_secret_bundle_versions(self, secret_id: str) -> Response:
        return self.show_list("SecretBundleVersionSummary", self.need("secret", secret_id)["_versions"])
