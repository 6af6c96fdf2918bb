# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which option of ours is which key of the engine's configuration file.

Names say what a setting does; where CDS has the opposite, or its comment does, that is said here and nowhere else.
Source: the configuration types of the releases, engine/vcs/types.go and engine/hooks/types.go of https://github.com/ovh/cds
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """Where a setting is in its section, what it is when it is not there, and whether CDS has the opposite."""

    path: tuple[str, ...]
    kind: str = "str"
    default: t.Any = None
    opposite: bool = False
    secret: bool = False

    @property
    def dotted(self) -> str:
        return ".".join(self.path)


def _key(path: str, kind: str = "str", **more: t.Any) -> Key:
    return Key(tuple(path.split(".")), kind, **more)


_SERVICE = {
    "name": _key("name"),
    "url": _key("URL"),
    "address": _key("http.addr"),
    "port": _key("http.port", "int"),
    "api_url": _key("api.http.url"),
    "api_token": _key("api.token", secret=True),
    "redis_host": _key("cache.redis.host"),
    "redis_password": _key("cache.redis.password", secret=True),
}
VCS = {
    **_SERVICE,
    "ui_url": _key("UI.http.url"),
    "proxy_webhook": _key("proxyWebhook"),
}
HOOKS = {
    **_SERVICE,
    "url_public": _key("urlPublic"),
    "enabled": _key("disable", "bool", default=False, opposite=True),
    "retries": _key("retryError", "int"),
    "retry_delay": _key("retryDelay", "int"),
}
# Below [vcs.servers.NAME.bitbucketcloud]. What "engine config new" of 0.41 prints, bitbucket_cloud, is never read.
DRIVER = "bitbucketcloud"
SERVER = {
    "client_id": _key("clientId"),
    "client_secret": _key("clientSecret", secret=True),
    "proxy_webhook": _key("proxyWebhook"),
    "webhooks": _key("disableWebHooks", "bool", default=False, opposite=True),
    "push_status": _key("Status.disable", "bool", default=False, opposite=True),
    # The file's own comment says the opposite of what it does: with true the address of the run is pushed.
    "push_run_url": _key("Status.showDetail", "bool", default=False),
}


def options(keys: dict[str, Key]) -> dict[str, dict[str, t.Any]]:
    """The suboptions of a section, for an argument spec."""
    out: dict[str, dict[str, t.Any]] = {}
    for name, key in keys.items():
        out[name] = {"type": key.kind}
        if key.secret:
            out[name]["no_log"] = True
    return out


# The options of the sections of a configuration file, and which of their values are addresses and credentials.
SECTION_OPTIONS: dict[str, dict[str, t.Any]] = {
    "vcs": {"type": "dict", "options": options(VCS)},
    "hooks": {"type": "dict", "options": options(HOOKS)},
    "servers": {
        "type": "list",
        "elements": "dict",
        "options": {"name": {"type": "str", "default": "bitbucketcloud"}, **options(SERVER)},
    },
}
ADDRESSES = ("vcs.url", "vcs.api_url", "vcs.ui_url", "hooks.url", "hooks.api_url", "hooks.url_public")
PASSWORDS = (
    *(f"{service}.{name}" for service in ("vcs", "hooks") for name in ("api_token", "redis_password")),
    "servers.client_id",
    "servers.client_secret",
)
