# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Vault secrets, with their contents.

Sources: https://docs.oracle.com/en-us/iaas/api/#/en/secretmgmt/20180608/Secret and
https://docs.oracle.com/en-us/iaas/api/#/en/secretretrieval/20190301/SecretBundle
"""

from __future__ import annotations

import typing as t
from functools import cached_property

from ..core.errors import BridgeError, InvalidInput, OutcomeUnknown, remedies
from ..core.reconcile import Fields, Snapshot
from ..core.spec import ArgumentSpec, each, update_secret
from .deletion import DELETION_DAYS, ScheduledDeletion, calls
from .resource import oci_spec
from .secret_content import bundle_of, given_content

_REUSE = (
    "The secret has a reuse rule and already had this content. Set new content, or make the earlier version current "
    "in the OCI console."
)
_LISTED_FIELDS = ("description", "freeform_tags", "defined_tags")


class Secret(ScheduledDeletion):
    """A secret. Its name is taken in its vault for ever, also by one that waits for its deletion or has been deleted.

    The content can be read, so it is compared itself. ``content`` among the fields is always the base64 text.
    """

    module = "oci_vault_secret"
    spec = (
        oci_spec(
            required=("name", "compartment_id", "vault_id"),
            clearable=("description",),
            key_id={"type": "str", "no_log": False},
            metadata={"type": "dict"},
            **DELETION_DAYS,
        )
        + update_secret("on_change")
        + ArgumentSpec(
            each(("content", "content_base64"), no_log=True), mutually_exclusive=[("content", "content_base64")]
        )
    )
    identity = ("name", "vault_id")
    operations = calls("Secret")
    secret_fields = ("content",)
    whole_fields = (*ScheduledDeletion.whole_fields, "metadata")
    client_of = ("vault", "VaultsClient")
    noun = "vault secret"
    kind = "secret"
    least_days = 1
    tokenless = True
    name_field = "secret_name"
    managed = (*_LISTED_FIELDS, "metadata")
    permission = "manage secret-family"

    def validate(self) -> None:
        super().validate()
        given = {"content": self._content, "key_id": self.params["key_id"]}
        missing = [name for name, value in given.items() if value is None]
        if missing and self.may_create:
            raise InvalidInput(
                f"{' and '.join(missing)} must be given for a vault secret, which cannot be created without",
                "Set create to false to use a secret that is managed elsewhere.",
            )

    @cached_property
    def _content(self) -> str | None:
        """The content of the task, in base64."""
        return given_content(self.params, self.context.redactor)

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        compared = self.params["state"] == "present" and self.params["update_secret"] == "on_change"
        if not compared or self._content is None:
            return self._read_without_content()
        bundle = self._bundle()
        if bundle is None:
            found = self._listed()
            if found is None or self.dormant(found):
                return found
            bundle = self._bundle() or self._unreadable(found)  # it may just have come into being
            return {**found, **bundle}
        if all(self.params[name] is None for name in _LISTED_FIELDS):
            return bundle
        return {**(self._listed() or self._elsewhere(bundle["id"])), **bundle}

    def read_again(self, known: Snapshot | None, actions: t.Container[str]) -> Fields | None:
        """After a lost update the origin is the number of the version that was current when a new content was sent."""
        sent_after = known.origin if known else None
        return self.read() if sent_after is None else self._read_without_content(sent_after)

    def _read_without_content(self, sent_after: int | None = None) -> Fields | None:
        found = self._listed()
        if found is None or self.dormant(found):
            return found
        if self.params["metadata"] is not None or sent_after is not None:
            found = self.fetch(found["id"])
        if sent_after is not None and found["current_version_number"] > sent_after:
            found["content"] = self._content  # its PUT was applied, though the answer was lost
        return Snapshot(found, sent_after)

    def _listed(self) -> Fields | None:
        """The secret without its content, once it can be used."""
        items = self.listing(
            self.client.list_secrets, self.params["compartment_id"], name=self.name, vault_id=self.params["vault_id"]
        )
        found = self.settled(items)
        if found is None and items and self.params["state"] == "present":
            raise self._name_taken(f"it is {items[0]['lifecycle_state']} as {items[0]['id']}")
        return found

    def _bundle(self) -> Fields | None:
        return bundle_of(self.session, self.name, self.params["vault_id"], self.asked("Read the content of"))

    def _unreadable(self, found: Fields) -> t.NoReturn:
        raise BridgeError(
            f"{self.asked('Read the content of')}: {found['id']} is {found['lifecycle_state']} but its content must "
            "not be read",
            kind="forbidden",
            remedy="Allow the caller to read secret-bundles there, or set update_secret to on_create or always.",
        )

    def _elsewhere(self, ident: str) -> t.NoReturn:
        raise BridgeError(
            f"The vault secret {self.name} ({ident}) is not in the compartment {self.params['compartment_id']}",
            kind="conflict",
            remedy="Set compartment_id to the secret's own compartment, or move the secret.",
        )

    def _name_taken(self, why: str) -> BridgeError:
        return BridgeError(
            f"The name {self.name} cannot be used for a new secret in the vault {self.params['vault_id']}: {why}",
            kind="conflict",
            remedy=(
                "A vault keeps the names of its deleted secrets, and of those in other compartments. Use another name "
                "or vault, or set compartment_id to the compartment of the secret."
            ),
        )

    # -- fields ----------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = super().desired(current)
        new = current is None or current.restored
        if self._content is not None and (new or self.params["update_secret"] != "on_create"):
            wanted["content"] = self._content
        return wanted

    def needed(self) -> Fields:
        return {**super().needed(), "vault_id": self.params["vault_id"], "key_id": self.params["key_id"]}

    # -- changing --------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        try:
            return super().create(desired)
        except BridgeError as error:
            if "already exists" in (error.words or ""):
                raise self._name_taken(f"OCI answered {error.status}, {error.words}") from None
            raise

    def body(self, fields: Fields, current: Fields | None = None) -> Fields:
        body = {name: value for name, value in fields.items() if name != "content"}
        if "content" in fields:
            # No name for the version: names must differ, and a rotation would have to invent one.
            body["secret_content"] = {"content_type": "BASE64", "content": fields["content"]}
        return super().body(body)

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        # A secret takes one change at a time; and the number tells afterwards whether a lost call was applied.
        secret = self.ready_again(self.fetch(current["id"]))
        try:
            with remedies((lambda error: error.status == 400 and "reuse" in (error.words or "").lower(), _REUSE)):
                # Sent twice it makes two versions.
                self.call(self.client.update_secret, current["id"], self.body(changes), verb="Update", once=True)
        except OutcomeUnknown as error:
            if "content" in changes:
                error.known = Snapshot(current, secret["current_version_number"])
            raise
        return self.wait(lambda: self.fetch(current["id"]))
