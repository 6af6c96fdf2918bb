# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where something of Bitbucket is, in either edition."""

from __future__ import annotations

import typing as t
from abc import ABC
from dataclasses import dataclass

from ..core.reconcile import Fields


@dataclass(frozen=True)
class Place:
    """A repository, or with ``repository`` None what it is in: a workspace of Cloud, a project of Data Center."""

    workspace: str
    repository: str | None = None

    @classmethod
    def of(cls, params: Fields) -> Place:
        return cls(params["workspace"], params["repository"])

    def __str__(self) -> str:
        return "/".join(filter(None, (self.workspace, self.repository)))


class Port(ABC):  # noqa: B024 - what it must be able to do its subclasses say
    """Something an edition has, in one place."""

    def __init__(self, client: t.Any, place: Place) -> None:
        self.client = client
        self.place = place
