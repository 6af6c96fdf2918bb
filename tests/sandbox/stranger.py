# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else's host: a second origin that a redirect may lead to, and which keeps everything that arrives there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import BaseWSGIServer
from werkzeug.wrappers import Request, Response

from .calls import Call, CallLog


class Stranger:
    """``url`` is its address, ``calls`` what it has received, with headers and bodies. Answers 200 and ``{}``.

    ``answer`` (status, content type, body) can be set.
    """

    def __init__(self, listen: Callable[[Any], BaseWSGIServer]) -> None:
        """``listen`` makes a server of a WSGI app."""
        self.log = CallLog()
        self.answer: tuple[int, str, bytes] = (200, "application/json", b"{}\n")
        self.url = f"http://127.0.0.1:{listen(self._wsgi).server_port}"

    @property
    def calls(self) -> list[Call]:
        """Everything that arrived, git's requests included."""
        return self.log.all(git=True)

    def _wsgi(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sent = Request(environ)
        query, body = sent.query_string.decode("utf-8", "replace"), sent.get_data(cache=False)
        call = self.log.add("stranger", sent.method, sent.path, query, dict(sent.headers), body)
        status, content_type, answer = self.answer
        call.status, call.answer = status, answer
        return Response(answer, status, content_type=content_type)(environ, start_response)
