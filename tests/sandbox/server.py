# SPDX-License-Identifier: GPL-3.0-or-later
"""The one HTTP server: dispatches to the services, keeps the call log, applies faults, offers the control API."""

from __future__ import annotations

import io
import json
import shutil
import socket
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from . import fault_answers, peers, strictness
from .calls import Call, CallLog
from .clock import Clock
from .faults import Fault, Faults
from .stranger import Stranger

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]


class MadeWhenAsked:
    """A WSGI app that its first request makes: building routes takes time, and few tests need all services."""

    def __init__(self, make: Callable[[], WsgiApp]) -> None:
        self._make = make
        self._app: WsgiApp | None = None
        self._lock = threading.Lock()

    @property
    def app(self) -> WsgiApp:
        with self._lock:
            self._app = self._app or self._make()
            return self._app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.app(environ, start_response)


class Service(Protocol):
    """What a service gives to the server: a prefix, a WSGI app, and its own words for an outage."""

    name: str  # also the URL prefix: /bitbucket, /oci
    wsgi: WsgiApp

    def fault_answer(self, status: int) -> tuple[bytes, str]:
        """Body and content type the service sends with an error of that status (429, 500, 503 …)."""


@runtime_checkable
class Telling(Protocol):
    """A service whose paths do not tell what a call is about; what it says stands in the call's line."""

    def subject(self, call: Call) -> str: ...


