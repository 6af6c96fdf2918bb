# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request: what can go wrong between a client and a service, switched on for chosen calls."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

KINDS = ("status", "latency", "drop", "apply_then_drop", "stale")


@dataclass
class Fault:
    """What goes wrong, and on which calls.

    ``kind``: ``status`` (the service answers ``status`` in its own words, nothing is applied), ``latency`` (the answer
    comes ``seconds`` late), ``drop`` (the connection is closed before the call is applied), ``apply_then_drop`` (closed
    after), ``stale`` (a GET gives what it gave the last time). ``match`` is a regular expression on
    ``service METHOD /path?query``. ``skip`` calls that match go through first; ``times`` is how many then fail
    (None: all). ``headers`` are added to the answer of a ``status`` fault, for example ``Retry-After``. With
    ``after`` it waits until that other fault has struck. Without ``peers`` it leaves alone what the services of the
    sandbox call among themselves.
    """

    kind: str
    match: str = ""
    skip: int = 0
    times: int | None = 1
    status: int = 503
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    after: Fault | None = None
    peers: bool = True
    fired: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")


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

    def pick(self, line: str, by_peer: bool = False) -> Fault | None:
        """The fault for this call (``service METHOD /path?query``), if any; counts it."""
        with self._lock:
            for fault in self._faults:
                if by_peer and not fault.peers:
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
