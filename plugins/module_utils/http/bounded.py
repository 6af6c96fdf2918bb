# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of one HTTP exchange that requests does not have: a deadline for the complete response, and a size for its
body.

requests' ``timeout`` is between two packets, so a server that sends its response slowly delays a call without limit; and a
megabyte of gzip becomes gigabytes. Both are limited in the adapter, so that the limits apply to every client, including SDKs.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import os
import re
import socket
import threading
import time
import typing as t
from email.utils import parsedate_tz

# Lists are paged and files are configuration: the collection reads nothing larger than this (bytes, decompressed).
LARGEST_BODY = 32 * 1024 * 1024
# Size of one read: a decompressor expands it to at most about a thousand times as much.
_CHUNK = 16 * 1024
# Encodings whose expansion is limited as above; and only one layer of them.
_ENCODINGS = frozenset(("", "identity", "gzip", "x-gzip", "deflate"))


class Unusable(Exception):
    """A response that was not read completely, because it cannot be from the service."""


class _Watch(threading.Thread):
    """Ends what is overdue, one thread for all connections of this process."""

    # So many deadlines, passed ones included, before those that were met are thrown away.
    _most = 64

    def __init__(self) -> None:
        super().__init__(name="deadlines", daemon=True)
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, int, _Deadline]] = []
        self._numbers = itertools.count()

    def add(self, deadline: _Deadline, seconds: float) -> None:
        with self._changed:
            if len(self._waiting) >= self._most:
                self._waiting = [entry for entry in self._waiting if entry[2].is_open]
                heapq.heapify(self._waiting)
                self._most = max(type(self)._most, 2 * len(self._waiting))
            entry = (time.monotonic() + seconds, next(self._numbers), deadline)
            heapq.heappush(self._waiting, entry)
            if self._waiting[0] is entry:
                self._changed.notify()

    def run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting or (left := self._waiting[0][0] - time.monotonic()) > 0:
                    self._changed.wait(left if self._waiting else None)
                _when, _number, deadline = heapq.heappop(self._waiting)
            deadline.end()


class _Watcher:
    """The thread of this process, started with the first deadline; a fork has the object, but not its thread."""

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._watch: _Watch | None = None

    def add(self, deadline: _Deadline, seconds: float) -> None:
        with self._lock:
            if self._watch is None:
                self._watch = _Watch()
                self._watch.start()
        self._watch.add(deadline, seconds)


_WATCHER = _Watcher()


class _Deadline:
    """Closes a connection when its response is not complete in time; the pending read then fails."""

    def __init__(self, connection: t.Any) -> None:
        self._socket = connection.sock
        self.seconds = self._socket.gettimeout() if self._socket else None
        self.passed = False
        if self.seconds:
            _WATCHER.add(self, self.seconds)

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    def end(self) -> None:
        """The time is over."""
        watched = self._socket
        if watched is None:  # stopped in time
            return
        self.passed = True
        try:
            # Of the class, because an SSLSocket's own would wait for the other side.
            socket.socket.shutdown(watched, socket.SHUT_RDWR)
        except (OSError, TypeError, AttributeError):
            watched.close()

    def stop(self) -> None:
        self._socket = None


def _forget_bad_retry_after(headers: t.Any) -> None:
    """``Retry-After`` is a whole number of seconds or a date (RFC 9110, section 10.2.3); anything else counts as absent."""
    value = headers.get("Retry-After")
    if value is not None and not re.fullmatch(r"\s*[0-9]+\s*", value) and parsedate_tz(value) is None:
        del headers["Retry-After"]


@functools.cache
def _watched(pool_class: t.Any) -> t.Any:
    """A class of pools whose connections limit each response to the timeout of one read."""

    class Watched(pool_class.ConnectionCls):
        deadline: _Deadline | None = None

        def request(self, *arguments: t.Any, **options: t.Any) -> t.Any:
            if self.deadline:  # of a response that was discarded for a retry
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

    # The errors of urllib3 contain this name.
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
    """Mixin for requests' ``HTTPAdapter``, or for that of the copy in an SDK.

    ``timeout_error`` is raised after the deadline.
    """

    timeout_error: t.ClassVar[type[Exception]] = TimeoutError

    def init_poolmanager(self, *arguments: t.Any, **options: t.Any) -> None:
        super().init_poolmanager(*arguments, **options)  # type: ignore[misc]
        watch(self.poolmanager)  # type: ignore[attr-defined]

    def proxy_manager_for(self, *arguments: t.Any, **options: t.Any) -> t.Any:
        return watch(super().proxy_manager_for(*arguments, **options))  # type: ignore[misc]

    def send(self, request: t.Any, stream: bool = False, *arguments: t.Any, **options: t.Any) -> t.Any:
        """One exchange; the body is read here, within the limits.

        :raises Unusable: the body is too large, or its encoding has an unlimited expansion.
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
        if deadline and deadline.passed:  # a body without a length ends like an interrupted one
            raise self.timeout_error(f"no complete answer within {deadline.seconds} s")
        response.raw.release_conn()
        return response


@functools.cache
def _bounded(adapter_class: t.Any, timeout_error: t.Any) -> t.Any:
    return type(adapter_class.__name__, (Bounded, adapter_class), {"timeout_error": timeout_error})


def bound(adapter: t.Any, timeout_error: t.Any) -> None:
    """Add the limits to an adapter that an SDK has created, of any class."""
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
