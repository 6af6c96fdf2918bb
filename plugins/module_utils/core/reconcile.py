# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one state machine of the collection: read, compare, then create, update, restore or delete.

A module is a declaration (``Resource``) and the few calls peculiar to it; everything that is the same for all of them
is here: check mode, diff, drift, ids of what is not there yet, answers that were lost on the way.
"""

from __future__ import annotations

import time
import typing as t
from abc import abstractmethod
from functools import partial

from .adoption import keeps, look_for_others, note, without_defaults
from .compare import drift_of
from .errors import Ambiguous, BridgeError, InvalidInput, OutcomeUnknown, Outdated, Overtaken
from .operation import Context, Info, Operation
from .other_runs import lost_race, yield_lost_creation, yield_to_older
from .outcome import Outcome
from .pending import is_pending, pending_id
from .snapshot import Fields, Snapshot

__all__ = ["Context", "Fields", "Info", "Operation", "Outcome", "Resource", "Snapshot", "reconcile"]

# So many answers of one task may be lost, or come too late, before it gives up; the next run goes on from there.
_LOST_ANSWERS = 3
# So often another run may be faster. A collection (variables) is written one by one, so it may be overtaken at each of them.
_OVERTAKEN = 100


class Resource(Operation):
    """Something with a life of its own in a service. Subclasses declare it and say how to call the service.

    It keeps nothing of what it reads: ``read`` returns a ``Snapshot`` (or a plain dict, where the fields are all that is
    needed), and everything that depends on it gets it as ``current``.

    ``identity`` names the options by which it is found again. ``operations`` names the service's own calls for create,
    update, delete and restore, as its API documentation spells them; they are what ``actions`` reports.
    ``secret_fields`` are the fields whose values never leave the process.
    """

    identity: t.ClassVar[tuple[str, ...]]
    operations: t.ClassVar[dict[str, str]]
    secret_fields: t.ClassVar[tuple[str, ...]] = ()
    # Dicts whose keys are the user's own (tags): compared whole, because a key too many is drift as well.
    whole_fields: t.ClassVar[tuple[str, ...]] = ()
    # Fields the service takes at creation only: a difference is an error, in check mode too.
    immutable: t.ClassVar[tuple[str, ...]] = ()
    # Whether the service creates a second one of the same identity without an error (see ``other_runs.py``).
    duplicates: t.ClassVar[bool] = False
    # Whether an update creates parts of it one by one (variables), which another run may create first.
    creates_parts: t.ClassVar[bool] = False

    @property
    def name(self) -> str:
        """What the operator calls it."""
        return str(self.params.get("name"))

    @property
    def may_create(self) -> bool:
        """Whether a missing one is to be created, so that the task must say all that takes."""
        return self.params["state"] == "present" and bool(self.params["create"])

    def check_needed(self, what: str, *options: str, remedy: str | None = None) -> None:
        """:raises InvalidInput: one of the options is not set, without which ``what`` can't be created."""
        if self.may_create and not all(self.params[option] for option in options):
            raise InvalidInput(
                f"{' and '.join(options)} must be given for {what}, which cannot be created without",
                remedy,
            )

    @abstractmethod
    def read(self) -> Fields | None:
        """What the service holds, with an ``id``, or None. :raises Ambiguous: more than one matches."""

    def read_first(self) -> Fields | None:
        """The first reading of a task, for which its caller may have read the service already."""
        return self.read()

    def read_again(self, known: Snapshot | None, actions: t.Container[str]) -> Fields | None:
        """What the service holds after the answer to one of ``actions`` was lost.

        ``known`` is what was read before, or what the lost call has left in ``OutcomeUnknown.known``.
        """
        return self.read()

    @abstractmethod
    def desired(self, current: Snapshot | None) -> Fields:
        """The managed fields only: what the operator set, and for something new what it can't be created without."""

    @abstractmethod
    def create(self, desired: Fields) -> Fields:
        """Make it and wait until it can be used."""

    def create_in(self, surroundings: t.Any, desired: Fields) -> Fields:
        """The same where it takes what was read while looking for it: the origin of a snapshot without fields."""
        return self.create(desired)

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        """Send ``changes`` (the wanted values of the fields that differ) and wait until they are in force."""
        raise InvalidInput(
            f"{self.module} {self.name}: {', '.join(sorted(changes))} cannot be changed once it exists",
            remedy="Restore the old value, or delete the resource so that the next run recreates it.",
        )

    def update_actions(self, current: Snapshot, changes: Fields) -> tuple[str, ...]:
        """Which of ``operations`` the changes take."""
        return ("update",)

    @abstractmethod
    def delete(self, current: Snapshot) -> Fields | None:
        """Take it away; what is left of it for a while (a scheduled deletion) is returned."""

    def dormant(self, current: Fields) -> bool:
        """Whether it waits for its deletion and must be restored before it can be used."""
        return False

    def restore(self, current: Snapshot) -> Fields:
        """Bring back what is dormant."""
        raise NotImplementedError

    def planned(self, desired: Fields) -> Fields:
        """What check mode shows of one that would be made; the ids others will need are ``pending:`` ids."""
        return {**desired, "id": pending_id(self.module, self.name)}

    def comparable(self, desired: Fields) -> Fields:
        """Undo the service's normalisations (case, spaces, order) in a set of fields before they are compared."""
        return desired

    def follow_up(self, current: Snapshot, outcome: Outcome) -> Fields:
        """What comes after the state is right (start a mirror, validate); returns the resource to report."""
        return current

    def matching(self) -> list[Snapshot]:
        """Everything that has the identity. Needed where ``duplicates``."""
        raise NotImplementedError

    def seniority(self, one: Snapshot) -> tuple[t.Any, ...]:
        """The order in which the service created what ``matching`` lists; every run must compute the same."""
        return (str(one.get("created_at") or ""), str(one["id"]))

    def fully_known(self, one: Snapshot) -> bool:
        """Whether nothing is hidden that could distinguish it from what the task creates, such as another secret."""
        return True

    def others(self) -> list[Fields]:
        """What does its job under another identity, as entries of ``unmanaged``; asked only where it is missing."""
        return []

    def marked(self, current: Fields) -> bool:
        """Whether this collection has created it. True where the service has no place for a mark."""
        return True

    def run(self) -> Fields:
        return self.result(reconcile(self, self.params.get("state", "present")))

    def result(self, outcome: Outcome) -> Fields:
        """The module's result."""
        return outcome.as_result(self)


