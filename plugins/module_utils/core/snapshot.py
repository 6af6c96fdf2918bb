# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read of a resource, as it is handed on to whatever compares, changes or deletes it."""

from __future__ import annotations

import typing as t

Fields = dict[str, t.Any]


class Snapshot(Fields):
    """The fields that are compared and reported, with ``origin``: what else a writer needs of what was read.

    ``origin`` is never compared and never in a result, so it may hold secrets and whole objects of the service. Without any
    fields it says that there is no such resource, and its origin is what was read on the way (what it would be a part of).
    ``restored``: this task has found it waiting for its deletion. ``others``: what does the same job, as far as the reading of
    it shows that (entries of ``unmanaged``).
    """

    def __init__(self, fields: Fields, origin: t.Any = None) -> None:
        super().__init__(fields)
        self.origin = origin
        self.restored = False
        self.others: list[Fields] = []

    @classmethod
    def of(cls, fields: Fields | None) -> Snapshot | None:
        """What ``read`` returned, which is a plain dict where nothing else is needed."""
        return fields if fields is None or isinstance(fields, cls) else cls(fields)

    def changed(self, changes: Fields) -> Snapshot:
        """The same with other values, for check mode and for answers that do not hold everything."""
        return Snapshot({**self, **changes}, self.origin)
