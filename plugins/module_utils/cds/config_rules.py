# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the settings of vcs and hooks. The engine's own check knows two of these rules, and ends with 0 anyway.

Source: CheckConfiguration and Serve of the services in https://github.com/ovh/cds, engine/vcs and engine/hooks
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ..core.errors import InvalidInput
from ..core.reconcile import Fields
from . import config_keys as keys
from .config_file import find, section, twins, value
from .version import CONSUMERS, NO_SERVERS, PROXY_FOR_ALL, UI_IN_VCS_CONFIG, Version

# What "engine config new" and the vendor's documentation have in place of a value.
_PLACEHOLDERS = ("enter sharedinfratoken", "xxxx")
_IGNORED_IN_SERVER = ("disableWebHooksCreation",)


def check_servers(servers: list[Fields]) -> None:
    """:raises InvalidInput: what the task says of a server can't be right."""
    if len({server["name"] for server in servers}) < len(servers):
        raise InvalidInput("Two servers have the same name")
    for server in servers:
        if server["proxy_webhook"] and not is_url(server["proxy_webhook"]):
            raise InvalidInput(
                f"proxy_webhook of {server['name']} must begin with https:// or http://",
                "CDS would accept it, and create webhooks with an invalid address.",
            )


def refuse_ignored(params: Fields, version: Version) -> None:
    """:raises BridgeError: the task sets what this version does not read."""
    vcs = params["vcs"] or {}
    if params["servers"]:
        version.refuse_from(
            NO_SERVERS,
            "servers in its configuration",
            "It starts, but does not read them. Create the server in each project with cds_project_vcs.",
        )
    if vcs.get("ui_url") is not None:
        version.refuse_from(UI_IN_VCS_CONFIG, "ui_url for vcs", "It reads the address from the API. Omit ui_url.")
    if vcs.get("proxy_webhook") is not None:
        version.refuse_before(PROXY_FOR_ALL, "proxy_webhook for all servers", "Set it for the server, in servers.")


def check(document: t.Any, version: Version, path: str, warn: t.Callable[[str], None]) -> None:
    """:raises InvalidInput: the engine would not do with it what it says."""
    wrong = problems(document, version)
    if wrong:
        raise InvalidInput(
            f"{path} would not work with CDS {version}: {'; '.join(dict.fromkeys(wrong))}",
            "Nothing was written. Correct the task, or in the file the settings that the task does not set.",
        )
    for remark in remarks(document, version):
        warn(f"{path}: {remark}.")


def problems(document: t.Any, version: Version) -> list[str]:
    """Each with its place in the file. Sections that are not there are nobody's concern here."""
    out = [f"{pair} are the same key for CDS, and it is undefined which of them applies" for pair in twins(document)]
    ports: dict[t.Any, str] = {}
    for name, settings in (("vcs", keys.VCS), ("hooks", keys.HOOKS)):
        table = section(document, name)
        if table is None:
            continue
        out += _service(name, table, settings)
        port = value(table, settings["port"])
        if port is not None and port in ports:
            out.append(f"{name}.http.port is {port}, as {ports[port]}.http.port is")
        ports[port] = name
    out += _hooks(section(document, "hooks"))
    if version.number < NO_SERVERS:
        out += _servers(section(document, "vcs"), version)
    if version.number < CONSUMERS:
        out += _one_token(document)
    return out


def remarks(document: t.Any, version: Version) -> list[str]:
    """What does no harm, and not what somebody may think it does."""
    out = []
    servers = section(document, "vcs", "servers") or {}
    if servers and version.number >= NO_SERVERS:
        out.append(f"[vcs.servers] exists, but CDS {version} does not read it: servers are created in projects now")
        return out
    for name in servers:
        if find(servers[name], "bitbucket_cloud") is not None:
            out.append(f"[vcs.servers.{name}.bitbucket_cloud] is not read: the engine's own example has the wrong name")
        for key in _IGNORED_IN_SERVER:
            if find(section(servers, name, keys.DRIVER), key) is not None:
                out.append(f"{key} of [vcs.servers.{name}.{keys.DRIVER}] is not read: CDS has no such setting")
    return out


def _service(name: str, table: t.Any, settings: dict[str, keys.Key]) -> t.Iterator[str]:
    if not value(table, settings["name"]):
        yield f"{name}.name is empty: without a name the service does not start"
    for option in ("url", "api_url"):
        if not is_url(value(table, settings[option])):
            yield f"{name}.{settings[option].dotted} is not an address"
    if placeholder(value(table, settings["api_token"])):
        yield f"{name}.api.token contains no token"
    proxy = value(table, keys.VCS["proxy_webhook"]) if name == "vcs" else None
    if proxy and not is_url(proxy):
        yield "vcs.proxyWebhook is not an address"


def _hooks(table: t.Any) -> t.Iterator[str]:
    public = value(table, keys.HOOKS["url_public"]) if table else None
    if table is not None and not is_url(public):
        yield "hooks.urlPublic is not an address: no webhooks are created, and from 0.44 on the service does not start"


def _servers(vcs: t.Any, version: Version) -> t.Iterator[str]:
    for name, server in (section(vcs, "servers") or {}).items():
        table = section(server, keys.DRIVER)
        if table is None:
            continue
        where = f"vcs.servers.{name}.{keys.DRIVER}"
        if name != name.lower():
            yield f"vcs.servers.{name}: the engine reads names in lower case, so it must be {name.lower()}"
        for option in ("client_id", "client_secret"):
            if placeholder(value(table, keys.SERVER[option])):
                yield f"{where}.{keys.SERVER[option].dotted} is empty"
        proxy = value(table, keys.SERVER["proxy_webhook"])
        if proxy and not is_url(proxy):
            yield f"{where}.proxyWebhook is not an address"
        if version.number < UI_IN_VCS_CONFIG and not is_url(value(vcs, keys.VCS["ui_url"])):
            yield "vcs.UI.http.url is not an address: Bitbucket redirects browsers there after access was granted"


def _one_token(document: t.Any) -> t.Iterator[str]:
    """Until 0.43 both sign in with the same token, that of the group shared.infra."""
    tables = [section(document, name) for name in ("vcs", "hooks")]
    if all(table is not None for table in tables):
        vcs, hooks = (value(table, keys.VCS["api_token"]) for table in tables)
        if vcs != hooks:
            yield "vcs.api.token and hooks.api.token differ: both are the token of the group shared.infra"


def placeholder(text: t.Any) -> bool:
    return not text or str(text).strip().lower().startswith(_PLACEHOLDERS)


def is_url(text: t.Any) -> bool:
    parts = urlsplit(str(text or ""))
    return parts.scheme in ("http", "https") and bool(parts.netloc)
