# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: one run of a mirror, started once, waited for, and reported in the service's words.

Source: https://docs.oracle.com/en-us/iaas/api/#/en/devops/20210630/RepositoryMirrorRecord
"""

from __future__ import annotations

import typing as t

from ..core.errors import BridgeError, OutcomeUnknown, Overdue
from ..core.reconcile import Fields, Outcome, Snapshot
from .mirror_record import NOTHING, record_of

if t.TYPE_CHECKING:
    from .mirror import MirrorRepository

_UNDER_WAY = ("QUEUED", "RUNNING")
# The service starts a new mirror's first run by itself; if it has not after so many seconds, it is not going to.
_FIRST_RUN = 30.0
_REMEDY = (
    "The connection's user name and secret must permit git to fetch the repository (for an API token of Bitbucket "
    "Cloud the user name is x-bitbucket-api-token-auth or the account's, never the e-mail address), and IAM must "
    "permit the dynamic group to read the secret, which takes minutes for a new policy. Then run again to start "
    "another mirror run."
)


class MirrorRun:
    """Starts a run of a repository's mirror, or takes the one that is under way.

    Starting is not idempotent and has no retry token: before it is done again after a lost answer, the record of the last
    run tells whether the lost one was applied. So the record there was before goes with the lost answer, and is then the
    origin of what is read again.
    """

    def __init__(self, repository: MirrorRepository, current: Snapshot) -> None:
        self.repository = repository
        self.current = current

    def bring_about(self, outcome: Outcome) -> Fields | None:
        """A run that begins after now, and its record once it has ended; in check mode only whether it would be started.

        :raises BridgeError: the run failed.
        """
        record = self._record()
        if self.repository.context.check_mode:
            if record["mirror_status"] != "QUEUED":
                outcome.act(self.repository, "sync")
            return None
        new = any(action["action"] == "create" for action in outcome.actions)
        if new and record["mirror_status"] == "NONE":
            record = self._first()
        if self._counts(record, new):
            return self._ended(record)
        if record["mirror_status"] == "RUNNING":
            # What was pushed since it began is not in it.
            record = self._over(record)
            if record["mirror_status"] in _UNDER_WAY:
                return self._ended(record)
        return self._start(outcome, record)

    def _counts(self, record: Fields, new: bool) -> bool:
        """Whether the run of this record is what was asked for: it has not begun yet, or is the first, or is our own."""
        if record["mirror_status"] == "NONE":
            return False
        before: Fields | None = self.current.origin
        ours = before is not None and _which(record) != _which(before)
        return ours or new or record["mirror_status"] == "QUEUED"

    def _record(self) -> Fields:
        # The repository is there, so it is the record that may not be.
        return record_of(self.repository, self.current["id"], "current", NOTHING)

    def _first(self) -> Fields:
        try:
            return self._poll(NOTHING, lambda record: record["mirror_status"] != "NONE", _FIRST_RUN)
        except Overdue:
            return NOTHING

    def _over(self, record: Fields) -> Fields:
        """Wait for the end of a run that began before we came; how it ends does not matter."""
        running = _which(record)
        return self._poll(record, lambda now: _which(now) != running or now["mirror_status"] not in _UNDER_WAY)

    def _poll(self, first: Fields, done: t.Callable[[Fields], bool], timeout: float | None = None) -> Fields:
        repository = self.repository
        return repository.poll(
            self._record,
            done,
            what=f"{repository.module} {repository.name}: mirror run",
            describe=lambda record: str(record["mirror_status"]),
            first=first,
            longest=timeout,
        )

    def _start(self, outcome: Outcome, before: Fields) -> Fields:
        repository, ident = self.repository, self.current["id"]
        outcome.act(repository, "sync")
        try:
            response = repository.call(repository.client.mirror_repository, ident, verb="Synchronise", once=True)
        except OutcomeUnknown as error:
            error.known = Snapshot(self.current, before)
            raise
        return self._ended({"work_request_id": repository.work_id(response, "Synchronise")})

    def _ended(self, record: Fields) -> Fields:
        """The record of a run once it has passed. Its work request is watched: another run may become the current one."""
        work_id = record.get("work_request_id")
        if not work_id:
            return self._ended_without_work(record)
        work = self.repository.work_done(self.repository.client, work_id, "Synchronise", remedy=_REMEDY)
        return {
            "mirror_status": "PASSED",
            "time_enqueued": work["time_accepted"],
            "time_started": work["time_started"],
            "time_ended": work["time_finished"],
            "work_request_id": work_id,
        }

    def _ended_without_work(self, record: Fields) -> Fields:
        record = self._over(record)
        if record["mirror_status"] == "FAILED":
            raise BridgeError(
                self.repository.asked("Synchronise"), service="OCI", words="the mirror run FAILED", remedy=_REMEDY
            )
        return record


def _which(record: Fields) -> tuple[str | None, str | None]:
    """What tells one run from another."""
    return record.get("work_request_id"), record.get("time_enqueued")
