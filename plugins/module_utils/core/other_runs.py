# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs at the same time, and services that create a second one of the same identity without an error (webhooks).

Where a service keeps names unique, it refuses the later of two creations, and the state machine reads what exists instead.
Where it does not, the run lists once more after its own creation. A run that finds an older one deletes what it has created
itself, and nothing else, and continues with the older one. All runs see the same order (time of creation, then id), so
exactly one creation remains.

What is guaranteed: after two runs of the same inventory have ended, each thing exists once. Values that a service shows
once (access tokens) are the exception: each run needs its own, the last one written is in use, and one more run revokes
the others. The guarantee needs a service that lists a creation as soon as it has answered it, and runs that reach their
second listing. If a run is killed between the two while another one creates the same, two remain, and the next run stops
with an error that lists both.
"""

from __future__ import annotations

import typing as t

from .compare import drift_of
from .errors import Ambiguous, BridgeError, Outdated, Overtaken

if t.TYPE_CHECKING:
    from .reconcile import Resource
    from .snapshot import Fields, Snapshot


def lost_race(resource: Resource, refused: BridgeError, before: Fields | None) -> t.NoReturn:
    """A write was refused: another run at the same time may have created the same, and then that one counts.

    :raises Overtaken: what exists is no longer what was read before; it is to be compared like any other.
    """
    if refused.status is None or isinstance(refused, Outdated):  # no answer of the service
        raise refused
    try:
        now = resource.read()
    except BridgeError:
        raise refused from None
    if not now or now == before:
        raise refused
    raise Overtaken(str(refused), partly=before is not None) from None


def yield_to_older(resource: Resource, created: Snapshot) -> None:
    """After a creation: delete it again if another run has created the same before.

    :raises Outdated: it was deleted; the older one is to be read and compared.
    """
    found = {one["id"]: one for one in resource.matching()}
    mine = found.setdefault(created["id"], created)  # as it is listed: the answer to a creation may say less
    oldest = min(found.values(), key=resource.seniority)
    if oldest is mine:
        return
    resource.delete(created)
    raise _withdrawn(resource, oldest)


def yield_lost_creation(resource: Resource, found: Ambiguous) -> t.NoReturn:
    """After a creation whose answer was lost, if several match now and none did before.

    The oldest remains. A younger one that is what this task has sent was created by this task or, with the same content, by
    a run of the same definition, which would delete it as well.

    :raises Outdated: the younger ones were deleted; the oldest is to be read and compared.
    :raises Ambiguous: one of them is something else.
    """
    oldest, *younger = sorted(resource.matching(), key=resource.seniority)
    if not all(_as_sent(resource, one) for one in younger):
        raise found
    for one in younger:
        resource.delete(one)
    raise _withdrawn(resource, oldest)


def _as_sent(resource: Resource, one: Snapshot) -> bool:
    drift, _current = drift_of(resource.desired(one), one, resource.whole_fields, resource.comparable)
    return not drift and resource.fully_known(one)


def _withdrawn(resource: Resource, oldest: Snapshot) -> Outdated:
    return Outdated(f"{resource.module} {resource.name}: another run created {oldest['id']} first", kind="conflict")
