# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request: what can go wrong between a client and a service, switched on for chosen calls."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

KINDS = (
    "status",
    "latency",
    "drop",
    "apply_then_drop",
    "stale",
    "login_page",
    "redirect",
    "body",
    "huge",
    "drip",
    "repeat_page",
)
REDIRECTS = (301, 302, 303, 307, 308)
_STATUS = {"status": 503, "redirect": 302}


@dataclass
class Fault:
    """What goes wrong, and on which calls.

    ``kind`` is one of

    - ``status``: the service answers ``status`` in its own words;
    - ``latency``: the answer comes ``seconds`` late;
    - ``drop``: the connection is closed before the call is applied, ``apply_then_drop``: after;
    - ``stale``: a GET gives what it gave the last time;
    - ``login_page``: 200 and an HTML page with the title ``title``, as a proxy or a single sign-on sends it;
    - ``redirect``: ``status`` (301, 302, 303, 307 or 308) to ``to``: a path of the same origin, or a URL. ``{path}`` in it
      stands for the path and the query of the request;
    - ``body``: ``status``, ``content_type`` and ``body`` are the answer;
    - ``huge``: a small gzip that decompresses to ``size`` bytes of JSON (an object);
    - ``drip``: the real answer's headers at once and then its body, ``size`` bytes every ``seconds``, and after it white
      space, for ever: only a client with a deadline for the whole exchange ends it;
    - ``repeat_page``: the real answer, but the next page of the list is this page again.

    ``status``, ``login_page``, ``redirect``, ``body`` and ``huge`` answer instead of the service: nothing is applied,
    unless ``applied`` is true.

    ``match`` is a regular expression on ``service METHOD /path?query``. ``skip`` calls that match go through first;
    ``times`` is how many then fail (None: all). ``headers`` are added to the answers that are made up here, for
    example ``Retry-After``. With ``after`` it waits until that other fault has struck. Without ``peers`` it leaves alone
    what the services of the sandbox call among themselves. With ``git`` it counts for git's own requests too.
    """

    kind: str
    match: str = ""
    skip: int = 0
    times: int | None = 1
    status: int = 0
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    after: Fault | None = None
    peers: bool = True
    git: bool = False
    applied: bool = False
    title: str = "Sign in"
    to: str = ""
    content_type: str = "application/json"
    body: str | bytes = b""
    size: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        self.status = self.status or _STATUS.get(self.kind, 200)
        if self.kind == "redirect" and (self.status not in REDIRECTS or not self.to):
            raise ValueError(f"a redirect needs to=, and status {', '.join(map(str, REDIRECTS))}")
        self.size = self.size or {"huge": 256 * 2**20}.get(self.kind, 1)


class Faults:
    """The faults in force. The first that wants a call gets it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, kind: str, **options: object) -> Fault:
        fault = Fault(kind, **options)  # type: ignore[arg-type]
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def pick(self, line: str, by_peer: bool = False, is_git: bool = False) -> Fault | None:
        """The fault for this call (``service METHOD /path?query``), if any; counts it."""
        with self._lock:
            for fault in self._faults:
                if (by_peer and not fault.peers) or (is_git and not fault.git):
                    continue
                if (fault.after and not fault.after.fired) or not re.search(fault.match, line):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times is not None and fault.fired >= fault.times:
                    continue
                fault.fired += 1
                return fault
        return None
