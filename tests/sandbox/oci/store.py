# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's OCI resources: plain dictionaries with the names of the wire, by kind and OCID.

Keys that begin with an underscore are the sandbox's own and never leave it. A test may change any value by hand: that
is drift, and the next answer shows it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

Resource = dict[str, Any]

# What is on its way out does not count as living.
ENDING = ("SCHEDULING_DELETION", "PENDING_DELETION", "DELETING", "DELETED")


def camel(name: str) -> str:
    """``display_name`` → ``displayName``."""
    return re.sub(r"_([a-z0-9])", lambda m: m.group(1).upper(), name)


class Store:
    """All resources of one tenancy."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0
        self.kinds: dict[str, dict[str, Resource]] = {}

    def unique(self, length: int = 60) -> str:
        """The last part of an OCID: the same in every run, so that failures can be repeated."""
        self._count += 1
        digest = hashlib.sha512(f"{self._seed}{self._count}".encode()).digest()
        return base64.b32encode(digest).decode().lower().rstrip("=")[:length]

    def add(self, kind: str, resource: Resource, key: str = "id") -> Resource:
        self.kinds.setdefault(kind, {})[resource[key]] = resource
        return resource

    def get(self, kind: str, ident: str | None) -> Resource | None:
        """The resource as the API still shows it; None when it is gone."""
        resource = self.kinds.get(kind, {}).get(ident or "")
        return None if resource is None or resource.get("_gone") else resource

    def shown(self, kind: str) -> list[Resource]:
        """What the API shows, the oldest first."""
        return [r for r in self.kinds.get(kind, {}).values() if not r.get("_gone")]

    def all(self, kind: str, live: bool = True) -> list[Resource]:
        """The living ones, or every one that ever was."""
        every = list(self.kinds.get(kind, {}).values())
        return [r for r in every if not r.get("_gone") and r.get("lifecycleState") not in ENDING] if live else every

    def find(self, kind: str, live: bool = True, **wanted: Any) -> Resource:
        """The one resource with these values (``display_name="x"`` or ``displayName="x"``)."""
        values = {camel(k): v for k, v in wanted.items()}
        found = [r for r in self.all(kind, live) if all(r.get(k) == v for k, v in values.items())]
        if len(found) != 1:
            raise LookupError(f"{len(found)} of kind {kind} with {values}; there are: {self.all(kind, live)}")
        return found[0]