def reconcile(resource: Resource, state: str) -> Outcome:
    """Bring ``resource`` to ``state`` (``present`` or ``absent``), or in check mode say what that would take.

    A call whose answer was lost is never repeated blindly: the resource is read again, and what the call did counts.
    """
    outcome = Outcome()
    attempt = overtaken = 0
    current: Snapshot | None = None
    reading: t.Callable[[], Fields | None] = resource.read_first
    while True:
        try:
            current = None if _not_there_yet(resource) else _read(resource, outcome, reading)
            outcome.first = current if outcome.first is None else outcome.first
            if state == "absent":
                _remove(resource, current, outcome)
            else:
                _ensure(resource, current, outcome)
            return outcome
        except (OutcomeUnknown, Outdated) as error:
            if isinstance(error, Overtaken):
                overtaken += 1
            else:
                attempt += 1
            if attempt == _LOST_ANSWERS or overtaken == _OVERTAKEN:
                raise
            if isinstance(error, Outdated):
                what, reading = "another change was faster, reading again", resource.read
                outcome = outcome if isinstance(error, Overtaken) and error.partly else Outcome()
            else:
                known = current if error.known is None else error.known
                what, reading = (
                    "the response was lost, reading the current state",
                    partial(resource.read_again, known, outcome.done),
                )
            resource.context.progress(f"{resource.module} {resource.name}: {what}")
            time.sleep(0.2 * attempt)


