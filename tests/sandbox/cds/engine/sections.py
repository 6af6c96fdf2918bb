# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections an engine knows, with their defaults, as ``config new`` prints them and ``config edit`` prints them again.

Keys are TOML tags, which are not always what is read (``bitbucket_cloud`` of 0.41).
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from ..versions import Version

Tree = dict[str, Any]
_ADJECTIVES = ("agitated", "brave", "clever", "eager", "fervent", "gallant", "hopeful", "jolly", "lucid", "nifty")
_NAMES = ("albattani", "curie", "darwin", "euler", "fermat", "goldberg", "hopper", "lovelace", "noether", "turing")
PORTS = {"api": 8081, "ui": 8080, "hooks": 8083, "vcs": 8084, "repositories": 8085}
ALL = ("api", "ui", "hooks", "vcs", "repositories")


def random_name(kind: str) -> str:
    return f"cds-{kind}-{secrets.choice(_ADJECTIVES)}_{secrets.choice(_NAMES)}"


def _common(kind: str, version: Version) -> Tree:
    redis: Tree = {"host": "localhost:6379", "password": ""}
    api: Tree = {"token": "", "requestTimeout": 10, "maxHeartbeatFailures": 10}
    api["http"] = {"url": "http://localhost:8081", "insecure": False}
    if version.has_consumers:
        redis["dbindex"] = 0
    else:
        api["grpc"] = {"url": "http://localhost:8082", "insecure": False}
    return {
        "name": "",
        "URL": f"http://localhost:{PORTS[kind]}",
        "http": {"addr": "", "port": PORTS[kind]},
        "api": api,
        "cache": {"ttl": 60, "redis": redis},
    }


def section(kind: str, version: Version) -> Tree:
    """A section with its defaults."""
    out = _common(kind, version)
    if kind == "vcs":
        if version.has_consumers:
            out["proxyWebhook"] = ""
        if version.ui_in_vcs_settings:
            out["UI"] = {"http": {"url": "http://localhost:2015"}}
        if version.has_vcs_servers:
            out["servers"] = {"bitbucketcloud": server(version)}
    if kind == "hooks":
        out["urlPublic"] = "http://localhost:8080/cdshooks" if version.has_consumers else ""
        out |= {"retryDelay": 120, "retryError": 3, "executionHistory": 10, "disable": False}
    if kind == "api":
        out = {
            "name": "",
            "url": {"api": "http://localhost:8081", "ui": "http://localhost:8080"},
            "http": {"addr": "", "port": 8081},
            "auth": {"rsaPrivateKeys": []} if version.has_consumers else {"sharedInfraToken": ""},
            "download": {"directory": "/var/lib/cds-engine"},
            "artifact": {"local": {"baseDirectory": "/var/lib/cds-engine/artifacts"}},
        }
        if version.has_consumers:
            out["database"] = {"signatureKey": {"keys": []}, "encryptionKey": {"keys": []}}
    return out


def server(version: Version) -> Tree:
    """A server's section; its tag is not what is read in 0.40 and 0.41."""
    tag = "bitbucketcloud" if version.since(0, 42, 0) else "bitbucket_cloud"
    return {
        "url": "",
        tag: {
            "clientId": "xxxxx",
            "clientSecret": "xxxxx",
            "disableWebHooks": False,
            "proxyWebhook": "https://myproxy.com",
            "Status": {"disable": False, "showDetail": False},
        },
    }


def printed(tree: Tree, version: Version) -> Tree:
    """What ``config edit`` prints of what was read: the keys of the structure under their tags, and no others."""
    return {
        kind: _matched(section(kind, version), tree[kind], version) for kind in ALL if isinstance(tree.get(kind), dict)
    }


def _matched(known: Tree, given: Tree, version: Version) -> Tree:
    out: Tree = {}
    for tag, default in known.items():
        if tag == "servers":
            found = given.get("servers", {})
            out[tag] = {name: _server(value, version) for name, value in found.items() if isinstance(value, dict)}
            continue
        value = given.get(tag.lower())
        if isinstance(default, dict):
            out[tag] = _matched(default, value if isinstance(value, dict) else {}, version)
        else:
            out[tag] = type(default)() if value is None else value
    return out


def _server(given: Tree, version: Version) -> Tree:
    """Read as ``bitbucketcloud``, printed under the tag."""
    known = server(version)
    tag = next(name for name, value in known.items() if isinstance(value, dict))
    out: Tree = {"url": given.get("url", "")}
    if isinstance(given.get("bitbucketcloud"), dict):
        out[tag] = _matched(known[tag], given["bitbucketcloud"], version)
    return out


def as_toml(tree: Tree) -> str:
    return "\n".join(_lines(tree, ())) + "\n"


def _lines(tree: Tree, place: tuple[str, ...]) -> list[str]:
    values = [
        f"{'  ' * len(place)}{key} = {_value(value)}" for key, value in tree.items() if not isinstance(value, dict)
    ]
    out = ([f"{'  ' * (len(place) - 1)}[{'.'.join(place)}]"] if place else []) + values + [""]
    for key, value in tree.items():
        if isinstance(value, dict):
            out += _lines(value, (*place, key))
    return out


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_value(entry)}" for key, entry in value.items()) + "}"
    return json.dumps(value)


def as_environment(tree: Tree, place: str = "CDS") -> list[str]:
    """The same as ``export CDS_VCS_NAME="…"``, sorted."""
    out: list[str] = []
    for key, value in tree.items():
        name = f"{place}_{key}".upper()
        if isinstance(value, dict):
            out += as_environment(value, name)
        elif not isinstance(value, list):
            out.append(f'export {name}="{str(value).lower() if isinstance(value, bool) else value}"')
    return sorted(out)
