# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of a build on a commit."""

from __future__ import annotations

import hashlib
from functools import cached_property
from urllib.parse import urlsplit

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields, Snapshot, reconcile
from ..core.spec import ArgumentSpec, each
from .ports import Statuses, too_long
from .resource import REPOSITORY, BitbucketResource

STATES = ("SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED", "CANCELLED", "UNKNOWN")
_DIGEST = 16
_SET = ("state", "url", "name", "description", "refname")


def short_key(key: str, longest: int = 40) -> str:
    """The key as Bitbucket takes it: a longer one keeps its beginning and gets a digest of the whole.

    Cut alone, two keys with the same beginning would become one status.
    """
    if len(key) <= longest:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:_DIGEST]
    return f"{key[: longest - _DIGEST - 1]}-{digest}"


def _check_url(url: str, statuses: type[Statuses]) -> None:
    """:raises InvalidInput: the service would refuse it."""
    parts = urlsplit(url)
    host = parts.hostname if parts.scheme in ("http", "https") else None
    if not host:
        raise InvalidInput("url must begin with http:// or https:// and have a host")
    if statuses.dotted_hosts and "." not in host.strip(".") and ":" not in host:
        raise InvalidInput(
            f"{statuses.title} rejects a url whose host has no dot, such as {host}",
            remedy="Give the full name of the host, or its IP address.",
        )


class BuildStatus(BitbucketResource):
    """A build status. Its commit and its key are what it is found by; the API has no way to take one away."""

    module = "bitbucket_build_status"
    spec = REPOSITORY + ArgumentSpec(
        {
            "commit": {"type": "str", "required": True},
            "key": {"type": "str", "required": True, "no_log": False},
            "state": {"type": "str", "choices": list(STATES), "required": True},
            **each(("url", "name", "description", "refname")),
            "create": {"type": "bool", "default": True},
        },
        blank=("description",),
        addresses=("url",),
    )
    identity = ("workspace", "repository", "commit")

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.key = short_key(params["key"], self.edition.statuses.limits.key)
        call = self.edition.statuses.operation
        self.operations = {"create": call, "update": call, "delete": "none: a status stays"}  # type: ignore[misc]

    @property
    def name(self) -> str:
        return str(self.params["key"])

    def validate(self) -> None:
        super().validate()
        if not self.params["key"].strip():
            raise InvalidInput("key is empty")
        statuses = self.edition.statuses
        if self.params["url"] is not None:
            _check_url(self.params["url"], statuses)
        if self.params["state"] not in statuses.states:
            raise InvalidInput(
                f"{statuses.title} has no state {self.params['state']}", remedy=f"It has {', '.join(statuses.states)}."
            )
        for name, most in statuses.limits.others.items():
            if len(self.params[name] or "") > most:
                raise too_long(name, self.params[name], most, statuses.title)

    # -- finding -----------------------------------------------------------------------------------------------------

    @cached_property
    def statuses(self) -> Statuses:
        return self.edition.statuses(self.client, self.place)

    @cached_property
    def commit(self) -> str:
        """The commit's hash, looked up once if the task names a branch or a tag."""
        named = self.params["commit"]
        found = self.edition.repositories(self.client, self.place).resolve(named)
        if found is None:
            raise BridgeError(
                f"{self.place} has no branch or tag {named}",
                kind="not_found",
                remedy="commit takes the hash of a commit (7 digits or more), or the name of a branch or a tag.",
            )
        return found

    def read(self) -> Snapshot | None:
        asked = f"List the build statuses of commit {self.params['commit']} of {self.place}"
        found = self.statuses.find(self.commit, self.key, asked)
        return Snapshot(self._current(found), found.origin) if found else None

    def _current(self, status: Fields) -> Fields:
        return {"id": self.key, "commit": self.commit, **status}

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted = self.given(*_SET)
        wanted["state"] = self.edition.statuses.states[wanted["state"]]
        if "refname" in wanted:
            wanted["refname"] = self.edition.statuses.refname(wanted["refname"])
        if current is None and not wanted.get("url"):
            raise InvalidInput(
                f"Commit {self.params['commit']} has no build status {self.name} yet, and a new one requires a url",
                remedy="Give the address of the build's page.",
            )
        return wanted

    def comparable(self, desired: Fields) -> Fields:
        """An empty text and none are the same."""
        return {name: value or "" for name, value in desired.items()}

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        return self._put(desired, None)

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        """Bitbucket replaces the whole status, so that what the task does not set is sent as it is."""
        return self._put({**{name: current[name] for name in _SET if current[name] is not None}, **changes}, current)

    def _put(self, fields: Fields, current: Snapshot | None) -> Fields:
        asked = f"Set the build status {self.name} of commit {self.params['commit']} of {self.place}"
        return self._current(self.statuses.put(self.commit, self.key, fields, current, asked))

    def delete(self, current: Fields) -> None:
        raise AssertionError("there is no state that asks for it")

    def run(self) -> Fields:
        return reconcile(self, "present").as_result(self)