def _read(resource: Resource, outcome: Outcome, reading: t.Callable[[], Fields | None]) -> Snapshot | None:
    try:
        return Snapshot.of(reading())
    except Ambiguous as found:
        if not (resource.duplicates and "create" in outcome.done):
            raise
        yield_lost_creation(resource, found)


def _not_there_yet(resource: Resource) -> bool:
    """Whether the resource stands on something that only a check-mode run has "created" so far."""
    return any(is_pending(resource.params.get(option)) for option in resource.identity)


def _ensure(resource: Resource, current: Snapshot | None, outcome: Outcome) -> None:
    check_mode = resource.context.check_mode
    if resource.params.get("create") is False and not (current and not resource.dormant(current)):
        raise _missing(resource, current)
    if current and resource.dormant(current):
        outcome.act(resource, "restore")
        outcome.note({"path": "", "expected": "present", "actual": "scheduled for deletion"})
        if not check_mode:
            resource.restore(current)
            current = Snapshot.of(resource.read())
    if current is not None:
        current.restored = "restore" in outcome.done
        note(outcome.unmanaged, current.others)
    desired = without_defaults(resource, current, resource.desired(current))
    if not current:
        _create(resource, current, desired, outcome)
        return
    drift, there = drift_of(desired, current, resource.whole_fields, resource.comparable)
    if not (outcome.before or outcome.after):  # of a retried reconciliation the first reading counts
        outcome.before, outcome.after = there, desired if drift else there
    outcome.note(*drift)
    if drift:
        changes = {name: desired[name] for name in dict.fromkeys(d["path"].split(".")[0] for d in drift)}
        fixed = {name: value for name, value in changes.items() if name in resource.immutable}
        if fixed:
            Resource.update(resource, current, fixed)
        for action in resource.update_actions(current, changes):
            outcome.act(resource, action)
        current = current.changed(changes) if check_mode else _update(resource, current, changes)
    outcome.resource = resource.follow_up(current, outcome)


def _update(resource: Resource, current: Snapshot, changes: Fields) -> Snapshot:
    try:
        return _as_snapshot(resource.update(current, changes))
    except BridgeError as error:
        if error.kind != "conflict" or not resource.creates_parts:
            raise
        lost_race(resource, error, current)


def _as_snapshot(fields: Fields) -> Snapshot:
    return fields if isinstance(fields, Snapshot) else Snapshot(fields)


def _missing(resource: Resource, current: Snapshot | None) -> BridgeError:
    waits = " (one that is scheduled for deletion exists)" if current else ""
    return BridgeError(
        f"{resource.module} {resource.name} does not exist{waits}, and create is false",
        kind="not_found",
        remedy="Correct the options that find it, or create it with create: true.",
    )


def _create(resource: Resource, current: Snapshot | None, desired: Fields, outcome: Outcome) -> None:
    if not outcome.drift:
        outcome.drift = [{"path": "", "expected": "present", "actual": "absent"}]
        outcome.before, outcome.after = {}, desired
        look_for_others(resource, outcome)
    outcome.act(resource, "create")
    if resource.context.check_mode:
        outcome.resource = resource.planned(desired)
        return
    try:
        created = _as_snapshot(resource.create_in(current.origin if current is not None else None, desired))
    except BridgeError as error:
        if error.kind not in ("conflict", "invalid"):
            raise
        lost_race(resource, error, None)
    if resource.duplicates:
        yield_to_older(resource, created)
    outcome.resource = resource.follow_up(created, outcome)


def _remove(resource: Resource, current: Snapshot | None, outcome: Outcome) -> None:
    if not current or resource.dormant(current):
        outcome.resource = current or None
        return
    if keeps(resource, current, outcome):
        outcome.resource = current
        return
    if not outcome.drift:
        outcome.drift = [{"path": "", "expected": "absent", "actual": "present"}]
        outcome.before = {key: value for key, value in current.items() if value is not None}
    outcome.act(resource, "delete")
    outcome.resource = current if resource.context.check_mode else resource.delete(current)
