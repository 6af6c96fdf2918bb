# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging: the logs of OCI's own services.

Sources: https://docs.oracle.com/en-us/iaas/api/#/en/logging-management/20200531/Log and
https://docs.oracle.com/en-us/iaas/Content/Logging/Reference/details_for_devops.htm
"""

from __future__ import annotations

from ..core.errors import BridgeError, InvalidInput, OutcomeUnknown
from ..core.reconcile import Fields, Snapshot
from .log_group import LoggingResource
from .resource import oci_spec
from .session import wire

_SOURCE = ("service", "resource", "category")
_RETENTION = tuple(range(30, 181, 30))


class Log(LoggingResource):
    """A log. Of one source (service, resource, category) there is never more than one, whatever its name or group."""

    module = "oci_log"
    spec = oci_spec(
        required=("name", "log_group_id"),
        texts=("compartment_id", "resource"),
        log_type={"type": "str", "choices": ["SERVICE", "CUSTOM"], "default": "SERVICE"},
        service={"type": "str", "default": "devops"},
        category={"type": "str", "default": "all"},
        is_enabled={"type": "bool"},
        retention_duration={"type": "int"},
    )
    identity = ("name", "log_group_id")
    operations = {"create": "CreateLog", "update": "UpdateLog", "delete": "DeleteLog"}
    noun = "log"
    kind = "log"
    managed = ("is_enabled", "retention_duration", "freeform_tags", "defined_tags")
    # The service updates neither a log's type nor its source (SourceUpdateDetails).
    immutable = ("log_type", *_SOURCE)
    ready = ("ACTIVE", "INACTIVE")  # inactive is how a disabled one is called

    def place(self) -> tuple[str, ...]:
        return (self.params["log_group_id"],)

    def validate(self) -> None:
        days = self.params["retention_duration"]
        if days is not None and days not in _RETENTION:
            raise InvalidInput(f"retention_duration must be one of {', '.join(map(str, _RETENTION))} days, not {days}")
        if self.params["log_type"] == "CUSTOM" and self.params["resource"] is not None:
            raise InvalidInput("resource is for logs of the type SERVICE; a CUSTOM log has no source")

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        # The whole group, so that one call also shows a log of the same source under another name.
        items = [_flat(item) for item in self.listing(self.client.list_logs, self.params["log_group_id"])]
        found = self.settled(items)
        if not found and self.may_create:
            self._refuse_a_second(items, self.params["log_group_id"])
        return found

    def fetch(self, ident: str) -> Fields:
        return _flat(super().fetch(ident))

    def _source(self) -> Fields | None:
        if self.params["log_type"] != "SERVICE" or self.params["resource"] is None:
            return None
        return {name: self.params[name] for name in _SOURCE}

    def _refuse_a_second(self, items: list[Fields], group_id: str) -> None:
        source = self._source()
        for item in items:
            same = source is not None and {name: item[name] for name in _SOURCE} == source
            if same and item["lifecycle_state"] != "DELETING":
                raise BridgeError(
                    f"The log {self.name} cannot be created: {self.params['service']} {self.params['category']} of "
                    f"{self.params['resource']} is logged already, by the log {item['display_name']} ({item['id']}) in "
                    f"the log group {group_id}",
                    kind="conflict",
                    remedy="OCI has one log for each source. Set name and log_group_id to those of that log, or "
                    "delete it.",
                )

    def _look_in_other_groups(self) -> None:
        """:raises BridgeError: another log group of the compartment has a log of our source."""
        source, compartment_id = self._source(), self.params["compartment_id"]
        if source is None or compartment_id is None:
            return
        for group in self.listing(self.client.list_log_groups, compartment_id):
            if group["id"] == self.params["log_group_id"]:
                continue
            items = self.listing(
                self.client.list_logs,
                group["id"],
                source_service=source["service"],
                source_resource=source["resource"],
            )
            self._refuse_a_second([_flat(item) for item in items], group["id"])

    # -- fields ----------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        return {**super().desired(current), "log_type": self.params["log_type"], **(self._source() or {})}

    def needed(self) -> Fields:
        return {"display_name": self.name, "log_group_id": self.params["log_group_id"]}

    def planned(self, desired: Fields) -> Fields:
        self._look_in_other_groups()
        return super().planned(desired)

    # -- changing --------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        if self.params["log_type"] == "SERVICE" and self.params["resource"] is None:
            raise InvalidInput(f"The log {self.name} does not exist yet, and cannot be created without resource")
        try:
            return super().create(desired)
        except OutcomeUnknown:
            raise
        except BridgeError as error:
            if error.status in (None, 409):
                self._look_in_other_groups()
            raise

    def body(self, fields: Fields, current: Fields | None = None) -> Fields:
        own = {name: value for name, value in fields.items() if name not in (*_SOURCE, "log_group_id")}
        if fields.get("resource"):
            source = {"source_type": "OCISERVICE", **{name: fields[name] for name in _SOURCE}}
            own["configuration"] = {"compartment_id": self.params["compartment_id"], "source": source}
        return wire(own)


def _flat(log: Fields) -> Fields:
    """A log with its source beside the other fields."""
    source = (log.get("configuration") or {}).get("source") or {}
    return {**log, **{name: source.get(name) for name in _SOURCE}}
