# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creations that are one, however often and by however many runs at the same time they are sent.

OCI creates nothing twice for one ``opc-retry-token`` within 24 hours. So the token is derived from what is to be created
(tenancy, place, kind, name) and every run sends the same one: a second run at the same time, or the one after a run that
was killed, gets the first one's resource, even where the name is not unique and where no list shows it yet.

Such a token can also be answered with 409 InvalidatedRetryToken: what it created has been deleted since (documented:
https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm , "retry it using a different token"), or it was
sent with other options (not documented; another run's, or an earlier run's with an older inventory). The description of
the parameter says "may be rejected", so a response that is about a resource that has been deleted, renamed or moved, or
about a work request that failed long ago, is possible too. In each of these cases the services are read again: what is
there now is taken, and if there is nothing, the next token of a fixed sequence is used, the same again for every run. So
a deletion costs the next creation one call, and the limit of the sequence only matters to who deletes and creates the
same thing more often than that in a day; such a creation then has no protection but the list that was read before it.
"""

from __future__ import annotations

import hashlib
import typing as t
import uuid
from datetime import UTC, datetime, timedelta

from ..core.errors import BridgeError, OutcomeUnknown
from ..core.reconcile import Fields
from .session import absent

if t.TYPE_CHECKING:
    from .resource import OciResource

_INVALIDATED = "InvalidatedRetryToken"
_SEQUENCE = 12  # derived tokens for one thing within 24 hours
# States of a resource that an earlier creation made and that is no use any more.
_OVER = ("DELETED", "DELETING", "TERMINATED")
# A signature is refused when the clocks of client and service are five minutes apart
# (https://docs.oracle.com/en-us/iaas/Content/API/Concepts/usingapi.htm), so what is older than this is no new response.
_NEW = timedelta(minutes=10)


class Superseded(Exception):
    """The response to a creation is about an earlier one, of which nothing is left."""


def token(parts: t.Iterable[str], number: int) -> str:
    """The ``number``-th token of what ``parts`` name: 64 characters, as many as OCI takes."""
    return hashlib.sha256("\n".join(["repobridge.bitbucket", *parts, str(number)]).encode()).hexdigest()


def create_one(resource: OciResource, send: t.Callable[[str], Fields]) -> Fields:
    """Create with ``send(token)``, which returns the resource once it can be used.

    :raises OutcomeUnknown: meanwhile it exists: the state machine compares it.
    :raises BridgeError: the creation was refused.
    """
    for number in range(_SEQUENCE):
        try:
            return send(token(resource.creation(), number))
        except Superseded:
            pass
        except BridgeError as error:
            if error.code != _INVALIDATED:
                raise
        if resource.read():
            raise OutcomeUnknown(f"{resource.asked('Create')}: it was created meanwhile", kind="conflict")
    return send(uuid.uuid4().hex)


def is_old(when: str | datetime | None) -> bool:
    """Whether the service's time of a creation lies so far back that another call caused it."""
    if when is None:
        return False
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return datetime.now(UTC) - moment > _NEW


def look_at(resource: OciResource, fetch: t.Callable[[], Fields], created: str | datetime | None) -> Fields:
    """The resource that a creation was answered with, as it is now; ``created`` is the time in that response.

    :raises Superseded: it has been deleted, or has been renamed or moved so that the list does not show it here.
    """
    try:
        found = fetch()
    except BridgeError as error:
        if absent(error) and is_old(created):
            raise Superseded from None
        raise
    place = resource.needed()
    names = [name for name in ("compartment_id", resource.name_field) if name in place and name in found]
    elsewhere = is_old(created) and any(found[name] != place[name] for name in names)
    if found.get("lifecycle_state") in _OVER or elsewhere:
        raise Superseded
    return found