@runtime_checkable
class Paged(Protocol):
    """A service that has lists in pages."""

    def repeat_page(self, call: Call, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        """The answer to ``call`` changed so that the list's next page is that same page; other answers as they are."""


class _Dropped(Exception):
    """The connection is closed without an answer."""


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # keep-alive, as the real services have it

    def log(self, type: str, message: str, *args: object) -> None:
        """Quiet: the call log has everything."""


class Server:
    """The sandbox's HTTP server on 127.0.0.1. Use ``start``/``stop`` or a ``with`` block."""

    def __init__(self, port: int = 0, root: str | Path | None = None, tick_seconds: float = 5.0) -> None:
        """``port`` 0 takes a free one; ``root`` is where repositories and files live (None: a temporary folder)."""
        self._own_root = root is None
        self.root = Path(root or tempfile.mkdtemp(prefix="repobridge-sandbox-"))
        self.root.mkdir(parents=True, exist_ok=True)
        self.clock = Clock(tick_seconds)
        self.calls = CallLog()
        self.faults = Faults()
        self.services: dict[str, Service] = {}
        self._last_get: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {}
        self._server = make_server("127.0.0.1", port, self._wsgi, threaded=True, request_handler=_Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._doors: list[BaseWSGIServer] = []
        self._started = False
        self._stopped = threading.Event()
        self._stranger: Stranger | None = None
        self.defects: list[str] = []  # exceptions of handlers, with their calls

    def add(self, service: Service) -> None:
        self.services[service.name] = service

    def open_door(self, prefix: str) -> str:
        """Another port whose root is ``prefix``, for clients that take no path in an endpoint; its URL."""

        def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            environ["PATH_INFO"] = prefix + environ["PATH_INFO"]
            return self._wsgi(environ, start_response)

        return f"http://127.0.0.1:{self._listen(wsgi).server_port}"

    @property
    def stranger(self) -> Stranger:
        """Somebody else's host, for redirects; it listens from the first use on."""
        self._stranger = self._stranger or Stranger(self._listen)
        return self._stranger

    def _listen(self, wsgi: WsgiApp) -> BaseWSGIServer:
        """One more port; it is served as long as the sandbox is."""
        door = make_server("127.0.0.1", 0, wsgi, threaded=True, request_handler=_Handler)
        self._doors.append(door)
        if self._started:
            self._serve(door)
        return door

    @staticmethod
    def _serve(door: BaseWSGIServer) -> None:
        name = f"sandbox {door.server_port}"
        threading.Thread(target=door.serve_forever, args=(0.02,), name=name, daemon=True).start()

    def start(self) -> Self:
        self._started = True
        for door in (self._server, *self._doors):
            self._serve(door)
        return self

    def stop(self) -> None:
        """:raises strictness.SandboxDefect: a handler failed; its client may have taken that for an outage."""
        self._stopped.set()
        self.clock.stop()
        for door in (self._server, *self._doors):
            if self._started:
                door.shutdown()
            door.server_close()
        if self._own_root:
            shutil.rmtree(self.root, ignore_errors=True)
        if self.defects:
            raise strictness.SandboxDefect("\n".join(self.defects))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    # -- one request ---------------------------------------------------------------------------------------------

    def _wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        name, _, rest = request.path.lstrip("/").partition("/")
        if name == "_sandbox":
            return self._control(request, rest)(environ, start_response)
        service = self.services.get(name)
        if service is None:
            return strictness.not_built(request.method, request.path)(environ, start_response)
        body = request.get_data(cache=False)
        environ["wsgi.input"] = io.BytesIO(body)
        # A chunked request was read whole above; git's CGI wants a length.
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        query = request.query_string.decode("utf-8", "replace")
        call = self.calls.add(name, request.method, "/" + rest, query, dict(request.headers), body)
        call.uri = str(environ.get("RAW_URI", ""))
        call.subject = service.subject(call) if isinstance(service, Telling) else ""
        if not call.is_git:
            self.clock.tick()
        line, by_peer = call.line.rsplit(" ", 1)[0], peers.HEADER in request.headers
        fault = self.faults.pick(line, by_peer, call.is_git)
        try:
            status, headers, answer = self._answer(service, environ, call, fault)
        except _Dropped:
            _close(environ)
            return []
        call.status, call.answer_headers, call.answer = status, dict(headers), answer
        sent = fault_answers.dripping(answer, fault, self._stopped) if fault and fault.kind == "drip" else answer
        return Response(sent, status, headers=headers)(environ, start_response)

    def _answer(
        self, service: Service, environ: dict[str, Any], call: Call, fault: Fault | None
    ) -> fault_answers.Answer:
        """The service's answer, or what a fault does with it."""
        if fault is None:
            return self._really(service, environ, call)
        call.fault = fault.kind
        if fault.kind == "drop":
            raise _Dropped
        if fault.kind == "latency" and self._stopped.wait(fault.seconds):
            raise _Dropped
        key = f"{call.service} {call.path}?{call.query}"
        if fault.kind == "stale" and call.method == "GET" and key in self._last_get:
            return self._last_get[key]
        made_up = fault_answers.instead(fault, call.uri, service.fault_answer)
        if made_up and not fault.applied:
            return made_up
        status, headers, answer = self._really(service, environ, call)
        if fault.kind == "apply_then_drop":
            call.status = status
            raise _Dropped
        if fault.kind == "repeat_page":
            if not isinstance(service, Paged):
                raise ValueError(f"{service.name} has no pages to repeat")
            headers, answer = service.repeat_page(call, headers, answer)
        return made_up or (status, headers, answer)

    def _really(self, service: Service, environ: dict[str, Any], call: Call) -> fault_answers.Answer:
        """What the service answers; a handler's exception is a 500 with the traceback."""
        wrong = strictness.malformed(Request(environ), call.body)
        if wrong:
            answer, content_type = service.fault_answer(wrong)
            return wrong, [("Content-Type", content_type)], answer
        prefix = "/" + service.name
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
        environ["PATH_INFO"] = environ["PATH_INFO"][len(prefix) :]
        try:
            response = Response.from_app(service.wsgi, environ, buffered=True)
        except Exception:
            if self._stopped.is_set():  # its files are gone
                raise _Dropped from None
            self.defects.append(f"{call.line.rsplit(' ', 1)[0]}\n{traceback.format_exc()}")
            words = [("Content-Type", "text/plain"), (strictness.HEADER, strictness.DEFECT)]
            return 500, words, self.defects[-1].encode("utf-8", "replace")
        answer = response.get_data()
        headers = [(k, v) for k, v in response.headers.items() if k.lower() != "content-length"]
        out = (response.status_code, headers, answer)
        if call.method == "GET" and response.status_code == 200:
            self._last_get[f"{call.service} {call.path}?{call.query}"] = out
        return out

    # -- control API: /_sandbox/... ------------------------------------------------------------------------------

    def _control(self, request: Request, what: str) -> Response:
        """``calls`` (GET, DELETE), ``faults`` (POST, DELETE), ``clock`` (GET, POST {"advance": seconds})."""
        answer: object = {"ok": True}
        if what == "calls" and request.method == "GET":
            answer = [call.as_dict() for call in self.calls.all()]
        elif what == "calls" and request.method == "DELETE":
            self.calls.clear()
        elif what == "faults" and request.method == "POST":
            try:
                self.faults.add(**json.loads(request.get_data()))
            except (TypeError, ValueError) as wrong:
                return Response(f"{wrong}\n", 400)
        elif what == "faults" and request.method == "DELETE":
            self.faults.clear()
        elif what == "clock":
            if request.method == "POST":
                self.clock.advance(float(json.loads(request.get_data())["advance"]))
            answer = {"now": self.clock.datetime().isoformat()}
        else:
            return Response("The control API has: calls, faults, clock\n", 404)
        return Response(json.dumps(answer) + "\n", content_type="application/json")


def _close(environ: dict[str, Any]) -> None:
    """Close the client's connection without a word, as a crashed proxy would."""
    connection: socket.socket = environ["werkzeug.socket"]
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
