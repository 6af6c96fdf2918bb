# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity (IAM): what its resources have in common, and policies.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/

IAM takes changes in the tenancy's home region only, and is eventually consistent: what was made or deleted a moment ago
may be listed late. So an answer that contradicts a listing is given time before it is taken for an error.
"""

from __future__ import annotations

import time
import typing as t
from abc import abstractmethod

from ..core.errors import BridgeError, InvalidInput, OutcomeUnknown
from ..core.reconcile import Fields
from .creation import create_one
from .policy_text import canonical_statements
from .resource import OciResource, oci_spec
from .session import absent, wire

try:
    import oci.identity  # loaded with this file, so that the controller pays for it once a run
except ImportError:
    pass

# Oracle's Go SDK gives IAM 240 s for every call; here it is only for answers that contradict each other.
_IAM_DELAY = 60.0
_DESCRIPTION = "Kept by the Ansible collection repobridge.bitbucket"
_NAME_REMEDY = (
    "Names are unique without regard to case; a dynamic group shares them with the groups. "
    "If nothing has this name, the caller may not see or make it: allow it to {permission}."
)


class IamResource(OciResource):
    """What dynamic groups and policies have in common."""

    client_of = ("identity", "IdentityClient")
    _home: t.Any = None

    @property
    def client(self) -> t.Any:
        return self.session.client(*self.client_of, region=self.params["home_region"])

    def read(self) -> Fields | None:
        return self.find(self.listed())

    @abstractmethod
    def listed(self) -> list[Fields]:
        """What the service lists under our name."""

    @abstractmethod
    def make(self, desired: Fields, token: str) -> Fields:
        """Send the creation with its retry token; the response is the resource."""

    @abstractmethod
    def take_away(self, current: Fields) -> None:
        """Send the deletion."""

    def needed(self) -> Fields:
        return {"compartment_id": self.compartment, "name": self.name, "description": _DESCRIPTION}

    @property
    def compartment(self) -> str:
        """The compartment it is in; the root compartment is the tenancy."""
        return str(self.params.get("compartment_id") or self.session.tenancy)

    def create(self, desired: Fields) -> Fields:
        try:
            return create_one(self, lambda token: self.make(desired, token))
        except OutcomeUnknown:
            raise
        except BridgeError as error:
            if error.status != 409:
                raise
            if self._settles(lambda: self.read() is not None):
                # It was there, or a lost call has made it: whatever differs is for the state machine.
                raise OutcomeUnknown(f"{self.asked('Create')}: it was listed late", kind="conflict") from None
            error.remedy = _NAME_REMEDY.format(permission=self.permission)
            raise

    def delete(self, current: Fields) -> None:
        try:
            self.take_away(current)
        except BridgeError as error:
            if not absent(error) or not self._settles(lambda: self.read() is None):
                raise

    def creation(self) -> tuple[str, ...]:
        # Without an endpoint: the regions of a tenancy have one IAM.
        return (self.session.known_tenancy or "", self.module, *self.identified())

    def write(self, method: str, *args: t.Any, verb: str, **options: t.Any) -> t.Any:
        """Call a method that changes something, in the home region if the own one refuses; its answer's data."""
        if self._home is None:
            try:
                return oci.util.to_dict(self.call(getattr(self.client, method), *args, verb=verb, **options).data)
            except BridgeError as error:
                if error.code != "NotAllowed" or self.params["home_region"] or self.session.overridden("identity"):
                    raise
            self._home = self.session.client(*self.client_of, region=self._home_region())
        return oci.util.to_dict(self.call(getattr(self._home, method), *args, verb=verb, **options).data)

    def _home_region(self) -> str:
        regions = self.session.list(
            self.client.list_region_subscriptions,
            self.session.tenancy,
            asked="Find the tenancy's home region (the option home_region saves it)",
            permission="inspect tenancies",
        )
        return str(next(region["region_name"] for region in regions if region["is_home_region"]))

    def _settles(self, settled: t.Callable[[], bool]) -> bool:
        """Whether it becomes so while IAM's copies come together."""
        self.context.progress(f"{self.module} {self.name}: waiting for IAM")
        end = time.monotonic() + min(_IAM_DELAY, self.params["wait_timeout"])
        pause = self.params["poll_interval"]
        while not settled():
            if time.monotonic() + pause > end:
                return False
            time.sleep(pause)
        return True


class Policy(IamResource):
    """A policy. It is attached to a compartment and speaks of what is in and below it."""

    module = "oci_policy"
    spec = oci_spec(
        name={"type": "str", "required": True},
        statements={"type": "list", "elements": "str"},
        description={"type": "str"},
        compartment_id={"type": "str"},
        home_region={"type": "str"},
    )
    identity = ("name", "compartment_id")
    operations = {"create": "CreatePolicy", "update": "UpdatePolicy", "delete": "DeletePolicy"}
    noun = "policy"
    managed = ("statements", *OciResource.managed)
    permission = "manage policies"

    def validate(self) -> None:
        if self.params["state"] == "present" and self.params["create"] and not self.params["statements"]:
            raise InvalidInput("statements must be given for a policy, which could not be made without")

    def listed(self) -> list[Fields]:
        return self.listing(self.client.list_policies, self.compartment, name=self.name)

    def comparable(self, desired: Fields) -> Fields:
        fields = super().comparable(desired)
        if "statements" in fields:
            fields = {**fields, "statements": canonical_statements(fields["statements"])}
        return fields

    def make(self, desired: Fields, token: str) -> Fields:
        return t.cast(Fields, self.write("create_policy", wire(desired), verb="Create", opc_retry_token=token))

    def update(self, current: Fields, changes: Fields) -> Fields:
        return t.cast(Fields, self.write("update_policy", current["id"], wire(changes), verb="Change"))

    def take_away(self, current: Fields) -> None:
        self.write("delete_policy", current["id"], verb="Delete")
