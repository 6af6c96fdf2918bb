# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that are not the sandbox: a foreign one that records its requests, and one in front of the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any, Self
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.sandbox.server import Server


class OtherServer:
    """Notes what it gets, and wants a login, or redirects to ``target``, or answers with ``status``."""

    def __init__(self, target: str | None = None, status: int | None = None) -> None:
        self.requests: list[str] = []
        self.authorizations: list[str | None] = []
        other = self
        status = status or (302 if target else 401)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                other.requests.append(f"{self.command} {self.path}")
                other.authorizations.append(self.headers.get("Authorization"))
                self.send_response(status)
                if target:
                    self.send_header("Location", f"{target}{self.path}")
                elif status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="other"')
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_CONNECT = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


class Front:
    """Another address of the sandbox, with TLS, or with an answer of its own for some requests."""

    def __init__(
        self,
        sandbox: Server,
        tls: SSLContext | None = None,
        answer: Callable[[Request], Response | None] = lambda _request: None,
    ) -> None:
        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            request = Request(environ)
            own = answer(request)
            if own is not None:
                request.get_data()
            return (own or sandbox._wsgi)(environ, start_response)

        self._server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=tls)
        self._server.log = lambda *_args: None  # type: ignore[method-assign]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
