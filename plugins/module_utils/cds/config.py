# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the services vcs and hooks in an engine's configuration file.

Source: https://ovh.github.io/cds/docs/integrations/bitbucketcloud/ and engine/vcs, engine/hooks of https://github.com/ovh/cds
"""

from __future__ import annotations

import os
import typing as t

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields, Resource
from ..core.redact import HIDDEN
from ..core.spec import STATE, ArgumentSpec
from . import config_file, config_keys, config_rules, host_file
from .engine import Engine
from .version import NO_SERVERS, PROXY_FOR_ALL, UI_IN_VCS_CONFIG, Version

try:
    import tomlkit
except ImportError:  # named by the module before the first call (Operation.requires)
    pass

_SECTIONS = {"vcs": config_keys.VCS, "hooks": config_keys.HOOKS}
_SECRETS = ("api_token", "redis_password", "client_secret")


class Config(Resource):
    """The file at a path. Absent means that servers are taken out of it; the file itself is never taken away."""

    module = "cds_config"
    requires = ("tomlkit",)
    spec = STATE + ArgumentSpec(
        {
            "path": {"type": "path", "required": True},
            "engine": {"type": "str", "default": "engine"},
            "version": {"type": "str"},
            "new_services": {
                "type": "list",
                "elements": "str",
                "choices": ["api", "vcs", "hooks"],
                "default": ["vcs", "hooks"],
            },
            "vcs": {"type": "dict", "options": config_keys.options(config_keys.VCS)},
            "hooks": {"type": "dict", "options": config_keys.options(config_keys.HOOKS)},
            "servers": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "name": {"type": "str", "default": "bitbucketcloud"},
                    **config_keys.options(config_keys.SERVER),
                },
            },
            "owner": {"type": "str"},
            "group": {"type": "str"},
            "backup": {"type": "bool", "default": False},
        },
        addresses=("vcs.url", "vcs.api_url", "vcs.ui_url", "hooks.url", "hooks.api_url", "hooks.url_public"),
        passwords=(
            "vcs.api_token",
            "vcs.redis_password",
            "hooks.api_token",
            "hooks.redis_password",
            "servers.client_id",
            "servers.client_secret",
        ),
    )
    identity = ("path",)
    operations = {"create": "engine config new", "update": "write", "delete": "write"}

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.path: str = params["path"]
        self.engine = Engine(params["engine"], context.redactor)
        self._version = Version(params["version"]) if params["version"] else None
        self._text = ""
        self._backup: str | None = None

    @property
    def name(self) -> str:
        return self.path

    @property
    def version(self) -> Version:
        """Of the engine that reads the file, unless the task says which it is."""
        if self._version is None:
            self._version = self.engine.version()
        return self._version

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        names = [server["name"] for server in self._servers()]
        if len(set(names)) < len(names):
            raise InvalidInput("Two servers have the same name")
        if self.params["state"] == "absent" and not names:
            raise InvalidInput(
                "servers must name what is taken out of the file", "The file itself holds more, and is left alone."
            )
        for server in self._servers():
            if server["proxy_webhook"] and not config_rules.is_url(server["proxy_webhook"]):
                raise InvalidInput(
                    f"proxy_webhook of {server['name']} must begin with https:// or http://",
                    "CDS would take it as it is, and make webhooks that lead nowhere.",
                )

    def _servers(self) -> list[Fields]:
        return self.params["servers"] or []

    def _refuse_what_would_be_ignored(self) -> None:
        vcs = self.params["vcs"] or {}
        if self._servers():
            self.version.refuse_from(
                NO_SERVERS,
                "servers in its configuration",
                "It would start, and not read them. Set the server up in each project, with cds_project_vcs.",
            )
        if vcs.get("ui_url") is not None:
            self.version.refuse_from(UI_IN_VCS_CONFIG, "ui_url for vcs", "It asks the API. Leave ui_url out.")
        if vcs.get("proxy_webhook") is not None:
            self.version.refuse_before(
                PROXY_FOR_ALL, "proxy_webhook for all servers", "Give it to the server, in servers."
            )

    # -- reading -----------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        removing = self.params["state"] == "absent"
        if not removing:
            self._refuse_what_would_be_ignored()
        try:
            with open(self.path, encoding="utf-8") as file:
                self._text = file.read()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise BridgeError(f"Read {self.path}", words=str(error), remedy="The task may need become: true.") from None
        document = self._parsed(self._text)
        current = self._view(document)
        if removing and not set(current["servers"]) & {server["name"] for server in self._servers()}:
            return None
        mode, owner, group = host_file.owners(self.path)
        return {"id": self.path, **current, "mode": mode, "owner": owner, "group": group}

    def _parsed(self, text: str) -> t.Any:
        document = config_file.parse(text, self.path)
        for secret in config_file.secrets(document):
            self.context.redactor.add(secret)
        return document

    @staticmethod
    def _view(document: t.Any) -> Fields:
        """All settings that can be managed, by our names."""
        out: Fields = {}
        for name, settings in _SECTIONS.items():
            table = config_file.section(document, name)
            if table is not None:
                out[name] = {option: config_file.value(table, key) for option, key in settings.items()}
        servers = config_file.section(document, "vcs", "servers") or {}
        tables = {str(name): config_file.section(servers, name, config_keys.DRIVER) for name in servers}
        out["servers"] = {
            name: {option: config_file.value(table, key) for option, key in config_keys.SERVER.items()}
            for name, table in tables.items()
            if table is not None
        }
        return out

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted: Fields = {name: _set(self.params[name]) for name in _SECTIONS if self.params[name]}
        if self._servers():
            wanted["servers"] = {server["name"]: _set(server, "name") for server in self._servers()}
        wanted["mode"] = f"{host_file.MODE:04o}"
        wanted.update({name: self.params[name] for name in ("owner", "group") if self.params[name]})
        if current is not None:
            self._new_text = self._applied(self._text, wanted)
        return wanted

    def _applied(self, text: str, wanted: Fields, fresh: bool = False) -> str:
        """The text with all settings in it. :raises InvalidInput: the engine would not do with it what it says."""
        document = self._parsed(text)
        if fresh:  # the examples of servers in a new file are servers for CDS
            config_file.remove(document, "vcs", "servers")
        for name, settings in _SECTIONS.items():
            if wanted.get(name):
                _put(config_file.make_section(document, name), settings, wanted[name])
        for server, fields in wanted.get("servers", {}).items():
            table = config_file.make_section(document, "vcs", "servers", server, config_keys.DRIVER)
            _put(table, config_keys.SERVER, fields)
        wrong = config_rules.problems(document, self.version)
        if wrong:
            raise InvalidInput(
                f"{self.path} would not work with CDS {self.version}: {'; '.join(dict.fromkeys(wrong))}",
                "Nothing was written. Correct the task, or the file where the task says nothing of it.",
            )
        for remark in config_rules.remarks(document, self.version):
            self.context.warn(f"{self.path}: {remark}.")
        return tomlkit.dumps(document)

    # -- writing -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        self._check_tokens(desired)
        text = self.engine.new_configuration(self.params["new_services"])
        self._write(self._applied(text, desired, fresh=True))
        return self.read() or {}

    def _check_tokens(self, desired: Fields) -> None:
        """The tokens of a new file are good for the names in it, and only if it is that of the API too."""
        with_api = "api" in self.params["new_services"]
        for name in set(self.params["new_services"]) & set(_SECTIONS):
            fields = desired.get(name, {})
            if not fields.get("api_token") and (not with_api or fields.get("name") or not self.version.consumers):
                raise InvalidInput(
                    f"{name} needs api_token: the token in a new file would not let it sign in",
                    "Make one with cds_consumer, or leave name out and have api made with it (new_services).",
                )

    def update(self, current: Fields, changes: Fields) -> Fields:
        if set(changes) & {*_SECTIONS, "servers"}:
            self._write(self._new_text)
        else:
            host_file.give(self.path, host_file.MODE, changes.get("owner"), changes.get("group"))
        return self.read() or {}

    def delete(self, current: Fields) -> None:
        document = config_file.parse(self._text, self.path)
        for server in self._servers():
            config_file.remove(document, "vcs", "servers", server["name"])
        if not config_file.section(document, "vcs", "servers"):
            config_file.remove(document, "vcs", "servers")
        self._write(tomlkit.dumps(document))

    def _write(self, text: str) -> None:
        if self.params["backup"] and os.path.exists(self.path):
            self._backup = host_file.keep(self.path, self.context.host)
        with host_file.replacement(self.path, text) as new:
            host_file.give(new, host_file.MODE, self.params["owner"], self.params["group"])
            self.engine.check(new)

    # -- result ------------------------------------------------------------------------------------------------------

    def run(self) -> Fields:
        result = super().run()
        changed = {drift["path"].split(".")[0] for drift in result["drift"]}
        whole = "" in changed
        result["restart"] = [
            name for name in _SECTIONS if (whole or name in changed or (name == "vcs" and "servers" in changed))
        ]
        for drift in result["drift"]:
            _mark_new(result["diff"]["after"], drift["path"].split("."))
        return {**result, "backup_file": self._backup}


def _set(fields: Fields, *but: str) -> Fields:
    return {name: value for name, value in fields.items() if value is not None and name not in but}


def _put(table: t.Any, settings: dict[str, config_keys.Key], fields: Fields) -> None:
    for option, wanted in fields.items():
        if config_file.value(table, settings[option]) != wanted:
            config_file.put(table, settings[option], wanted)


def _mark_new(after: t.Any, path: list[str]) -> None:
    """Two hidden values beside each other would look the same."""
    for name in path[:-1]:
        after = after.get(name) if isinstance(after, dict) else None
    if isinstance(after, dict) and path[-1] in _SECRETS and path[-1] in after:
        after[path[-1]] = f"{HIDDEN} (new)"
