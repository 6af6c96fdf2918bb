# SPDX-License-Identifier: GPL-3.0-or-later
"""Mirrors: git really fetches, with the credential read at that moment, when the sandbox's time has come."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dateutil.rrule import rrulestr
from flask import Response, request

from ..git import serve
from . import git
from .area import route
from .connections import NoSecret, read_credential
from .projects import DevOps
from .store import Resource
from .wire import OciError, invalid, not_found

if TYPE_CHECKING:
    from .service import Oci

QUEUED_SECONDS = 5
RUNNING_SECONDS = 5
DEFAULT_SECONDS = 30 * 60  # TriggerSchedule.schedule_type DEFAULT


def parse_schedule(schedule: Resource, now: datetime) -> float | None:
    """Seconds until the next mirror, None without one; 400 when the schedule is none.

    A custom schedule is an RFC 5545 recurrence rule, not a cron expression.
    """
    kind, custom = schedule["scheduleType"], schedule.get("customSchedule")
    if kind != "CUSTOM":
        if custom:
            raise invalid(f"customSchedule is valid if scheduleType is CUSTOM, not {kind}")
        return DEFAULT_SECONDS if kind == "DEFAULT" else None
    start = now.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    try:
        if "FREQ=" not in (custom or "").upper():
            raise ValueError("no FREQ")
        coming = rrulestr(custom or "", dtstart=start).after(start)
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise invalid(f"customSchedule {custom!r} is not a recurrence rule of RFC 5545: {exc}") from None
    return None if coming is None else (coming - start).total_seconds()


class Mirrors(DevOps):
    """Starts, schedules and runs mirrors; serves the mirrored repositories by git's HTTP protocol."""

    name = "git"
    prefix = ""

    def __init__(self, oci: Oci) -> None:
        super().__init__(oci)
        self.auth_token = "sandbox-auth-token"  # of every user, for git
        self._fetching: dict[str, threading.Lock] = {}

    def folder(self, repository_id: str) -> Path:
        return self.oci.folder / "repositories" / f"{repository_id.rpartition('.')[2][:24]}.git"

    # -- time ------------------------------------------------------------------------------------------------------

    def schedule(self, repository: Resource) -> None:
        """Arrange the next scheduled mirror; what was arranged before no longer counts."""
        repository["_schedule"] += 1
        turn = repository["_schedule"]
        config = repository.get("mirrorRepositoryConfig")
        try:
            seconds = parse_schedule(config["triggerSchedule"], self.oci.datetime()) if config else None
        except OciError:  # changed by hand to something that is no schedule
            seconds = None
        if seconds is None:
            return

        def due() -> None:
            if not repository.get("_gone") and repository["_schedule"] == turn:
                if repository["lifecycleState"] == "ACTIVE":
                    self.start(repository)
                self.schedule(repository)

        self.oci.later(seconds, due)

    def start(self, repository: Resource) -> Resource:
        """Put a mirror into the queue; its work request."""
        work = self.work.open("MIRROR_REPOSITORY", repository["compartmentId"], "repository", repository, "UPDATED")
        record = {"mirrorStatus": "QUEUED", "workRequestId": work["id"], "timeEnqueued": self.oci.now()}
        repository["_mirrors"].append(record)

        def begin() -> None:
            if any(other["mirrorStatus"] == "RUNNING" for other in repository["_mirrors"]):
                self.oci.later(RUNNING_SECONDS, begin)
                return
            record.update(mirrorStatus="RUNNING", timeStarted=self.oci.now())
            self.work.start(work)
            # Without the lock: git's own requests come back to this process.
            self.oci.server.clock.after(RUNNING_SECONDS, lambda: self._run(repository, record, work))

        self.oci.later(QUEUED_SECONDS, begin)
        return work

    def _run(self, repository: Resource, record: Resource, work: Resource) -> None:
        error: tuple[str, str] | None = None
        branch = None
        try:
            with self.oci.lock:
                url, username, password = self._source(repository)
                self.work.log(work, f"Fetching {repository['mirrorRepositoryConfig']['repositoryUrl']}")
                turn = self._fetching.setdefault(repository["id"], threading.Lock())
            with turn:
                branch = git.fetch(self.oci.folder, self.folder(repository["id"]), url, username, password)
        except NoSecret as exc:
            error = ("NotAuthorizedOrNotFound", str(exc))
        except git.GitError as exc:
            error = ("MirrorFailed", f"Mirroring failed: {exc}")
        with self.oci.lock:
            now = self.oci.now()
            record.update(mirrorStatus="FAILED" if error else "PASSED", timeEnded=now, timeCompleted=now)
            if branch and not repository.get("defaultBranch"):
                repository["defaultBranch"] = branch
            if error:
                self.work.log(work, error[1])
            self.work.finish(work, error)

    def _source(self, repository: Resource) -> tuple[str, str, str]:
        """Where to fetch, as whom and with which password."""
        config = repository.get("mirrorRepositoryConfig")
        connection = self.store.get("connection", config["connectorId"]) if config else None
        if not config or connection is None or repository.get("_gone"):
            raise git.GitError("the repository or its connection is no longer there")
        password = read_credential(self, connection, ("devopsconnection", "devopsrepository"), repository)
        url = config["repositoryUrl"]
        for start, instead in self.oci.url_rewrites.items():
            if url.startswith(start):
                url = instead + url.removeprefix(start)
        return url, connection.get("username", "x-token-auth"), password

    # -- git over HTTP ---------------------------------------------------------------------------------------------

    @route("GET", "/namespaces/<namespace>/projects/<project>/repositories/<name>/<path:rest>")
    @route("POST", "/namespaces/<namespace>/projects/<project>/repositories/<name>/<path:rest>")
    def serve(self, namespace: str, project: str, name: str, rest: str) -> Response:
        """Clone and fetch, as ``<tenancy>/<user>`` with an auth token. A mirror takes no push."""
        given = request.authorization
        users = [f"{self.oci.tenancy_name}/{user.name}" for user in self.oci.users.values()]
        if given is None or given.username not in users or given.password != self.auth_token:
            return Response("Unauthorized\n", 401, {"WWW-Authenticate": 'Basic realm="OCI DevOps"'})
        with self.oci.lock:
            found = [
                r
                for r in self.store.shown("repository")
                if (r["namespace"], r["projectName"], r["name"]) == (namespace, project, name)
            ]
        if not found or rest not in ("info/refs", "git-upload-pack"):
            raise not_found(name)
        answer = serve(request.environ, self.folder(found[0]["id"]), rest, "reader", request.get_data())
        return Response(answer.get_data(), answer.status_code, headers=list(answer.headers))
