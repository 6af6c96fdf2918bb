# SPDX-License-Identifier: GPL-3.0-or-later
"""A script of expected HTTP calls: what is asked in which order, and what is answered. Anything else fails the test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter

from ansible_collections.repobridge.bitbucket.plugins.module_utils.http.sessions import Transport


@dataclass
class Expect:
    """One call: ``url`` without its query; ``query`` and ``body`` are compared if they are given."""

    method: str
    url: str
    status: int = 200
    answer: Any = None
    query: dict[str, str] | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Script(BaseAdapter):
    """Plays the service. ``install`` puts it in the place of the network."""

    def __init__(self, *calls: Expect) -> None:
        super().__init__()
        self.calls = list(calls)
        self.sent: list[requests.PreparedRequest] = []

    def install(self, monkeypatch: Any) -> Script:
        def session(_transport: Transport, _repeated: frozenset[str] = frozenset()) -> requests.Session:
            out = requests.Session()
            out.mount("https://", self)
            return out

        monkeypatch.setattr(Transport, "session", session)
        return self

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:  # type: ignore[override]
        assert self.calls, f"not expected: {request.method} {request.url}"
        call = self.calls.pop(0)
        parts = urlsplit(str(request.url))
        assert (request.method, f"{parts.scheme}://{parts.netloc}{parts.path}") == (call.method, call.url)
        if call.query is not None:
            assert dict(parse_qsl(parts.query)) == call.query
        if call.body is not None:
            sent = json.loads(request.body or "null")
            assert call.body(sent) if callable(call.body) else sent == call.body, sent
        self.sent.append(request)
        response = requests.Response()
        response.status_code, response.url, response.request = call.status, str(request.url), request
        text = call.answer if isinstance(call.answer, str) else json.dumps(call.answer)
        response._content = b"" if call.answer is None else text.encode()
        response.headers.update({"Content-Type": "application/json", **call.headers})
        return response

    def close(self) -> None:
        """Nothing to close."""

    def done(self) -> None:
        assert not self.calls, f"not called: {[f'{call.method} {call.url}' for call in self.calls]}"
