# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all resources of Bitbucket have in common: an edition, a place in it, and how its API is called."""

from __future__ import annotations

import typing as t
from functools import cached_property

from ..core.reconcile import Context, Fields, Resource
from ..core.spec import STATE, ArgumentSpec, each
from .editions import edition
from .options import BITBUCKET, login
from .place import Place

REPOSITORY = BITBUCKET + ArgumentSpec(each(("workspace", "repository"), required=True))
IN_REPOSITORY = REPOSITORY + STATE


class BitbucketResource(Resource):
    """Something in a repository, or in what that is in. Subclasses name their ``noun``."""

    identity: t.ClassVar[tuple[str, ...]] = ("workspace", "repository")
    noun: t.ClassVar[str]

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.edition = edition(params)
        self.place = Place.of(params)

    @cached_property
    def client(self) -> t.Any:
        """The client of the edition's API."""
        return self.edition.client(self.params, self.context)

    def validate(self) -> None:
        login(self.params)

    def asked(self, verb: str) -> str:
        """The purpose of a call, for its error: ``Delete the branch main of acme/shop``."""
        return f"{verb} the {self.noun} {self.name} of {self.place}"
