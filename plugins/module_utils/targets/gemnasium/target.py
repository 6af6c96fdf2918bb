# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gemnasium Enterprise: what a host's variables mean."""

from __future__ import annotations

import typing as t

from ...bitbucket.addresses import API_URL, AUTHORIZE_URL, TOKEN_URL
from ...bitbucket.use import CONSUMER, CONSUMER_ONLY, CloudUse, Use
from ...core.errors import InvalidInput
from ..target import Claim, Given, Target, Values
from .plays import PLAYS

PREFIX = "gemnasium_"
USAGES = ("login", "sync")
# Settings that are what the variables say, by the names without the prefix.
_AS_GIVEN = (
    "adopt",
    "bitbucket",
    "check_consumers",
    "cli",
    "container",
    "engine_host",
    "exists_pattern",
    "force",
    "forget",
    "list_commands",
    "provider",
    "provider_type",
    "server_host",
    "source_label",
    "source_type",
    "state",
    "url",
    "use",
)
# What all hosts of one Gemnasium have in common.
_OF_ALL = (
    *("api_url", "authorize_url", "bitbucket", "exists_pattern", "list_commands", "provider_type", "server_host"),
    *("source_label", "source_type", "token_url", "url", "use"),
)
# What Gemnasium calls at Bitbucket, where nothing is said.
_ADDRESSES = {"authorize_url": AUTHORIZE_URL, "token_url": TOKEN_URL, "api_url": API_URL}
_ENGINE = ("docker_host", "timeout", "max_retries", "container", "data_path")
_TLS = ("tls", "client_cert", "client_key", "ca_path", "validate_certs")
# Of Bitbucket's no credential: the consumers are all there is.
_BITBUCKET = ("api_url", "site_url", "timeout", "max_retries", "validate_certs", "ca_path")


def resolve(given: Given) -> Values:
    """:raises InvalidInput: variables are missing or contradict each other."""
    workspace = given.workspace()
    settings = given.options(PREFIX, *_AS_GIVEN)
    of_server = settings["bitbucket"] == "server"
    if not settings["use"]:
        raise InvalidInput("gemnasium_use is empty", "Set login, sync or both.")
    if of_server:
        given.required("gemnasium_server_host", "It is the host name of Bitbucket Server.")
    clients = [_client(given, usage) for usage in USAGES if usage in settings["use"]]
    place = [settings.get("engine_host"), given["gemnasium_docker_host"], settings["container"], settings["provider"]]
    return {
        **settings,
        **{name: given[f"{PREFIX}{name}"] or address for name, address in _ADDRESSES.items()},
        "workspace": workspace,
        "repository": given.repository("gemnasium_repository"),
        "clients": clients,
        "sync": next((client for client in clients if client["usage"] == "sync"), {}),
        "checks_repository": not of_server and "sync" in settings["use"] and settings["check_consumers"],
        "next": _next(settings["state"], of_server),
        # Why a plan can't say that there is nothing to do.
        "runs_always": "it reports what has to be done by hand" if of_server else "",
        # Hosts that share it share one Gemnasium.
        "foundation": " ".join(str(part or "") for part in place),
        # The play's own connection is local, and a delegated task would inherit it.
        "engine_connection": "ssh" if settings.get("engine_host") else "local",
        "connection": {
            "bitbucket": given.options("bitbucket_", *_BITBUCKET),
            "gemnasium": given.options(PREFIX, *_ENGINE, **{name: f"gemnasium_docker_{name}" for name in _TLS}),
        },
    }


def _next(state: str, of_server: bool) -> str:
    """The list that comes after the foundation's; none for most hosts."""
    if of_server:
        return "server" if state == "present" else "server_absent"
    return "absent" if state == "absent" else ""


def _client(given: Given, usage: str) -> Values:
    """The OAuth consumer for one use: one of its own, or the one for both."""
    out: Values = {"usage": usage, "scopes": given[f"gemnasium_{usage}_scopes"]}
    for part in ("client_id", "client_secret"):
        own, both = f"gemnasium_{usage}_{part}", f"gemnasium_{part}"
        value = given.first(own, own.upper(), both, both.upper())
        if value is not None:
            out[part] = str(value).strip()
    return out


def claims(settings: Values) -> t.Iterator[Claim]:
    """Gemnasium itself, which is set up with the settings of its first host."""
    if settings["state"] == "present":
        fields = {f"{PREFIX}{name}": settings.get(name) for name in _OF_ALL}
        clients = {client["usage"]: client for client in settings["clients"]}
        parts = ("client_id", "client_secret", "scopes")
        fields |= {f"{PREFIX}{usage}_{part}": clients.get(usage, {}).get(part) for usage in USAGES for part in parts}
        remedy = "Set the same for all hosts of one Gemnasium."
        yield Claim("Gemnasium with the provider", settings["foundation"], settings["provider"], fields, remedy)


GEMNASIUM = Target(
    name="gemnasium",
    title="Gemnasium",
    summary="configures Gemnasium Enterprise to sign users in with Bitbucket and to synchronise repositories",
    editions="Cloud; Server: prints the manual steps",
    services=("bitbucket", "gemnasium"),
    groups=("gemnasium",),
    prefixes=("gemnasium_", "bitbucket_"),
    resolve=resolve,
    roles=("gemnasium", "bitbucket"),
    plays=PLAYS,
    # The vendor's procedure.
    uses={
        "gemnasium": Use(
            CloudUse(("repository", "webhook"), (CONSUMER,), CONSUMER_ONLY, of_users=("account",), admin=True)
        )
    },
    modules={"gemnasium_consumers": "bitbucket"},
    destination=("foundation",),
    claims=claims,
)
