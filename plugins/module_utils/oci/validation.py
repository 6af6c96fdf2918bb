# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps: the service's own validation of a connection, waited for while IAM's changes take effect.

Source: https://docs.oracle.com/en-us/iaas/Content/devops/using/validate_connection.htm
"""

from __future__ import annotations

import re
import time
import typing as t
from datetime import datetime, timedelta

from ..core.errors import BridgeError
from ..core.reconcile import Fields
from ..core.waiting import wait_until

if t.TYPE_CHECKING:
    from .connection import Connection

LAST = "last_connection_validation_result"
# The result is written into the connection, which may itself count as a change of it a moment later.
_SAME_MOMENT = timedelta(seconds=60)

# Oracle documents no words for a failure. What speaks of the secret or of permission to read it may be IAM's delay; what
# speaks of a refused login without that is the other host's own answer, which waiting does not change.
_OCI_SIDE = re.compile(r"secret|vault|polic|dynamic.?group|NotAuthorizedOrNotFound|Authorization failed", re.IGNORECASE)
_HOST_SIDE = re.compile(
    r"\b(40[0-9]|410)\b|unauthori[sz]ed|authenticat|credential|password|token|expired|revoked", re.IGNORECASE
)

_SECRET_REMEDY = (
    "A dynamic group must match the connection (resource.type = 'devopsconnection' in its compartment) and a policy "
    "must let that group read secret-family where the secret is. IAM needs minutes for new groups and policies: run "
    "again to continue to wait, or increase validate_timeout."
)
_HOST_REMEDY = (
    "Check the credential in the secret, its permissions, and the user name. For an API token Bitbucket Cloud "
    "requires the account's e-mail address for its REST API, which the validation uses, and another name for git. If "
    "git is used for mirroring, set fail_on_validation to false and check the result of the mirror."
)


def refused_by_host(words: str) -> bool:
    """Whether a failure is the other host's refusal rather than OCI's."""
    return bool(_HOST_SIDE.search(words)) and not _OCI_SIDE.search(words)


def report(last: Fields | None, fresh: bool) -> Fields:
    """The ``validation`` of a module's result; empty if the connection never was validated."""
    if not last:
        return {}
    return {**{name: last.get(name) for name in ("result", "message", "time_validated")}, "fresh": fresh}


class Validator:
    """Runs ValidateConnection for a connection, if there is a reason to."""

    def __init__(self, connection: Connection, validated: bool) -> None:
        self.connection = connection
        self.validated = validated
        self.params = connection.params

    def known(self, current: Fields) -> Fields:
        """What is known without asking."""
        if self.params["validate"] and not self.validated:
            words = f"OCI has no validation for connections of type {current['connection_type']}"
            return {"result": "SKIPPED", "message": words, "time_validated": None, "fresh": False}
        return report(current.get(LAST), fresh=False)

    def run(self, current: Fields, new: bool) -> tuple[Fields, Fields]:
        """The connection and its ``validation``, asked for anew if that can tell anything.

        :raises BridgeError: it failed, and ``fail_on_validation`` says that this matters.
        """
        if not self.validated or not self._due(current, new):
            return current, self.known(current)
        current = self._validate(current)
        last = current[LAST]
        if last["result"] != "PASS" and self.params["fail_on_validation"]:
            host = refused_by_host(last["message"] or "")
            raise BridgeError(
                self.connection.asked("Validate"),
                kind="unauthorized" if host else "forbidden",
                service="OCI",
                operation="validate_connection",
                words=last["message"] or f"the result is {last['result']}, without a message",
                remedy=_HOST_REMEDY if host else _SECRET_REMEDY,
            )
        return current, report(last, fresh=True)

    def _due(self, current: Fields, new: bool) -> bool:
        last = current.get(LAST)
        if new or not last or self.params["revalidate"] or _older(last["time_validated"], current.get("time_updated")):
            return True
        if last["result"] == "PASS":
            return False
        return self.params["fail_on_validation"] or not refused_by_host(last["message"] or "")

    def _validate(self, current: Fields) -> Fields:
        until = time.monotonic() + self.params["validate_timeout"]
        asked = current

        def ask() -> Fields:
            nonlocal asked
            asked = self._ask(asked)
            return asked

        def enough(connection: Fields) -> bool:
            last = connection[LAST]
            final = last["result"] == "PASS" or refused_by_host(last["message"] or "")
            return final or time.monotonic() >= until

        return wait_until(
            ask,
            enough,
            what=f"{self.connection.module} {self.connection.name}: validation",
            describe=lambda connection: f"{connection[LAST]['result']} ({connection[LAST]['message']})",
            progress=self.connection.context.progress,
            timeout=self.params["validate_timeout"] + self.params["wait_timeout"],
            interval=self.params["poll_interval"],
        )

    def _ask(self, current: Fields) -> Fields:
        """One validation; the connection with its result, which is a later one than before."""
        before = (current.get(LAST) or {}).get("time_validated")
        connection = self.connection
        answer = connection.session.get(
            connection.client.validate_connection,
            current["id"],
            asked=connection.asked("Validate"),
            permission="use devops-connection",
        )
        return wait_until(
            lambda: connection.fetch(current["id"]),
            lambda fields: ((fields.get(LAST) or {}).get("time_validated") or before) != before,
            what=f"{connection.module} {connection.name}: validation",
            describe=lambda _fields: "without a result",
            progress=connection.context.progress,
            timeout=self.params["wait_timeout"],
            interval=self.params["poll_interval"],
            first=answer,
        )


def _older(validated: str | None, updated: str | None) -> bool:
    """Whether the result is of the time before the connection's last change."""
    if not validated or not updated:
        return False
    return datetime.fromisoformat(updated) - datetime.fromisoformat(validated) > _SAME_MOMENT
