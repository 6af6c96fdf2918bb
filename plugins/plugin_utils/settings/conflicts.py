# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of one inventory that would overwrite each other: the same repository twice, an object with two descriptions."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.addresses import API_URL
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.urls import normalised_base
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Claim, Target

from .values import Values

# The options and environment variables with Bitbucket's address, those of a host first.
_ADDRESSES = ("bitbucket_url", "api_url")
_OF_ENVIRONMENT = ("BITBUCKET_URL", "BITBUCKET_API_URL")
_API = re.compile(r"(/2\.0|/rest(/.*)?)?/*$")
_MOST_FIELDS = 5


class Conflicts:
    """Takes the settings of hosts one after the other, and keeps what it needs to compare: each host is looked at once."""

    def __init__(self, environment: t.Mapping[str, str]) -> None:
        self._environment = environment
        # The first host of each, in the order of the play.
        self._repositories: dict[tuple[t.Any, ...], str] = {}
        self._claims: dict[tuple[str, str, str], tuple[str, Claim]] = {}
        self.found: list[str] = []

    def add(self, target: Target, host: str, settings: Values) -> None:
        """The settings of one host, for one target."""
        if settings.get("repository"):
            self._add_repository(target, host, settings)
        for claim in target.claims(settings):
            self._add_claim(target, host, claim)

    def _add_repository(self, target: Target, host: str, settings: Values) -> None:
        place = (str(settings["workspace"]), _slug(settings["repository"]))
        identity = (
            target.name,
            self._address(settings["connection"].get("bitbucket") or {}),
            # Bitbucket finds both in any case; where a destination has their names by default, it follows.
            *(part.lower() for part in place),
            *(str(settings.get(name)).lower() for name in target.destination),
        )
        first = self._repositories.setdefault(identity, host)
        if first != host:
            self.found.append(
                f"{target.name}: the hosts {first} and {host} are the same repository, {'/'.join(place)}. Remove one of them "
                f"from the inventory group{_different(target.destination)}."
            )

    def _address(self, connection: Values) -> str:
        own = [connection[name] for name in _ADDRESSES if connection.get(name)]
        others = [self._environment[name] for name in _OF_ENVIRONMENT if self._environment.get(name, "").strip()]
        return normalised_base(_API.sub("", [*own, *others, API_URL][0].strip()))

    def _add_claim(self, target: Target, host: str, claim: Claim) -> None:
        first, other = self._claims.setdefault((target.name, claim.kind, claim.identity), (host, claim))
        names = [name for name in claim.fields if claim.fields[name] != other.fields.get(name)]
        if names:
            more = f" and {len(names) - _MOST_FIELDS} more" if len(names) > _MOST_FIELDS else ""
            self.found.append(
                f"{target.name}: the hosts {first} and {host} share {claim.kind} {claim.name}, but differ in "
                f"{', '.join(names[:_MOST_FIELDS])}{more}. {claim.remedy}"
            )


def _slug(repository: t.Any) -> str:
    return str(repository).strip().strip("/").removesuffix(".git")


def _different(destination: t.Sequence[str]) -> str:
    return f", or give them different destinations ({', '.join(destination)})" if destination else ""
