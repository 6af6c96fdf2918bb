# SPDX-License-Identifier: GPL-3.0-or-later
"""The services that have signed in with the API, with the settings each was started with."""

from __future__ import annotations

from dataclasses import dataclass, field

import requests

from .. import peers
from . import errors
from .configuration import Settings
from .model import Session


@dataclass(eq=False)
class Running:
    """``url``: where the service answers; None for one that lives in the sandbox itself and so never dies unnoticed."""

    kind: str
    name: str
    settings: Settings
    url: str | None = None
    session: Session | None = None

    def alive(self) -> bool:
        if self.url is None:
            return True
        try:
            with peers.session("cds") as session:
                return session.get(f"{self.url}/mon/version", timeout=5).status_code == 200
        except requests.RequestException:
            return False


@dataclass
class Services:
    """By name, as in CDS: a service that comes again under its name takes its own place."""

    by_name: dict[str, Running] = field(default_factory=dict)

    def add(self, service: Running) -> None:
        self.by_name[service.name] = service

    def remove(self, name: str) -> None:
        self.by_name.pop(name, None)

    def of_kind(self, kind: str) -> list[Running]:
        return [service for service in list(self.by_name.values()) if service.kind == kind]

    def vcs(self) -> Running:
        """The vcs service; CDS does not say what is wrong when there is none."""
        found = next((service for service in self.of_kind("vcs") if service.alive()), None)
        if found is None:
            raise errors.UNKNOWN()
        return found

    def hooks(self) -> Running | None:
        return next((service for service in self.of_kind("hooks") if service.alive()), None)
