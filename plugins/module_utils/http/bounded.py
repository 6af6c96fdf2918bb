# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounds on one HTTP exchange that requests has none for: a deadline for the whole answer, and a size for its body.

requests' ``timeout`` is between two packets, so a server that drips its answer is waited for without an end; and a megabyte of
gzip becomes gigabytes. Both are bounded in the adapter, so that every client passes here, the vendors' SDKs too.
"""

from __future__ import annotations

import functools
import re
import socket
import threading
import typing as t
from email.utils import parsedate_tz

# Lists come in pages and files are configuration: nothing this collection reads is larger (bytes, decompressed).
LARGEST_BODY = 32 * 1024 * 1024
# What is read at once: a decompressor makes about a thousand times as much of it at most.
_CHUNK = 16 * 1024
# Those whose expansion is bounded as above; and one layer of them.
_ENCODINGS = frozenset(("", "identity", "gzip", "x-gzip", "deflate"))


class Unusable(Exception):
    """An answer that was not read to its end, because it can't be one of the service's."""


class _Deadline:
    """Closes a connection when its answer is not complete in time; the read that waits for it then fails."""

    def __init__(self, connection: t.Any) -> None:
        self._socket = connection.sock
        self.seconds = self._socket.gettimeout() if self._socket else None
        self.passed = False
        self._timer = threading.Timer(self.seconds, self._close) if self.seconds else None
        if self._timer:
            self._timer.daemon = True
            self._timer.start()

    def _close(self) -> None:
        self.passed = True
        try:
            # Of the class, because an SSLSocket's own would wait for the other side.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except (OSError, TypeError, AttributeError):
            self._socket.close()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def _forget_bad_retry_after(headers: t.Any) -> None:
    """``Retry-After`` is a whole number of seconds or a date (RFC 9110, section 10.2.3); anything else counts as absent."""
    value = headers.get("Retry-After")
    if value is not None and not re.fullmatch(r"\s*[0-9]+\s*", value) and parsedate_tz(value) is None:
        del headers["Retry-After"]


@functools.cache
def _watched(pool_class: t.Any) -> t.Any:
    """A class of pools whose connections give each answer as many seconds as the timeout of one read."""

    class Watched(pool_class.ConnectionCls):
        deadline: _Deadline | None = None

        def request(self, *arguments: t.Any, **options: t.Any) -> t.Any:
            if self.deadline:  # of an answer that was thrown away to try again
                self.deadline.stop()
            return super().request(*arguments, **options)

        def getresponse(self, *arguments: t.Any, **options: t.Any) -> t.Any:
            # Not stopped by close(): a body without a length is read after it.
            self.deadline = deadline = _Deadline(self)
            try:
                response = super().getresponse(*arguments, **options)
            except Exception as error:
                deadline.stop()
                if deadline.passed:
                    raise TimeoutError(f"no complete answer within {deadline.seconds} s") from error
                raise
            _forget_bad_retry_after(response.headers)
            return response

    # The name stands in the errors of urllib3.
    Watched.__name__ = pool_class.ConnectionCls.__name__
    return type(pool_class.__name__, (pool_class,), {"ConnectionCls": Watched, "watched": True})


def watch(manager: t.Any) -> t.Any:
    """Let a urllib3 ``PoolManager`` create connections with a deadline; returns it."""
    manager.pool_classes_by_scheme = {
        scheme: pool if hasattr(pool, "watched") else _watched(pool)
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }
    return manager


class Bounded:
    """Mixin for requests' ``HTTPAdapter``, or for that of the copy which an SDK brings along.

    ``timeout_error`` is what a passed deadline raises.
    """

    timeout_error: t.ClassVar[type[Exception]] = TimeoutError

    def init_poolmanager(self, *arguments: t.Any, **options: t.Any) -> None:
        super().init_poolmanager(*arguments, **options)  # type: ignore[misc]
        watch(self.poolmanager)  # type: ignore[attr-defined]

    def proxy_manager_for(self, *arguments: t.Any, **options: t.Any) -> t.Any:
        return watch(super().proxy_manager_for(*arguments, **options))  # type: ignore[misc]

    def send(self, request: t.Any, stream: bool = False, *arguments: t.Any, **options: t.Any) -> t.Any:
        """One exchange; the body is read here, within the bounds.

        :raises Unusable: the body is too large, or encoded in a way whose expansion has no bound.
        """
        response = super().send(request, True, *arguments, **options)  # type: ignore[misc]
        deadline: _Deadline | None = getattr(response.raw.connection, "deadline", None)
        try:
            response._content = _body(response)
            response._content_consumed = True
        except Exception as error:
            response.raw.close()
            if deadline and deadline.passed:
                raise self.timeout_error(f"no complete answer within {deadline.seconds} s") from error
            raise
        finally:
            if deadline:
                deadline.stop()
        if deadline and deadline.passed:  # a body without a length ends like one that was cut off
            raise self.timeout_error(f"no complete answer within {deadline.seconds} s")
        response.raw.release_conn()
        return response


@functools.cache
def _bounded(adapter_class: t.Any, timeout_error: t.Any) -> t.Any:
    return type(adapter_class.__name__, (Bounded, adapter_class), {"timeout_error": timeout_error})


def bound(adapter: t.Any, timeout_error: t.Any) -> None:
    """Bound an adapter that an SDK has created, of whatever class it is."""
    if not isinstance(adapter, Bounded):
        own: t.Any = type(adapter)
        adapter.__class__ = _bounded(own, timeout_error)
        watch(adapter.poolmanager)


def _body(response: t.Any) -> bytes:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise Unusable(f"the response is encoded as {encoding[:40]}, which was not requested")
    out = bytearray()
    for chunk in response.iter_content(_CHUNK):
        out += chunk
        if len(out) > LARGEST_BODY:
            raise Unusable(f"the response is larger than {LARGEST_BODY // 1024 // 1024} MiB")
    return bytes(out)
