# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error type of the collection. What leaves a service package is always one of these."""

from __future__ import annotations

import typing as t
from contextlib import contextmanager

# Why a call did not do what was asked; the audit tells "forbidden" from "missing" by it.
KINDS = ("invalid", "unauthorized", "forbidden", "not_found", "conflict", "rate_limited", "unavailable", "failed")

_KIND_OF_STATUS = {
    400: "invalid",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    410: "failed",
    412: "conflict",
    422: "invalid",
    429: "rate_limited",
}


def outage_remedy(service: str) -> str:
    """What there is to do about a 5xx."""
    return f"{service} is temporarily unavailable: run again later; completed changes are kept."


def kind_of_status(status: int) -> str:
    """The kind of error (see ``KINDS``) an HTTP status stands for."""
    return _KIND_OF_STATUS.get(status, "unavailable" if status >= 500 else "failed")


class BridgeError(Exception):
    """What was asked, of which service, what came back, and what to do about it.

    ``asked`` is the purpose in plain words ("read the webhooks of acme/shop"); ``operation`` the call ("GET /2.0/user");
    ``address`` where it went, if the operation does not say so; ``words`` the service's own message; ``remedy`` one or two
    sentences for the operator.
    """

    def __init__(
        self,
        asked: str,
        *,
        kind: str = "failed",
        service: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        code: str | None = None,
        words: str | None = None,
        request_id: str | None = None,
        address: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(asked)
        self.asked = asked
        self.kind = kind
        self.service = service
        self.operation = operation
        self.status = status
        self.code = code
        self.words = words
        self.request_id = request_id
        self.address = address
        self.remedy = remedy

    def __str__(self) -> str:
        text = self.asked.rstrip(".")
        if self.status is not None:
            code = f" {self.code}" if self.code else ""
            text += f": {self.service or 'the service'} answered {self.status}{code} to {self.operation}"
            text += f" at {self.address}" if self.address else ""
        if self.words:
            text += f': "{self.words.strip()}"'
        if self.request_id:
            text += f" (request {self.request_id})"
        return f"{text}. {self.remedy}" if self.remedy else f"{text}."

    def as_dict(self) -> dict[str, t.Any]:
        """The ``error`` key of a failed result, for playbooks and the audit."""
        names = ("kind", "service", "operation", "status", "code", "words", "request_id", "remedy")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class InvalidInput(BridgeError):
    """The task's options can't be right; found before the first call."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message, kind="invalid", remedy=remedy)


class Unexpected(BridgeError):
    """An exception that no code foresaw: a fault of the collection, or an answer of a form that nobody has seen before."""

    def __init__(self, module: str, error: BaseException, last_call: str) -> None:
        after = f" after {last_call}" if last_call else ""
        super().__init__(
            f"{module} stopped at an unexpected {type(error).__name__}{after}",
            words=str(error) or None,
            remedy="The task stopped there, and the next run continues. If the response is from the service itself "
            "and not from a proxy, report this with the output of -vvv (it contains no secret).",
        )


class Ambiguous(BridgeError):
    """More than one thing in the service matches what the task names: never guessed, both are listed."""

    def __init__(self, what: str, ids: t.Iterable[str], remedy: str) -> None:
        self.ids = list(ids)
        super().__init__(f"{what}: {len(self.ids)} match ({', '.join(self.ids)})", kind="conflict", remedy=remedy)


class OutcomeUnknown(BridgeError):
    """A call that changes something was sent and its answer was lost: whether it was applied must be read.

    ``known`` is a snapshot of what there was when it was sent, if that is more than what was read before: see
    ``Resource.read_again``.
    """

    known: t.Any = None

    @classmethod
    def of(cls, error: BridgeError) -> OutcomeUnknown:
        """For an answer that does not say whether the call was applied (a gateway's 502 or 504)."""
        out = cls(error.asked)
        out.__dict__.update(error.__dict__)
        return out


class Overdue(BridgeError):
    """The time for waiting is over. ``state`` is what was read last."""

    state: t.Any = None


class Foreign(BridgeError):
    """Something else than the service answered. ``status`` is None: nothing may be concluded from a proxy's 404."""


class Outdated(BridgeError):
    """What was read is no longer so, and the service applied nothing: to be read and decided anew."""


class Overtaken(Outdated):
    """Another run has changed it in the meantime, so looking again makes progress.

    ``partly``: of several writes of this run some may have been applied before.
    """

    def __init__(self, asked: str, *, partly: bool) -> None:
        super().__init__(asked, kind="conflict")
        self.partly = partly


Matches = t.Callable[[BridgeError], bool]


def says(*words: str) -> Matches:
    """Whether the service's own message has one of these texts in it."""
    return lambda error: any(text in (error.words or "") for text in words)


def answered(*statuses: int) -> Matches:
    """Whether the service answered with one of these statuses."""
    return lambda error: error.status in statuses


def coded(*codes: str) -> Matches:
    """Whether the error has one of the service's own codes."""
    return lambda error: error.code in codes


@contextmanager
def remedies(*known: tuple[Matches, str]) -> t.Iterator[None]:
    """What the operator can do about errors that the calls in it are known to end in; the first that matches counts."""
    try:
        yield
    except BridgeError as error:
        error.remedy = next((remedy for matches, remedy in known if matches(error)), error.remedy)
        raise


def root_cause(error: BaseException) -> str:
    """The innermost reason of a transport error in words; requests and urllib3 wrap it several times."""
    while True:
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, BaseException):
            # The words of an OSError are not in its first argument, and the reason of an SSLError is but a code.
            words = str(error) if isinstance(error, OSError) else str(inner or error)
            return words or type(error).__name__
        error = inner
