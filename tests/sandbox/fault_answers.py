# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client receives instead of the service's answer, for the faults that have an answer."""

from __future__ import annotations

import html
import threading
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from .faults import Fault

Answer = tuple[int, list[tuple[str, str]], bytes]
Outage = Callable[[int], tuple[bytes, str]]

_HTML = "text/html; charset=utf-8"
_BLOCK = 2**20


def instead(fault: Fault, uri: str, outage: Outage) -> Answer | None:
    """The whole answer of a fault that answers itself; ``uri`` is the request's path and query as they were sent.

    ``outage`` gives the service's own words for a status.
    """
    more = list(fault.headers.items())
    if fault.kind == "status":
        body, content_type = outage(fault.status)
        return fault.status, [("Content-Type", content_type), *more], body
    if fault.kind == "login_page":
        page = f"<!DOCTYPE html>\n<html><head><title>{html.escape(fault.title)}</title></head><body></body></html>\n"
        return fault.status, [("Content-Type", _HTML), *more], page.encode()
    if fault.kind == "redirect":
        location = fault.to.replace("{path}", uri)
        return fault.status, [("Location", location), ("Content-Type", _HTML), *more], b"<html>Moved</html>\n"
    if fault.kind == "body":
        body = fault.body.encode() if isinstance(fault.body, str) else fault.body
        return fault.status, [("Content-Type", fault.content_type), *more], body
    if fault.kind == "huge":
        described = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
        return fault.status, [*described, *more], _gzip(fault.size)
    return None


@cache
def _gzip(size: int) -> bytes:
    """``{"padding": "xxx…"}`` of ``size`` bytes, compressed without ever being in memory as a whole."""
    start, end = b'{"padding": "', b'"}'
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    out = [packer.compress(start)]
    left = max(0, size - len(start) - len(end))
    while left:
        out.append(packer.compress(b"x" * min(left, _BLOCK)))
        left -= min(left, _BLOCK)
    return b"".join([*out, packer.compress(end), packer.flush()])


def dripping(body: bytes, fault: Fault, stopped: threading.Event) -> Iterator[bytes]:
    """Pieces, each of which is sent by itself, until the client leaves or the sandbox stops. The headers go first."""
    yield b""
    at = 0
    while not stopped.wait(fault.seconds):
        yield body[at : at + fault.size] or b" " * fault.size
        at += fault.size
