# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identity (IAM): what its resources have in common.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/

IAM takes changes in the tenancy's home region only, and is eventually consistent: what was made or deleted a moment ago
may be listed late. So an answer that contradicts a listing is given time before it is taken for an error.
"""

from __future__ import annotations

import time
import typing as t
from abc import abstractmethod

from ..core.errors import BridgeError, OutcomeUnknown
from ..core.reconcile import Fields
from .adoption import allowing_the_same
from .creation import create_one
from .resource import OciResource
from .session import absent, as_dict

# Oracle's Go SDK gives IAM 240 s for every call; here it is only for answers that contradict each other.
_IAM_DELAY = 60.0
_DESCRIPTION = "Kept by the Ansible collection repobridge.bitbucket"
_NAME_REMEDY = (
    "Names are unique without regard to case; a dynamic group shares them with the groups. "
    "If nothing has this name, the caller has no permission to see or create it: allow it to {permission}."
)


class IamResource(OciResource):
    """What dynamic groups and policies have in common. Subclasses name ``made_of``, what a new one can't be without."""

    made_of: t.ClassVar[str]

    client_of = ("identity", "IdentityClient")

    @property
    def client(self) -> t.Any:
        return self.session.client(*self.client_of, region=self.params["home_region"])

    def validate(self) -> None:
        self.check_needed(f"a {self.noun}", self.made_of)

    def read(self) -> Fields | None:
        return self.find(self.listed())

    @abstractmethod
    def listed(self) -> list[Fields]:
        """What the service lists under our name."""

    @property
    def takes_mark(self) -> bool:
        """A domain's groups can have no tags."""
        return not (self.params.get("domain") or self.params.get("domain_url"))

    def others(self) -> list[Fields]:
        return allowing_the_same(self)

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

    def write(self, method: str, *args: t.Any, verb: str, **options: t.Any) -> Fields:
        """Call a method that changes something, in the home region if the own one refuses; its answer's data."""
        if self.session.home_region is None:
            try:
                return as_dict(self.call(getattr(self.client, method), *args, verb=verb, **options).data)
            except BridgeError as error:
                if error.code != "NotAllowed" or self.params["home_region"] or self.session.overridden("identity"):
                    raise
            self.session.home_region = self._home_region()
        home = self.session.client(*self.client_of, region=self.session.home_region)
        return as_dict(self.call(getattr(home, method), *args, verb=verb, **options).data)

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
