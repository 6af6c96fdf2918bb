# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging: what its resources have in common, and log groups.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/logging-management/20200531/LogGroup
"""

from __future__ import annotations

from ..core.reconcile import Fields
from .resource import oci_spec
from .work import WorkResource


class LoggingResource(WorkResource):
    """A resource of OCI Logging, whose calls answer without a body."""

    client_of = ("logging", "LoggingManagementClient")
    permission = "manage log-groups"
    name_field = "display_name"


class LogGroup(LoggingResource):
    """A log group; names are unique in their compartment."""

    module = "oci_log_group"
    spec = oci_spec(required=("name", "compartment_id"), clearable=("description",))
    operations = {"create": "CreateLogGroup", "update": "UpdateLogGroup", "delete": "DeleteLogGroup"}
    noun = "log group"
    kind = "log_group"

    def read(self) -> Fields | None:
        found = self.listing(self.client.list_log_groups, self.params["compartment_id"], display_name=self.name)
        return self.settled(found)

    def left_in(self, current: Fields) -> list[str]:
        return self.names_in("logs", self.client.list_logs, current["id"])
