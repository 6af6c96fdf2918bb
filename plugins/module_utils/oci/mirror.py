# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: repositories that mirror one of another host, and the runs of their mirrors.

Sources: https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/Repository and
https://docs.oracle.com/en-us/iaas/Content/devops/using/mirror_repo.htm
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Fields, Outcome, Snapshot
from ..core.spec import ArgumentSpec
from ..core.urls import normalised_repository, without_user
from . import recurrence
from .devops import DevopsResource, mirrored_over
from .mirror_record import told
from .mirror_run import MirrorRun
from .resource import oci_spec
from .session import wire

_CONFIG = ("connection_id", "repository_url", "schedule_type", "custom_schedule")


class MirrorRepository(DevopsResource):
    """A mirrored repository; its name is unique in the project."""

    module = "oci_devops_mirror_repository"
    spec = oci_spec(
        required=("name", "project_id"),
        texts=("connection_id", "repository_url", "custom_schedule", "default_branch", "compartment_id"),
        clearable=("description",),
        schedule_type={"type": "str", "choices": ["default", "custom", "none"]},
        sync={"type": "bool", "default": False},
    ) + ArgumentSpec(required_if=[("schedule_type", "custom", ("custom_schedule",))], addresses=("repository_url",))
    identity = ("name", "project_id")
    operations = {
        "create": "CreateRepository",
        "update": "UpdateRepository",
        "delete": "DeleteRepository",
        "sync": "MirrorRepository",
    }
    noun = "mirrored repository"
    kind = "repository"
    managed = ("default_branch", "connection_id", "schedule_type", "custom_schedule", *DevopsResource.managed)
    for_new = ("connection_id", "repository_url")

    def validate(self) -> None:
        if self.params["repository_url"] is not None:
            self._check_url(self.params["repository_url"])
        rule = self.params["custom_schedule"]
        if rule is not None:
            if self.params["schedule_type"] != "custom":
                raise InvalidInput("custom_schedule requires schedule_type: custom", "Set it, or omit custom_schedule.")
            recurrence.check(rule)

    def _check_url(self, url: str) -> None:
        try:
            address = urlsplit(url)
            self.context.redactor.add(address.password)
            if address.password:
                raise InvalidInput(
                    "repository_url contains a credential",
                    "Remove it: the connection contains it as a secret. Consider the credential in the URL "
                    "compromised.",
                )
            usable = address.scheme in ("https", "http") and address.hostname and address.path.strip("/")
        except ValueError:
            usable = False
        if not usable:
            raise InvalidInput(
                "repository_url must be the https address of a repository", "OCI DevOps mirrors over HTTPS, not SSH."
            )

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        items = self.listing(self.client.list_repositories, project_id=self.params["project_id"], name=self.name)
        found = self.settled([_flat(item) for item in items])
        if found and found["repository_type"] != "MIRRORED":
            raise BridgeError(
                f"The repository {self.name} ({found['id']}) is {found['repository_type']}, not a mirror",
                kind="conflict",
                remedy="It may contain code that exists nowhere else, so it is neither changed nor deleted. Use "
                "another name.",
            )
        return found

    def read_again(self, known: Snapshot | None, actions: t.Container[str]) -> Fields | None:
        found = super().read_again(known, actions)
        return Snapshot(found, known.origin) if found and known else found

    def fetch(self, ident: str) -> Fields:
        return _flat(super().fetch(ident))

    # -- fields ----------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = super().desired(current)
        if self.params["repository_url"] is not None:
            wanted["repository_url"] = without_user(self.params["repository_url"])
        return wanted

    def needed(self) -> Fields:
        return {
            "project_id": self.params["project_id"],
            "name": self.name,
            "repository_type": "MIRRORED",
            "schedule_type": "default",
        }

    def comparable(self, desired: Fields) -> Fields:
        fields = super().comparable(desired)
        undo = {
            "repository_url": normalised_repository,
            "custom_schedule": recurrence.comparable,
            "default_branch": _short,
        }
        return {**fields, **{name: undone(fields[name]) for name, undone in undo.items() if fields.get(name)}}

    # -- changing --------------------------------------------------------------------------------------------------

    def body(self, fields: Fields, current: Fields | None = None) -> Fields:
        own = {name: value for name, value in fields.items() if name not in _CONFIG}
        if len(own) < len(fields):
            # The configuration of the mirror is sent whole.
            config = {**(current or {}), **fields}
            schedule = config["schedule_type"]
            own["mirror_repository_config"] = {
                "connector_id": config["connection_id"],
                "repository_url": config["repository_url"],
                "trigger_schedule": {
                    "schedule_type": schedule.upper(),
                    "custom_schedule": config.get("custom_schedule") if schedule == "custom" else None,
                },
            }
        return wire(own)

    def follow_up(self, current: Snapshot, outcome: Outcome) -> Fields:
        ended = MirrorRun(self, current).bring_about(outcome) if self.params["sync"] else None
        return Snapshot(current, ended)

    def result(self, outcome: Outcome) -> Fields:
        # Only where a run was waited for: in check mode there is none.
        ended = {} if outcome.origin is None else {"mirror": told(outcome.origin)}
        return {**super().result(outcome), **ended}


def _flat(repository: Fields) -> Fields:
    """A repository with the mirror's configuration beside the other fields, in the words of the options."""
    config = repository.get("mirror_repository_config") or {}
    schedule = config.get("trigger_schedule") or {}
    return {
        **repository,
        # The SDK spells it in two ways.
        "lifecycle_details": repository.get("lifecycle_details") or repository.get("lifecyle_details"),
        "connection_id": mirrored_over(repository),
        "repository_url": config.get("repository_url"),
        "schedule_type": (schedule.get("schedule_type") or "none").lower(),
        "custom_schedule": schedule.get("custom_schedule"),
    }


def _short(branch: str) -> str:
    return branch.removeprefix("refs/heads/")
