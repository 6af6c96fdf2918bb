# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All of a Gemnasium that has to do with Bitbucket Cloud: the provider, its clients and the source."""

from __future__ import annotations

import posixpath
import re
import typing as t

from ...bitbucket.addresses import API_URL, AUTHORIZE_URL, SITE_URL, TOKEN_URL
from ...core.errors import BridgeError
from ...core.reconcile import Context, Fields
from ...core.spec import ArgumentSpec
from ...gemnasium.auth_client import AuthClient
from ...gemnasium.auth_provider import AuthProvider
from ...gemnasium.engine import Engine
from ...gemnasium.info import remembered
from ...gemnasium.marker import FOLDER
from ...gemnasium.options import COMMAND, ENGINE
from ...gemnasium.resource import GemnasiumObject
from ...gemnasium.source import Source
from ..link import Link

_CLIENT = {
    "usage": {"type": "str", "choices": ["login", "sync"], "required": True},
    "client_id": {"type": "str", "required": True},
    "client_secret": {"type": "str", "no_log": True, "required": True},
    "scopes": {"type": "list", "elements": "str", "required": True},
}
_LISTS = {name: {"type": "list", "elements": "str"} for name in ("provider", "client", "source")}
_OPTIONS = ("command_timeout", "exists_pattern", "force", "adopt", "forget")
# For the operator, how an object came to be.
_HOW = {
    "made": "made by its command",
    "finished": "made by a run that was cut off; the engine knew that its command ended well",
    "found": "made by a run that was cut off; Gemnasium had it when the command was repeated",
    "adopted": "taken as it is, by your leave",
}


class Configuration(Link):
    """What the markers remember is read once for all objects; each of them is then a resource of its own."""

    module = "gemnasium_configuration"
    spec = ENGINE + ArgumentSpec(
        {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "workspace": {"type": "str"},
            "provider": {"type": "str", "default": "bitbucket.org"},
            "provider_type": {"type": "str", "default": "bitbucket"},
            "authorize_url": {"type": "str", "default": AUTHORIZE_URL},
            "token_url": {"type": "str", "default": TOKEN_URL, "no_log": False},
            "cli": {"type": "str", "choices": ["classic", "versioned"], "default": "classic"},
            "clients": {"type": "list", "elements": "dict", "options": _CLIENT},
            "source_label": {"type": "str", "default": "Bitbucket Cloud"},
            "source_type": {"type": "str", "default": "bitbucket"},
            "source_api_url": {"type": "str", "default": API_URL},
            "list_commands": {"type": "dict", "options": _LISTS, "apply_defaults": True},
            **{name: COMMAND.options[name] for name in _OPTIONS},
        },
        required_if=[("state", "present", ("clients",)), ("state", "absent", ("workspace",))],
        addresses=("authorize_url", "token_url", "source_api_url"),
        passwords=("clients.client_id", "clients.client_secret"),
        checks=COMMAND.checks,
    )

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.engine = Engine(params, context)
        self._connection = {name: params[name] for name in ENGINE.options}
        self._folder = posixpath.join(params["data_path"], FOLDER)
        self._files: dict[str, bytes] = {}

    def link(self) -> Fields:
        return self._forget() if self.params["state"] == "absent" else self._configure()

    def _read(self) -> dict[str, bytes]:
        return self.engine.files(self._folder, "Read what is remembered of Gemnasium") or {}

    def _object(self, part: str, kind: type[GemnasiumObject], /, **given: t.Any) -> Fields:
        found: Fields = self.part(part, kind, self._connection, given, engine=self.engine, known=self._files)[
            "resource"
        ]
        return found or {}

    # -- present -----------------------------------------------------------------------------------------------------

    def _configure(self) -> Fields:
        self._files = self._read()
        params, provider = self.params, self.params["provider"]
        objects = [
            self._object(
                "provider",
                AuthProvider,
                name=provider,
                type=params["provider_type"],
                cli=params["cli"],
                **{name: params[name] for name in ("authorize_url", "token_url")},
                **self._command("provider"),
            )
        ]
        for client in params["clients"]:
            more = self._command("client")
            objects.append(self._object(f"client {client['usage']}", AuthClient, provider=provider, **client, **more))
        if any(client["usage"] == "sync" for client in params["clients"]):
            of_source = {name: params[f"source_{name}"] for name in ("label", "type", "api_url")}
            objects.append(self._object("source", Source, provider=provider, **of_source, **self._command("source")))
        if self.changed and not self.context.check_mode:
            self._verify(objects)
            for one in objects:
                self.context.progress(f"{one['id']}: {_HOW[one['how']]}")
        return {"objects": objects}

    def _command(self, kind: str) -> Fields:
        lists = self.params["list_commands"].get(kind)
        return {
            **({"list_command": lists} if lists else {}),
            **{name: self.params[name] for name in _OPTIONS if name != "forget"},
        }

    def _verify(self, objects: list[Fields]) -> None:
        """Gemnasium shows nothing of what it holds. That the volume remembers every object of this run can be verified.

        :raises BridgeError: it does not.
        """
        there = {one["marker"] for one in remembered(self._read(), self._folder)}
        missing = [one["marker"] for one in objects if one["marker"] not in there]
        if missing:
            raise BridgeError(
                f"The volume of the container {self.params['container']} does not remember {', '.join(missing)}",
                kind="conflict",
                service="Gemnasium",
                remedy="Has the container been replaced in the meantime? Run again.",
            )

    # -- absent ------------------------------------------------------------------------------------------------------

    def _forget(self) -> Fields:
        """Gemnasium documents no command that removes anything, so only what is remembered can be forgotten."""
        try:
            self.engine.inspect()
        except BridgeError as error:
            if error.kind != "not_found":
                raise
            return {"objects": [], "left": []}
        self._files = self._read()
        own = re.compile(rf"{re.escape(self.params['provider'])}( |$)")
        left = [str(one["name"]) for one in remembered(self._files, self._folder) if own.match(str(one["name"]))]
        names = ", ".join(dict.fromkeys(left))
        page = f"{SITE_URL}/{self.params['workspace']}/workspace/settings/oauth-consumers"
        if left and not self.params["forget"]:
            raise BridgeError(
                f"Gemnasium documents no command that removes what it has: {names}",
                kind="conflict",
                service="Gemnasium",
                remedy=f"What ends its use is to delete the OAuth consumer: {page}. To remove all of it, start Gemnasium with an "
                "empty data volume. When that is done, or if it is to stay in Gemnasium, run again with gemnasium_forget=true: "
                "then the collection forgets it.",
            )
        if left:
            provider = self.params["provider"]
            absent = {"state": "absent", "forget": True}
            self._object("source", Source, provider=provider, **absent)
            for usage in ("sync", "login"):
                self._object(f"client {usage}", AuthClient, provider=provider, usage=usage, **absent)
            self._object("provider", AuthProvider, name=provider, **absent)
            self.context.progress(
                f"Gemnasium keeps {names} until its data volume is deleted; delete the OAuth consumer at {page} to end its use."
            )
        return {"objects": [], "left": list(dict.fromkeys(left))}
