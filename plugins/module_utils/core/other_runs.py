# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Concurrent runs, and services that create a second object of the same identity without an error (webhooks).

If a service enforces unique names, it rejects the later of two creations, and the state machine reads the existing object.
If it does not, the run lists the objects again after its own creation. A run that finds an older one deletes only the object
that it has created itself, and continues with the older one. All runs see the same order (time of creation, then id), so
exactly one creation remains.

Guarantee: after two runs of the same inventory have ended, each object exists once. Values that a service returns only
once (access tokens) are the exception: each run needs its own, the last one written is in use, and one further run revokes
the others. The guarantee requires a service that lists a creation as soon as it has responded to it, and runs that reach
their second listing. If a run is killed between the two while another one creates the same object, two remain, and the next
run fails with an error that lists both.
"""

from __future__ import annotations

import typing as t

from .compare import drift_of
from .errors import Ambiguous, BridgeError, Outdated, Overtaken

if t.TYPE_CHECKING:
    from .reconcile import Resource
    from .snapshot import Fields, Snapshot


def lost_race(resource: Resource, refused: BridgeError, before: Fields | None) -> t.NoReturn:
    """A write was rejected: a concurrent run may have created the same object, which is then used.

    :raises Overtaken: the object has changed since it was read; it must be compared again.
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
    """After a creation: delete it again if another run created the same object first.

    :raises Outdated: it was deleted; the older one must be read and compared.
    """
    found = {one["id"]: one for one in resource.matching()}
    mine = found.setdefault(created["id"], created)  # as it is listed: the answer to a creation may say less
    oldest = min(found.values(), key=resource.seniority)
    if oldest is mine:
        return
    resource.delete(created)
    raise _withdrawn(resource, oldest)


def yield_lost_creation(resource: Resource, found: Ambiguous) -> t.NoReturn:
    """After a creation whose response was lost, if several objects match now and none did before.

    The oldest remains. A younger one with the content that this task sent was created by this task or by a run of the same
    definition, which would delete it as well.
    :raises Outdated: the younger ones were deleted; the oldest must be read and compared.
    :raises Ambiguous: one of them has another content.
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
