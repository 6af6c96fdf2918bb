# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of every HTTP exchange: what was asked of which service, and what was answered."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field


@dataclass
class Call:
    """One exchange. ``path`` starts below the service's prefix; bodies are the raw bytes."""

    number: int
    service: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    fault: str | None = None
    subject: str = ""  # what it is about, where method and path do not tell
    uri: str = ""  # path and query as they were sent, escapes and the service's prefix included

    @property
    def is_git(self) -> bool:
        """Whether this is git's own smart HTTP traffic rather than an API call."""
        return "git-upload-pack" in self.path + self.query or "git-receive-pack" in self.path + self.query

    @property
    def line(self) -> str:
        """One line for people: ``GET /20180608/vaults?compartmentId=… 200``."""
        query = f"?{self.query}" if self.query else ""
        subject = f" {self.subject}" if self.subject else ""
        return f"{self.service} {self.method} {self.path}{query}{subject} {self.status}"

    def request_text(self) -> str:
        """Everything the client sent, Basic credentials decoded, for searching it for secrets."""
        parts = [self.path, self.query, self.body.decode("utf-8", "replace")]
        for name, value in self.headers.items():
            parts.append(f"{name}: {value}")
            if name.lower() == "authorization" and value.lower().startswith("basic "):
                parts.append(base64.b64decode(value[6:] + "==").decode("utf-8", "replace"))
        return "\n".join(parts)

    def as_dict(self) -> dict[str, object]:
        """For the control API: bodies as text."""
        out = asdict(self)
        out["body"] = self.body.decode("utf-8", "replace")
        out["answer"] = self.answer.decode("utf-8", "replace")
        return out


class CallLog:
    """All calls since the start or the last ``clear``; safe to use from several threads."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()
        # Called with each call when it arrives, before it is applied; one that blocks holds up that call alone.
        self.watchers: list[Callable[[Call], None]] = []

    def add(self, service: str, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Call:
        with self._lock:
            call = Call(len(self._calls) + 1, service, method, path, query, headers, body)
            self._calls.append(call)
        for watcher in self.watchers:
            watcher(call)
        return call

    def all(self, service: str | None = None, git: bool = False) -> list[Call]:
        """The API calls (with ``git=True`` also git's own traffic), of one service or of all."""
        with self._lock:
            return [c for c in self._calls if (git or not c.is_git) and service in (None, c.service)]

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
