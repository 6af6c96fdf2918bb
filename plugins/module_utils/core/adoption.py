# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists already: objects that do the same job under other names, and objects that this collection did not create.

- A resource that is missing may look for others that do its job (``Resource.others``); what comes with a list that is read
  anyway is in the ``others`` of the snapshot. Each is an entry of ``unmanaged`` in the result. A converged resource costs no
  request for it.
- What is created carries a mark where the service has a place for one (``Resource.marked``). An object without it was adopted:
  the caller's defaults do not apply to it, and with ``unmarked: keep`` it is not deleted but listed in ``kept``.
"""

from __future__ import annotations

import threading
import typing as t

from .errors import BridgeError
from .snapshot import Fields, Snapshot
from .spec import ArgumentSpec

if t.TYPE_CHECKING:
    from .outcome import Outcome
    from .reconcile import Resource

T = t.TypeVar("T")

# Options of what can be adopted.
UNMARKED = ArgumentSpec({"unmarked": {"type": "str", "choices": ["manage", "keep"], "default": "manage"}})
ADOPTION = UNMARKED + ArgumentSpec(
    {"serves": {"type": "str"}, "defaults": {"type": "list", "elements": "str", "default": []}},
    addresses=("serves",),
)


class Shared:
    """What several tasks of one process need and each would read again: lists of objects beside their own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[t.Hashable, threading.Lock] = {}
        self._known: dict[t.Hashable, t.Any] = {}

    def once(self, key: t.Hashable, read: t.Callable[[], T]) -> T:
        """The result of ``read``, which is called once for each key, whatever number of threads ask; a failure is not kept."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._known:
                self._known[key] = read()
            return t.cast("T", self._known[key])


def entry(
    kind: str, name: t.Any, where: t.Any, reason: str, *, variable: str = "", value: t.Any = None
) -> dict[str, t.Any]:
    """One entry of ``unmanaged``. ``where`` is an URL or an id; with ``variable`` set to ``value`` it is adopted.

    ``variable`` is an option of the module; the role's own variable takes its place where a role runs the task. Without one
    it cannot be adopted beside what the inventory manages.
    """
    return {
        "kind": kind,
        "name": str(name),
        "where": str(where),
        "variable": variable,
        "value": value,
        "reason": reason,
    }


def look_for_others(resource: Resource, outcome: Outcome) -> None:
    """Before a creation: note what does the same job. A search that fails says so, and never fails the task."""
    try:
        note(outcome.unmanaged, resource.others())
    except BridgeError as error:
        resource.context.progress(f"{resource.module} {resource.name}: others that do its job are not known ({error})")


def note(noted: list[Fields], found: t.Iterable[Fields]) -> None:
    """Add entries that are not there yet."""
    noted += [one for one in found if one not in noted]


def adopted(resource: Resource, current: Fields | None) -> bool:
    """Whether an object exists that this collection has not created, as far as a mark can tell."""
    return current is not None and bool(current) and not resource.marked(current)


def without_defaults(resource: Resource, current: Snapshot | None, desired: Fields) -> Fields:
    """``desired`` without what is only a default of the caller, where the object was adopted."""
    defaults = resource.params.get("defaults")
    if not defaults or not adopted(resource, current):
        return desired
    return {name: value for name, value in desired.items() if name not in defaults}


def keeps(resource: Resource, current: Snapshot, outcome: Outcome) -> bool:
    """Whether an object is not deleted because it was adopted, which is noted."""
    if resource.params.get("unmarked") != "keep" or not adopted(resource, current):
        return False
    one = {
        "kind": resource.module,
        "name": resource.name,
        "where": str(current.get("web_url") or current["id"]),
        "reason": "it was not created by this collection",
    }
    note(outcome.kept, [one])
    return True
