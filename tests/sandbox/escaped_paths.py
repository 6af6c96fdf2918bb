# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in which an escaped slash is no separator, as GitLab and CDS take them: ``/projects/group%2Fproject``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug.routing import BaseConverter

ESCAPED = "\x1f"  # stands for %2F while routes are matched


class Segment(BaseConverter):
    """One part of the path, escaped slashes and all."""

    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        return value.replace(ESCAPED, "/")


class KeepEscapedSlashes:
    """WSGI paths come unescaped, these services tell ``%2F`` from ``/``. So the raw path is looked at."""

    def __init__(self, app: Callable[..., Iterable[bytes]], prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
        if "%2f" in raw.lower():
            path = raw.split("?", 1)[0].removeprefix(self.prefix)
            environ["PATH_INFO"] = unquote_to_bytes(re.sub("%2[fF]", ESCAPED, path)).decode("latin-1")  # as WSGI has it
        return self.app(environ, start_response)
