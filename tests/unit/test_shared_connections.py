# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that the tasks of a plan share: how many there are, and what is not shared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.bounded import _WATCHER
from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.sessions import Transport, shared_connections


class Counting:
    """A server that keeps connections open; it counts them, and gives each request a cookie."""

    def __init__(self) -> None:
        connections = self.connections = [0]
        cookies: list[str | None] = []
        self.cookies = cookies

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                connections[0] += 1
                super().setup()

            def do_GET(self) -> None:
                cookies.append(self.headers.get("Cookie"))
                self.send_response(200)
                self.send_header("Set-Cookie", "who=me")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_arguments: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def counting() -> Iterator[Counting]:
    counting = Counting()
    yield counting
    counting.server.shutdown()
    counting.server.server_close()


def read(counting: Counting, times: int) -> int:
    """How many connections so many sessions have made."""
    before = counting.connections[0]
    for _number in range(times):
        assert Transport().session().get(counting.url, timeout=5).json() == {}
    return counting.connections[0] - before


def test_sessions_share_connections_and_nothing_else(counting: Counting) -> None:
    with shared_connections(3):
        assert read(counting, 5) == 1
    assert set(counting.cookies) == {None}
    # Afterwards each has its own again, and none of the shared ones is left.
    assert read(counting, 2) == 2
    with shared_connections(3):
        assert read(counting, 2) == 1


def test_one_thread_watches_all_deadlines(counting: Counting) -> None:
    read(counting, 1)
    threads = {one.name for one in threading.enumerate()}
    session = Transport().session()
    for _number in range(200):
        session.get(counting.url, timeout=5)
    assert sum(one.name == "deadlines" for one in threading.enumerate()) == 1 and "deadlines" in threads
    # Those that were met are not kept until they would have passed.
    watch = _WATCHER._watch
    assert watch is not None and len(watch._waiting) <= 2 * watch._most
