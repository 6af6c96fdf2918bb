# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OAuth consumers that Gemnasium gets, checked in Bitbucket Cloud before."""

from __future__ import annotations

from ...bitbucket.addresses import SITE_URL
from ...bitbucket.credential import CredentialInfo
from ...bitbucket.options import BITBUCKET
from ...core.errors import BridgeError, InvalidInput
from ...core.reconcile import Fields
from ...core.spec import ArgumentSpec
from ..link import Link

_BOXES = {"login": "Account: Email, Account: Read", "sync": "Repositories: Read, Webhooks: Read and write"}
_REACHED = ("api_url", "site_url", "timeout", "max_retries", "validate_certs", "ca_path")
_CLIENT = {
    "usage": {"type": "str", "choices": ["login", "sync"], "required": True},
    "client_id": {"type": "str"},
    "client_secret": {"type": "str", "no_log": True},
    "scopes": {"type": "list", "elements": "str", "default": []},
}


class Consumers(Link):
    """Two calls for each consumer: a token, and what it may do. One that serves both uses needs the scopes of both."""

    module = "gemnasium_consumers"
    spec = BITBUCKET + ArgumentSpec(
        {
            "workspace": {"type": "str", "required": True},
            "clients": {"type": "list", "elements": "dict", "options": _CLIENT, "required": True},
            "check": {"type": "bool", "default": True},
            "url": {"type": "str"},
            "provider": {"type": "str", "default": "bitbucket.org"},
        },
        addresses=("url",),
        passwords=("clients.client_id", "clients.client_secret"),
    )

    def link(self) -> Fields:
        clients: list[Fields] = self.params["clients"]
        missing = [one["usage"] for one in clients if not (one["client_id"] and one["client_secret"])]
        if missing:
            uses = " and ".join(one["usage"] for one in clients)
            raise InvalidInput(f"There is no OAuth consumer for {uses}", self._how_to_create())
        keys = dict.fromkeys(str(one["client_id"]) for one in clients) if self.params["check"] else {}
        return {"consumers": [self._check(key, [one for one in clients if one["client_id"] == key]) for key in keys]}

    def _check(self, key: str, clients: list[Fields]) -> Fields:
        """:raises BridgeError: Bitbucket does not know it, it is public, or it lacks a scope."""
        connection = {name: self.params[name] for name in _REACHED}
        connection.update(client_id=key, client_secret=clients[0]["client_secret"])
        scopes = [scope for one in clients for scope in one["scopes"]]
        given = {"scopes": scopes, "fail_on_problem": False}
        found = self.part(f"consumer {key}", CredentialInfo, connection, given)
        if not found["credential"]["sufficient"]:
            raise BridgeError(
                f"The OAuth consumer {key} can't be used. {' '.join(found['problems'])}",
                kind="forbidden",
                service="Bitbucket",
                remedy=f"{self._how_to_create()} If it is a public one on purpose, set gemnasium_check_consumers to false.",
            )
        return {"client_id": key, "usages": [one["usage"] for one in clients], "scopes": scopes}

    def _how_to_create(self) -> str:
        """There is no API that creates consumers."""
        base = (self.params["url"] or "").rstrip("/")
        boxes = ", ".join(_BOXES[one["usage"]] for one in self.params["clients"])
        return (
            f"Create the consumer in the browser: {SITE_URL}/{self.params['workspace']}/workspace/settings/"
            "oauth-consumers/new (Workspace settings > Apps and features > OAuth consumers > Add consumer). Name: Gemnasium "
            f"Enterprise. Callback URL: {base}/auth/auth/{self.params['provider']}. URL: {base}/. Tick This is a private "
            f"consumer, and the permissions {boxes}. Save, click on its name, and give Key and Secret as gemnasium_client_id and "
            "gemnasium_client_secret (for one use alone gemnasium_login_client_id, gemnasium_sync_client_id and so on)."
        )
