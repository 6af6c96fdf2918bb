# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failed calls are repeated, and when.

"Refused" is not "unknown". A refusal that says "not applied" (429, 409 with a wrong state or a lock, 503 with a time to
come back) may be repeated whatever the call does. A 5xx without that, or no answer at all, may have been applied: it is
repeated only where twice is the same as once (a read, a PUT, a creation with its ``opc-retry-token``).

Source: https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm
"""

from __future__ import annotations

import time
import typing as t

try:
    from oci.exceptions import ConnectTimeout, RequestException, ServiceError
    from oci.retry import (
        ExponentialBackoffWithFullJitterEqualForThrottlesRetryStrategy,
        NoneRetryStrategy,
        retry_checkers,
    )

    _Strategy: t.Any = ExponentialBackoffWithFullJitterEqualForThrottlesRetryStrategy
    _Checker: t.Any = retry_checkers.BaseRetryChecker
except ImportError:  # named by the module before the first call (Operation.requires)
    _Strategy = _Checker = object

_WRONG_STATE = ("IncorrectState", "LockConflict")
_NO_LONGER = 120.0  # seconds that all tries of one call may take together
_LONGEST_RETRY_AFTER = 60.0  # who wants to be left alone for longer gets a clear error instead of a silent wait


def retry_after(error: Exception) -> float | None:
    """The seconds a refusal asks to wait; None if it does not, or in a form that is none (``1.5``, ``soon``, ``-5``)."""
    text = str((getattr(error, "headers", None) or {}).get("Retry-After") or "").strip()
    return float(text) if text.isascii() and text.isdigit() else None


def refused(error: Exception) -> bool:
    """Whether the service says that the call was not applied, and that this may be otherwise later."""
    if not isinstance(error, ServiceError):
        return False
    if error.status == 409:
        return error.code in _WRONG_STATE
    return error.status == 429 or (error.status == 503 and retry_after(error) is not None)


def not_sent(error: Exception) -> bool:
    """Whether a call without an answer never reached the service."""
    no_connection = any(name in repr(error) for name in ("NewConnectionError", "NameResolutionError"))
    return isinstance(error, ConnectTimeout) or no_connection or _hopeless(error)


def _hopeless(error: Exception) -> bool:
    """Whether what was to be sent can't be, today and tomorrow: a certificate, an address, a header."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, ValueError) or "SSLError" in repr(error)


class Repeatable(_Checker):
    """The SDK's question about a failed call: once more? ``once``: only if it surely was not applied."""

    def __init__(self, once: bool) -> None:
        super().__init__()
        self.once = once

    def should_retry(self, exception: t.Any = None, response: t.Any = None, **_kwargs: t.Any) -> bool:
        if isinstance(exception, ServiceError):
            if (retry_after(exception) or 0) > _LONGEST_RETRY_AFTER:
                return False
            outage = exception.status >= 500 and exception.status != 501
            return refused(exception) or (outage and not self.once)
        if isinstance(exception, (RequestException, ConnectTimeout)):
            return not _hopeless(exception) and (not self.once or not_sent(exception))
        return False


class Patience(_Strategy):
    """The SDK's growing pauses, or the pause that the service asks for."""

    def do_sleep(self, attempt: int, exception: Exception) -> None:
        asked = retry_after(exception)
        if asked is None:
            super().do_sleep(attempt, exception)
        else:
            time.sleep(asked)


def strategy(max_retries: int, longest: float, once: bool = False) -> t.Any:
    """The SDK's retry strategy for a call. ``longest`` bounds the time (seconds) that its tries take together."""
    if max_retries <= 0:
        return NoneRetryStrategy()
    checkers = [
        retry_checkers.LimitBasedRetryChecker(max_attempts=1 + max_retries),
        retry_checkers.TotalTimeExceededRetryChecker(time_limit_seconds=min(_NO_LONGER, longest)),
        Repeatable(once),
    ]
    return Patience(
        base_sleep_time_seconds=0.5,
        exponent_growth_factor=2,
        max_wait_between_calls_seconds=20,
        checker_container=retry_checkers.RetryCheckerContainer(checkers=checkers),
    )
