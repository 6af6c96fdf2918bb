# SPDX-License-Identifier: GPL-3.0-or-later
"""``engine start``: services that sign in with the API, and answer at their address once it has let them in.

What they do for the API is done by the sandbox's CDS, with the settings they signed in with; what calls them directly
(their status, webhooks) finds them here. (engine/cmd_start.go, engine/service/service.go)
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import requests

from ... import peers
from .. import configuration
from ..configuration import Settings
from ..versions import Version
from .commands import load, stop
from .status import status_lines

TICK_VARIABLE = "REPOBRIDGE_ENGINE_TICK"  # seconds; for tests that do not want to wait as long as a real engine
TICK, SIGN_IN_TICKS, HEARTBEAT_FAILURES = 10.0, 30, 10
_LINES = threading.Lock()
OTHERS = ("ui", "repositories", "migrate", "cdn", "elasticsearch")


class Service:
    """One service: signs in, serves, leaves."""

    def __init__(self, settings: Settings, path: str, version: Version, stopped: threading.Event) -> None:
        self.settings = settings
        self.path = path
        self.version = version
        self.stopped = stopped
        self.tick = float(os.environ.get(TICK_VARIABLE, TICK))
        self.token: str | None = None
        self.http = peers.session("cds")

    def run(self) -> None:
        if not self._sign_in():
            return
        try:
            server = ThreadingHTTPServer((self.settings.address, self.settings.port), self._handler())
        except OSError as error:
            _say(f"{self.settings.kind}> Error serve: {error}", sys.stderr)
            return
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        _say(f"{self.settings.kind}> Service signed in as {self.settings.name}")
        self._wait_for_the_end()
        self._sign_out()
        server.shutdown()
        server.server_close()

    def _sign_in(self) -> bool:
        """Every ten seconds for five minutes; then it gives up, with exit code 0."""
        problem = ""
        for _ in range(SIGN_IN_TICKS):
            try:
                self.token = self._ask_to_sign_in()
                return True
            except (requests.RequestException, ValueError) as error:
                problem = str(error)
                _say(f"Waiting for CDS API ({problem})...")
            if self.stopped.wait(self.tick):
                return False
        _say(f"Timeout after 5min - last error: {problem}")
        return False

    def _ask_to_sign_in(self) -> str:
        about = {
            "name": self.settings.name,
            "type": self.settings.kind,
            "http_url": self.settings.url,
            "version": self.version.text,
            # The API gets the settings without secrets; the sandbox's needs all of them, so it reads the file itself.
            "config": {"name": self.settings.name, "file": str(Path(self.path).resolve()), "environment": _overrides()},
        }
        if self.version.has_consumers:
            place, body = "/auth/consumer/builtin/signin", {"token": self.settings.token, "service": about}
        else:
            place, body = "/services/register", {"token": self.settings.token, **about}
        answer = self.http.post(self.settings.api_url + place, json=body, timeout=10)
        if answer.status_code >= 400:
            raise ValueError(answer.json().get("message", answer.text) if _is_json(answer) else answer.text)
        value = answer.json()
        return str(value.get("token") or value.get("hash"))

    def _sign_out(self) -> None:
        _say(f"{self.settings.name}> Unregister")
        if not self.version.has_consumers:
            return
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            self.http.post(f"{self.settings.api_url}/auth/consumer/signout", headers=headers, timeout=5)
        except requests.RequestException:
            pass

    def _wait_for_the_end(self) -> None:
        """Until it is told to stop, or the API has been gone for long enough.

        A real service sends a heartbeat; this one only sees whether somebody listens, to stay out of the call log.
        """
        parts, failures = urlsplit(self.settings.api_url), 0
        while not self.stopped.wait(self.tick):
            try:
                socket.create_connection((parts.hostname or "", parts.port or 80), timeout=5).close()
                failures = 0
            except OSError:
                failures += 1
                if failures >= HEARTBEAT_FAILURES:
                    _say(f"{self.settings.kind}> Error heartbeat", sys.stderr)
                    return

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                status, content_type, body = service.answer(
                    self.command, self.path, self.rfile.read(length), self.headers
                )
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_arguments: object) -> None:
                """Quiet."""

        return Handler

    def answer(self, method: str, path: str, body: bytes, headers: object) -> tuple[int, str, bytes]:
        """Status, content type and body. Whatever is not public needs the API's signature, which nobody here has."""
        kind, name = self.settings.kind, self.settings.name
        if path == "/mon/version":
            value: object = {"version": self.version.text, "architecture": "amd64", "os": "linux"}
            return 200, "application/json", json.dumps(value).encode()
        if path == "/mon/status":
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            shown = {"now": now, "lines": status_lines(kind, name, self.version, now)}
            return 200, "application/json", json.dumps(shown).encode()
        if path.startswith("/mon/metrics"):
            return 200, "text/plain", b""
        if kind == "hooks" and path.startswith("/webhook/"):
            return self._pass_on(method, path, body, headers)
        return 401, "application/json", json.dumps({"id": 10, "message": "not authenticated"}).encode()

    def _pass_on(self, method: str, path: str, body: bytes, headers: object) -> tuple[int, str, bytes]:
        """To where the sandbox's CDS does the hooks' work."""
        assert hasattr(headers, "items")
        sent = {key: value for key, value in headers.items() if key.lower() not in ("host", "content-length")}
        url = f"{self.settings.api_url}/ui/cdshooks{path}"
        answer = self.http.request(method, url, data=body, headers=sent, timeout=30)
        return answer.status_code, answer.headers.get("Content-Type", ""), answer.content


def _say(line: str, where: TextIO | None = None) -> None:
    """A line in one write: ``print`` writes its end separately, and two services' lines would run into each other."""
    file = where or sys.stdout
    with _LINES:
        file.write(f"{line}\n")
        file.flush()


def _overrides() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(("CDS_VCS_", "CDS_HOOKS_"))}


def _is_json(answer: requests.Response) -> bool:
    return "json" in answer.headers.get("Content-Type", "")


def start(arguments: list[str], version: Version) -> None:
    path, kinds = "", []
    while arguments:
        one = arguments.pop(0)
        if one.startswith("--config="):
            path = one.removeprefix("--config=")
        elif one == "--config":
            path = arguments.pop(0) if arguments else ""
        elif one.startswith("-"):
            stop(f"Error: unknown flag: {one}")
        else:
            kinds.append(one)
    kinds = kinds or os.environ.get("CDS_SERVICE", "").split()
    if not kinds:
        print("Start CDS Engine Services")
        return
    tree = load(path) if path else configuration.load("", os.environ)
    stopped = threading.Event()
    services = []
    for kind in sorted(kinds):
        print(f"Starting service {kind}")
        if kind == "api":
            stop("Unable to init service api: it is the sandbox's CDS that is the API here")
        if kind in OTHERS or kind.startswith("hatchery:"):
            stop(f"Unable to start: missing service {kind} configuration")
        if kind not in configuration.PORTS:
            print(f"Error: service '{kind}' unknown")
            sys.exit(1)
        try:
            settings = configuration.service(tree, kind, version)
        except configuration.Unreadable as error:
            stop(str(error))
        if settings is None:
            stop(f"Unable to start: missing service {kind} configuration")
        problem = settings.check()
        if problem:
            stop(f"Unable to init service {kind}: {problem}")
        problem = settings.check_start(version)
        if problem:
            stop(f"Unable to start service {kind}: {problem}")
        services.append(Service(settings, path, version, stopped))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    sys.stdout.flush()
    threads = [threading.Thread(target=service.run) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
