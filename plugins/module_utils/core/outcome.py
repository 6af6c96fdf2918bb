# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reconciliation found and did, and the result that every module returns of it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .compare import Drift
from .redact import HIDDEN
from .snapshot import Fields, Snapshot

if t.TYPE_CHECKING:
    from .reconcile import Resource


@dataclass
class Outcome:
    """What a reconciliation found and did."""

    changed: bool = False
    before: Fields = field(default_factory=dict)
    after: Fields = field(default_factory=dict)
    drift: list[Drift] = field(default_factory=list)
    resource: Fields | None = None
    actions: list[Fields] = field(default_factory=list)
    # What was read before the first change, which is what the result is about.
    first: Snapshot | None = None
    # What does the same job and belongs to nobody's inventory, and what is not deleted; see adoption.py.
    unmanaged: list[Fields] = field(default_factory=list)
    kept: list[Fields] = field(default_factory=list)

    @property
    def origin(self) -> t.Any:
        """What ``resource`` carries beside its fields: what the last call has told that is no field of it."""
        return self.resource.origin if isinstance(self.resource, Snapshot) else None

    def act(self, resource: Resource, action: str) -> None:
        """Note a change: ``create``, ``update``, ``delete``, ``restore`` or one of the resource's own."""
        self.changed = True
        note = {"action": action, "kind": resource.module, "name": resource.name, "call": resource.operations[action]}
        if note not in self.actions:  # a retried call is one action
            self.actions.append(note)

    @property
    def done(self) -> set[str]:
        """The actions so far."""
        return {note["action"] for note in self.actions}

    def note(self, *drift: Drift) -> None:
        """Note differences; a retried reconciliation finds the same again."""
        self.drift += [d for d in drift if d not in self.drift]

    def as_result(self, resource: Resource) -> Fields:
        """The result every module returns. ``unmanaged`` and ``kept`` are in it only if there is something to say."""
        hidden = resource.secret_fields
        before, after = _hide(self.before, hidden), _hide(self.after, hidden)
        for name in {d["path"] for d in self.drift}.intersection(hidden, before, after):
            after[name] = f"{HIDDEN} (new)"  # or a diff of two hidden values would show nothing
        more = {"unmanaged": self.unmanaged, "kept": self.kept}
        return {
            "changed": self.changed,
            "diff": {"before": before, "after": after},
            "drift": [
                {**d, **{side: HIDDEN if d[side] else d[side] for side in ("expected", "actual")}}
                if d["path"].split(".")[0] in hidden
                else d
                for d in self.drift
            ],
            "resource": _hide(self.resource, hidden) if self.resource else {},
            "actions": self.actions,
            **{name: found for name, found in more.items() if found},
        }


def _hide(fields: Fields, names: tuple[str, ...]) -> Fields:
    return {key: (HIDDEN if key in names and value else value) for key, value in fields.items()}
