# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an edition of Bitbucket must be able to do with webhooks, in terms that both have (see ``ports.py``)."""

from __future__ import annotations

import typing as t
from abc import abstractmethod

from ..core.errors import InvalidInput
from ..core.reconcile import Fields
from .place import Place, Port


class Webhooks(Port):
    """The webhooks of a repository, or of what it is in.

    A hook is a dict of ``id``, ``url``, ``description``, ``active``, ``events``, ``secret_set`` (None: not told), ``secret``
    (only if it is told), ``credentials`` (for the address, if there are any), ``skip_cert_verification`` and what else the
    service tells.
    """

    title: t.ClassVar[str]
    events: t.ClassVar[frozenset[str]]
    longest_secret: t.ClassVar[int | None] = None
    # Options of the module that the edition has nothing for.
    unsupported: t.ClassVar[tuple[str, ...]] = ()
    # Whether an update that leaves out the secret leaves the secret.
    keeps_secret: t.ClassVar[bool] = True
    # Fields that are sent only if the task sets them, or to keep what an update would otherwise reset.
    optional: t.ClassVar[tuple[str, ...]] = ()

    @classmethod
    @abstractmethod
    def operations(cls, place: Place) -> dict[str, str]:
        """The service's own calls for create, update and delete."""

    @classmethod
    def native(cls, events: t.Iterable[str]) -> list[str]:
        """The events by the edition's own names, sorted. :raises InvalidInput: it has nothing like one of them."""
        return sorted(set(events))

    @classmethod
    def check(cls, params: Fields) -> None:
        """:raises InvalidInput: the edition has no webhooks like the one that the task describes."""
        if cls.longest_secret and len(params["secret"] or "") > cls.longest_secret:
            raise InvalidInput(
                f"The webhook's secret has more than {cls.longest_secret} characters, which is Bitbucket's limit"
            )
        for option in cls.unsupported:
            if params[option] is not None:
                raise InvalidInput(f"{cls.title} does not support {option}")
        if params["events"] is not None and not params["events"]:
            raise InvalidInput("A webhook needs at least one event", remedy="To disable it set active to false.")
        cls.native(params["events"] or ())

    @classmethod
    def unknown(cls, events: t.Iterable[str]) -> list[str]:
        """Events that the edition is not known to have."""
        return sorted(set(cls.native(events)) - cls.events)

    @classmethod
    def unnamed(cls, url: str) -> str:
        """The description of one that is given none."""
        return ""

    @abstractmethod
    def listing(self, asked: str) -> list[Fields]:
        """All hooks of the place."""

    @abstractmethod
    def create(self, fields: Fields, asked: str) -> Fields:
        """Make one, and give it as the service answers."""

    @abstractmethod
    def update(self, hook: Fields, fields: Fields, asked: str) -> Fields:
        """Replace all of ``hook`` but its credentials, and the secret if ``fields`` has none and ``keeps_secret``."""

    @abstractmethod
    def delete(self, hook: Fields, asked: str) -> None:
        """Take it away; one that is gone is fine."""
