# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target declares about itself, and what its settings are computed from."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ..bitbucket.use import Use
from ..core.errors import InvalidInput
from .plays import Plays

Values = dict[str, t.Any]


@dataclass(frozen=True)
class Given:
    """What the operator gave for one host, typed and without blanks, by the full names of the variables.

    ``environment`` holds the environment variables with a value; ``host`` is the host's name in the inventory.
    """

    values: Values
    environment: dict[str, str] = field(default_factory=dict)
    host: str = ""

    def __getitem__(self, name: str) -> t.Any:
        """The variable's value, or None."""
        return self.values.get(name)

    def first(self, *names: str) -> t.Any:
        """The first of the variables, and of the environment variables (in capitals), that has a value; or None."""
        for name in names:
            value = (self.environment if name.isupper() else self.values).get(name)
            if value is not None:
                return value
        return None

    def required(self, name: str, remedy: str | None = None) -> t.Any:
        """:raises InvalidInput: the variable has no value."""
        value = self.values.get(name)
        if value is None:
            raise InvalidInput(f"{name} is not set", remedy)
        return value

    def options(self, prefix: str, *names: str, **renamed: str) -> Values:
        """Those of the variables ``prefix`` + name that have a value, by their names; ``renamed``: option=variable."""
        pairs = {**{name: f"{prefix}{name}" for name in names}, **renamed}
        return {option: self.values[variable] for option, variable in pairs.items() if variable in self.values}

    def workspace(self) -> str:
        """The workspace's slug: the variable's, or the first part of a host's name that has two.

        :raises InvalidInput: neither is there.
        """
        of_host, _slash, repository = self.host.partition("/")
        if repository and "/" not in repository and self["bitbucket_workspace"] is None:
            return of_host
        remedy = (
            "It is the slug of the workspace of the repository; a host with the name workspace/repository needs none."
        )
        return str(self.required("bitbucket_workspace", remedy))

    def repository(self, variable: str = "bitbucket_repository") -> str:
        """The repository's slug: the variable's, or the last part of the host's name."""
        return str(self.first(variable, "bitbucket_repository") or self.host.rpartition("/")[2])


@dataclass(frozen=True)
class Claim:
    """An object that several hosts may share, as the settings of one of them describe it.

    Hosts with the same ``kind`` and ``identity`` must agree in all ``fields``, which have the names of variables; their values,
    secrets among them, are compared and never shown. ``name`` is what the object is called in an error.
    """

    kind: str
    identity: str
    name: str
    fields: Values
    remedy: str


def no_claims(_settings: Values) -> t.Iterable[Claim]:
    """For a target whose hosts share nothing."""
    return ()


@dataclass(frozen=True)
class Target:
    """One system that follows a repository. ``targets/__init__.py`` lists all of them."""

    name: str
    # As users read it.
    title: str
    # What it does for a repository, and the editions of Bitbucket it works with, as the tables of the documentation say it.
    summary: str
    editions: str
    # Action groups whose connection options the settings have.
    services: tuple[str, ...]
    # The inventory's groups whose hosts it is for.
    groups: tuple[str, ...]
    # Begins of the names of its variables; one that is not known is reported.
    prefixes: tuple[str, ...]
    # The values of its roles' options -> the settings. :raises InvalidInput: they contradict each other.
    resolve: t.Callable[[Given], Values]
    # Names of roles whose argument specs declare its variables.
    roles: tuple[str, ...]
    # What the playbooks do for it.
    plays: Plays
    # What it requires of the Bitbucket credential, by the names that the option ``use`` takes.
    uses: dict[str, Use]
    # Its modules and their action groups: that of the service whose options a module has, or, for a link, one of its own,
    # because it takes a dict of options for each service.
    modules: dict[str, str] = field(default_factory=dict)
    # The variables that adopt what exists under other names, by module and option of that module.
    adopts: dict[str, dict[str, str]] = field(default_factory=dict)
    # Options that may be blank: an empty text is a value for them.
    blank: tuple[str, ...] = ()
    # ``resolve`` for hosts that are no repositories, by what they are for.
    parts: dict[str, t.Callable[[Given], Values]] = field(default_factory=dict)
    # Settings that say where the integration of a repository is. Two hosts may be the same repository if they differ in them.
    destination: tuple[str, ...] = ()
    # What hosts may share.
    claims: t.Callable[[Values], t.Iterable[Claim]] = no_claims


BITBUCKET_CONNECTION = (
    "api_url",
    "site_url",
    "username",
    "password",
    "api_token",
    "auth_method",
    "access_token",
    "client_id",
    "client_secret",
    "app_password",
    "timeout",
    "max_retries",
    "validate_certs",
    "ca_path",
)
SERVICE_CONNECTION = ("api_url", "api_token", "timeout", "max_retries", "validate_certs", "ca_path")


def bitbucket_connection(given: Given) -> Values:
    """The options of all Bitbucket modules that the variables set; what is not set is left to the environment."""
    return given.options(
        "bitbucket_", *BITBUCKET_CONNECTION, bitbucket_edition="bitbucket_edition", bitbucket_url="bitbucket_url"
    )
