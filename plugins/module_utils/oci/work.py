# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources that OCI makes, changes and deletes by work requests: those of DevOps and of Logging.

Source: https://docs.oracle.com/en-us/iaas/Content/API/Concepts/workrequestsoverview.htm
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError, InvalidInput, OutcomeUnknown
from ..core.reconcile import Fields, Snapshot
from .creation import create_one, look_at
from .resource import OciResource, exists
from .session import absent


class WorkResource(OciResource):
    """Subclasses name the ``for_new`` of their options."""

    # Options that a new one can't be made without. They are not asked for where it exists already.
    for_new: t.ClassVar[tuple[str, ...]] = ()

    # -- reading ---------------------------------------------------------------------------------------------------

    def settled(self, items: list[Fields]) -> Fields | None:
        """The one of a listing that has our name, once it can be used.

        One that is being deleted keeps its name until it is gone, so a new one has to wait for that. Where none is wanted
        such are the origin of a snapshot without fields.
        """
        found = self.find(items)
        if found is None:
            named = [item for item in items if item[self.name_field] == self.name]
            leaving = [item for item in named if item["lifecycle_state"] == "DELETING"]
            if self.params["state"] == "absent":
                return Snapshot({}, leaving)
            self._wait_for_deletion(leaving)
            return None
        if self.params["state"] == "absent" and found["lifecycle_state"] == "FAILED":
            return found
        return self.wait(lambda: self.fetch(found["id"]), first=found)

    def read_again(self, known: Snapshot | None, actions: t.Container[str]) -> Fields | None:
        found = Snapshot.of(self.read())
        if found is not None and not found and "delete" in actions:
            self._wait_for_deletion(found.origin)
        return found

    def _wait_for_deletion(self, leaving: list[Fields]) -> None:
        for item in [] if self.context.check_mode else leaving:
            self.wait(lambda ident=item["id"]: self._left(ident), done=_is_gone, first=item)  # type: ignore[misc]

    def _left(self, ident: str) -> Fields:
        try:
            return self.fetch(ident)
        except BridgeError as error:
            if absent(error):
                return {"lifecycle_state": "DELETED"}
            raise

    # -- changing --------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        missing = [option for option in self.for_new if self.params.get(option) is None]
        if missing:
            raise InvalidInput(
                f"The {self.noun} {self.name} does not exist yet, and cannot be created without {' and '.join(missing)}",
                "Set it, or correct the options by which an existing one is found.",
            )
        return create_one(self, lambda token: self._send(self.body(desired), token))

    def _send(self, body: Fields, token: str) -> Fields:
        response = self.call(self.method("create"), *self.place(), body, verb="Create", opc_retry_token=token)
        work = self.wait_for_work(self.client, response, "Create")
        ident = response.data.id if response.data else _identifier(work)
        return look_at(self, lambda: self.fetch(ident), work["time_accepted"])

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        body = self.body(changes, current)
        response = self.call(self.method("update"), *self.place(), current["id"], body, verb="Update")
        self.wait_for_work(self.client, response, "Update")
        return Snapshot(self.fetch(current["id"]), current.origin)

    def delete(self, current: Snapshot) -> None:
        try:
            response = self.call(self.method("delete"), *self.place(), current["id"], verb="Delete")
            self.wait_for_work(self.client, response, "Delete")
        except OutcomeUnknown:
            raise
        except BridgeError as error:
            left = self.left_in(current) if error.status in (None, 409) else []
            if left:
                error.remedy = f"Delete its content first: {'; '.join(left)}."
            raise

    def left_in(self, current: Fields) -> list[str]:
        """What keeps it from being deleted, in words; asked for when a deletion was refused."""
        return []

    def names_in(self, what: str, method: t.Callable[..., t.Any], *args: t.Any, **options: t.Any) -> list[str]:
        """``connections bitbucket (ocid1…)``, or nothing: for ``left_in``. What can't be listed is not named."""
        try:
            items = self.listing(method, *args, **options)
        except BridgeError:
            return []
        named = [f"{item.get('display_name') or item.get('name')} ({item['id']})" for item in filter(exists, items)]
        return [f"{what} {', '.join(named)}"] if named else []


def _is_gone(fields: Fields) -> bool:
    return fields["lifecycle_state"] == "DELETED"


def _identifier(work: Fields) -> str:
    """OCID of what a work request has made; Logging says it nowhere else."""
    made = [item for item in work["resources"] if item["action_type"] == "CREATED"] or work["resources"]
    return str(made[0]["identifier"])
