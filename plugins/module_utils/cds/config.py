# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the services vcs and hooks in an engine's configuration file.

Source: https://ovh.github.io/cds/docs/integrations/bitbucketcloud/ and engine/vcs, engine/hooks of https://github.com/ovh/cds
"""

from __future__ import annotations

import os
import typing as t
from functools import cached_property

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields, Outcome, Resource, Snapshot
from ..core.redact import HIDDEN
from ..core.spec import STATE, ArgumentSpec, each
from . import config_file, config_keys, config_rules, host_file
from .config_settings import SECTIONS, apply, view
from .engine import Engine
from .version import Version

_SECRETS = ("api_token", "redis_password", "client_secret")


class Written(t.NamedTuple):
    """The origin of the snapshot of a file that was written: the path of the one that it replaces."""

    backup: str | None


class Config(Resource):
    """The file at a path. Absent means that servers are taken out of it; the file itself is never taken away."""

    module = "cds_config"
    requires = ("tomlkit",)
    spec = STATE + ArgumentSpec(
        {
            "path": {"type": "path", "required": True},
            "engine": {"type": "str", "default": "engine"},
            **each(("version", "owner", "group")),
            "new_services": {
                "type": "list",
                "elements": "str",
                "choices": ["api", "vcs", "hooks"],
                "default": ["vcs", "hooks"],
            },
            **config_keys.SECTION_OPTIONS,
            "backup": {"type": "bool", "default": False},
        },
        addresses=config_keys.ADDRESSES,
        passwords=config_keys.PASSWORDS,
    )
    identity = ("path",)
    operations = {"create": "engine config new", "update": "write", "delete": "write"}

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.path: str = params["path"]
        self.engine = Engine(params["engine"], context.redactor)

    @property
    def name(self) -> str:
        return self.path

    @cached_property
    def version(self) -> Version:
        """Of the engine that reads the file, unless the task says which it is."""
        return Version(self.params["version"]) if self.params["version"] else self.engine.version()

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        names = [server["name"] for server in self._servers()]
        if self.params["state"] == "absent" and not names:
            raise InvalidInput(
                "servers must list the servers to delete from the file", "The file itself is not deleted."
            )
        config_rules.check_servers(self._servers())

    def _servers(self) -> list[Fields]:
        return self.params["servers"] or []

    # -- reading -----------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        removing = self.params["state"] == "absent"
        if not removing:
            config_rules.refuse_ignored(self.params, self.version)
        try:
            with open(self.path, encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise BridgeError(f"Read {self.path}", words=str(error), remedy="The task may need become: true.") from None
        current = view(self._parsed(text))
        if removing and not set(current["servers"]) & {server["name"] for server in self._servers()}:
            return None
        mode, owner, group = host_file.owners(self.path)
        return Snapshot({"id": self.path, **current, "mode": mode, "owner": owner, "group": group}, text)

    def _parsed(self, text: str) -> t.Any:
        document = config_file.parse(text, self.path)
        for secret in config_file.secrets(document):
            self.context.redactor.add(secret)
        return document

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        wanted: Fields = {name: _set(self.params[name]) for name in SECTIONS if self.params[name]}
        if self._servers():
            wanted["servers"] = {server["name"]: _set(server, "name") for server in self._servers()}
        wanted = {**wanted, "mode": f"{host_file.MODE:04o}", **self.given("owner", "group")}
        if current is not None:
            config_rules.check(self._applied(current.origin, wanted), self.version, self.path, self.context.warn)
        return wanted

    def _applied(self, text: str, wanted: Fields, fresh: bool = False) -> t.Any:
        """The text with all settings in it."""
        document = self._parsed(text)
        if fresh:  # the examples of servers in a new file are servers for CDS
            config_file.remove(document, "vcs", "servers")
        apply(document, wanted)
        return document

    # -- writing -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        self._check_tokens(desired)
        document = self._applied(self.engine.new_configuration(self.params["new_services"]), desired, fresh=True)
        config_rules.check(document, self.version, self.path, self.context.warn)
        return self._written(document)

    def _check_tokens(self, desired: Fields) -> None:
        """The tokens of a new file are good for the names in it, and only if it is that of the API too."""
        with_api = "api" in self.params["new_services"]
        for name in set(self.params["new_services"]) & set(SECTIONS):
            fields = desired.get(name, {})
            if not fields.get("api_token") and (not with_api or fields.get("name") or not self.version.consumers):
                raise InvalidInput(
                    f"{name} needs api_token: the token in a new file is not valid for sign-in",
                    "Create one with cds_consumer, or omit name and create api with it (new_services).",
                )

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        if set(changes) & {*SECTIONS, "servers"}:
            return self._written(self._applied(current.origin, changes))
        host_file.give(self.path, host_file.MODE, changes.get("owner"), changes.get("group"))
        return self.read() or {}

    def delete(self, current: Snapshot) -> Fields:
        document = config_file.parse(current.origin, self.path)
        for server in self._servers():
            config_file.remove(document, "vcs", "servers", server["name"])
        if not config_file.section(document, "vcs", "servers"):
            config_file.remove(document, "vcs", "servers")
        return Snapshot({}, self._write(document))

    def _written(self, document: t.Any) -> Snapshot:
        written = self._write(document)
        return Snapshot(self.read() or {}, written)

    def _write(self, document: t.Any) -> Written:
        keeps = self.params["backup"] and os.path.exists(self.path)
        backup = host_file.keep(self.path, self.context.host) if keeps else None
        with host_file.replacement(self.path, config_file.text(document)) as new:
            host_file.give(new, host_file.MODE, self.params["owner"], self.params["group"])
            self.engine.check(new)
        return Written(backup)

    # -- result ------------------------------------------------------------------------------------------------------

    def result(self, outcome: Outcome) -> Fields:
        result = super().result(outcome)
        changed = {drift["path"].split(".")[0] for drift in result["drift"]}
        whole = "" in changed
        result["restart"] = [
            name for name in SECTIONS if (whole or name in changed or (name == "vcs" and "servers" in changed))
        ]
        for drift in result["drift"]:
            _mark_new(result["diff"]["after"], drift["path"].split("."))
        return {**result, "backup_file": outcome.origin.backup if isinstance(outcome.origin, Written) else None}


def _set(fields: Fields, *but: str) -> Fields:
    return {name: value for name, value in fields.items() if value is not None and name not in but}


def _mark_new(after: t.Any, path: list[str]) -> None:
    """Two hidden values beside each other would look the same."""
    for name in path[:-1]:
        after = after.get(name) if isinstance(after, dict) else None
    if isinstance(after, dict) and path[-1] in _SECRETS and path[-1] in after:
        after[path[-1]] = f"{HIDDEN} (new)"
