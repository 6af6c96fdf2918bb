# SPDX-License-Identifier: GPL-3.0-or-later
"""How an engine reads its TOML file, which is not how one would write it.

The file goes through viper and mapstructure: keys in any case, matched with the names of Go fields (not with the TOML tags
that ``engine config new`` prints), names of servers in lower case, unknown keys passed over without a word, and every key
can be set by an environment variable. (engine/config.go, engine/vcs/types.go, engine/hooks/types.go)
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .versions import Version

Tree = dict[str, Any]


class Unreadable(Exception):
    """The engine cannot read the file, or a value has no right type; the only thing that stops ``config check``."""


@dataclass
class BitbucketCloudServer:
    """``[vcs.servers.NAME.bitbucketcloud]``; what else stands there is not read (``disableWebHooksCreation`` …)."""

    client_id: str = ""
    client_secret: str = ""
    disable_webhooks: bool = False
    proxy_webhook: str = ""
    disable_status: bool = False
    show_detail: bool = False


@dataclass
class Settings:
    """The settings of one service."""

    kind: str  # vcs | hooks
    name: str = ""
    url: str = ""
    address: str = ""
    port: int = 0
    api_url: str = ""
    token: str = ""
    proxy_webhook: str = ""
    url_public: str = ""
    ui_url: str = ""
    # None: a server without a section that this release reads; it has a name, and that is all.
    servers: dict[str, BitbucketCloudServer | None] = field(default_factory=dict)

    def check(self) -> str | None:
        """What ``config check`` finds: hardly anything."""
        if not self.url:
            return EMPTY
        return None if self.name else f"please enter a name in your {self.kind} configuration"

    def check_start(self, version: Version) -> str | None:
        """What only a start finds."""
        if self.kind == "hooks" and version.has_consumers and not _is_url(self.url_public):
            return "Invalid hooks configuration, urlPublic configuration is mandatory"
        return None


PORTS = {"vcs": 8084, "hooks": 8083}
EMPTY = (
    "your CDS configuration seems to be empty. Please use environment variables, file or Consul to set your "
    "configuration"
)


def load(text: str, environment: Mapping[str, str] | None = None) -> Tree:
    """The file as viper has it: keys in lower case, and set by the environment where it says so."""
    try:
        tree = _lowered(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"While parsing config: {error}") from None
    for name, value in (environment or {}).items():
        parts = name.lower().split("_")
        if parts[0] != "cds" or len(parts) < 3 or parts[1] not in PORTS:
            continue
        place = tree
        for part in parts[1:-1]:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place[parts[-1]] = value
    return tree


def _lowered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.lower(): _lowered(inner) for key, inner in value.items()}
    return [_lowered(inner) for inner in value] if isinstance(value, list) else value


def service(tree: Tree, kind: str, version: Version) -> Settings | None:
    """The settings of ``vcs`` or ``hooks``; None without such a section."""
    section = tree.get(kind)
    if not isinstance(section, dict):
        return None
    api, http = _table(section, "api"), _table(section, "http")
    out = Settings(
        kind,
        name=_text(section, "name"),
        url=_text(section, "url"),
        address=_text(http, "addr"),
        port=_number(http, "port", PORTS[kind]),
        api_url=_text(_table(api, "http"), "url"),
        token=_text(api, "token"),
    )
    if kind == "hooks":
        out.url_public = _text(section, "urlpublic")
        return out
    out.proxy_webhook = _text(section, "proxywebhook") if version.has_consumers else ""
    if version.ui_in_vcs_settings:
        out.ui_url = _text(_table(_table(section, "ui"), "http"), "url")
    if version.has_vcs_servers:
        for name, server in _table(section, "servers").items():
            # Other kinds of server are other fields of the same table; only this one is of interest here.
            section = _table(server, "bitbucketcloud") if isinstance(server, dict) else {}
            out.servers[name] = _bitbucket_cloud(section) if section else None
    return out


def _bitbucket_cloud(table: Tree) -> BitbucketCloudServer:
    status = _table(table, "status")
    return BitbucketCloudServer(
        _text(table, "clientid"),
        _text(table, "clientsecret"),
        _flag(table, "disablewebhooks"),
        _text(table, "proxywebhook"),
        _flag(status, "disable"),
        _flag(status, "showdetail"),
    )


def _table(table: Tree, name: str) -> Tree:
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise Unreadable(f"Unable to parse config: '{name}' expected a map, got '{type(value).__name__}'")
    return value


def _text(table: Tree, name: str) -> str:
    value = table.get(name, "")
    if isinstance(value, bool):
        return "1" if value else "0"  # as mapstructure has it
    if isinstance(value, dict | list):
        raise Unreadable(f"Unable to parse config: '{name}' expected type 'string'")
    return str(value)


def _number(table: Tree, name: str, default: int) -> int:
    try:
        return int(table.get(name, default))
    except (TypeError, ValueError):
        raise Unreadable(f"Unable to parse config: cannot parse '{name}' as int") from None


_TRUE, _FALSE = ("1", "t", "T", "true", "TRUE", "True"), ("", "0", "f", "F", "false", "FALSE", "False")


def _flag(table: Tree, name: str) -> bool:
    value = table.get(name, False)
    if isinstance(value, bool | int):
        return bool(value)
    if value in _TRUE or value in _FALSE:
        return value in _TRUE
    raise Unreadable(f"Unable to parse config: cannot parse '{name}' as bool")


def _is_url(value: str) -> bool:
    parts = urlsplit(value)
    return bool(parts.scheme and parts.netloc)
