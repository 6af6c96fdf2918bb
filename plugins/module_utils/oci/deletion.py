# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources that OCI deletes days after it was asked to, and brings back until then: vaults, keys, secrets."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime, timedelta

from ..core.errors import InvalidInput
from ..core.reconcile import Fields, Snapshot
from .resource import OciResource

_MOST_DAYS = 30
# The service measures from its own clock and refuses what lies a second outside its limits.
_SLACK = timedelta(minutes=10)

DELETION_DAYS: Fields = {"deletion_days": {"type": "int"}}


def calls(what: str) -> dict[str, str]:
    """The service's own calls for such a resource: ``CreateVault`` …"""
    return {
        "create": f"Create{what}",
        "update": f"Update{what}",
        "delete": f"Schedule{what}Deletion",
        "restore": f"Cancel{what}Deletion",
    }


class ScheduledDeletion(OciResource):
    """Subclasses say how soon it may be deleted."""

    least_days: t.ClassVar[int] = 7
    # Whether the calls lack an ``opc-retry-token``, so that they must not be repeated blindly.
    tokenless: t.ClassVar[bool] = False

    def validate(self) -> None:
        days = self.params["deletion_days"]
        if days is not None and not self.least_days <= days <= _MOST_DAYS:
            raise InvalidInput(
                f"deletion_days must be between {self.least_days} and {_MOST_DAYS} for a {self.noun}, not {days}"
            )

    def settled(self, items: list[Fields]) -> Fields | None:
        """The one of a listing that has our name, once it can be used; one that waits for its deletion as it is."""
        found = self.find(items)
        return found if found is None or self.dormant(found) else self.ready_again(found)

    def ready_again(self, current: Fields) -> Fields:
        """Wait until it can be used; ``current`` is what a listing said."""
        return self.wait(lambda: self.fetch(current["id"]), first=current)

    def restore(self, current: Fields) -> Fields:
        self.wait(
            lambda: self.fetch(current["id"]),
            done=lambda fields: fields["lifecycle_state"] != "SCHEDULING_DELETION",
            first=current,
        )
        self.call(
            getattr(self.client, f"cancel_{self.kind}_deletion"), current["id"], verb="Restore", once=self.tokenless
        )
        return self.ready_again(self.fetch(current["id"]))

    def delete(self, current: Snapshot) -> Fields:
        schedule = getattr(self.client, f"schedule_{self.kind}_deletion")
        self.call(schedule, current["id"], self._when(), verb="Delete", once=self.tokenless)
        return self.fetch(current["id"])

    def _when(self) -> Fields:
        days = self.params["deletion_days"]
        if days is None:  # the service's own time, 30 days
            return {}
        when = datetime.now(UTC) + timedelta(days=days) + (-_SLACK if days == _MOST_DAYS else _SLACK)
        return {"timeOfDeletion": when.strftime("%Y-%m-%dT%H:%M:%SZ")}
