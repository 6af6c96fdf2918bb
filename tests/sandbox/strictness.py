# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every service of the sandbox: what is not built says so, and malformed input never reaches a handler.

A client reads a 404 as "this object does not exist". So a path or method that only the sandbox lacks must not be one: it is
**501 with the header** ``X-Sandbox: not-built``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.wrappers import Request, Response

HEADER, NOT_BUILT, DEFECT = "X-Sandbox", "not-built", "defect"
# Servers refuse longer request lines: nginx and Apache with 8 KiB by default, as Tomcat does.
LONGEST_URI = 8192


class SandboxDefect(AssertionError):
    """A handler of the sandbox raised an exception it should not have; the text has the traceback."""


class _Number(IntegerConverter):
    """ASCII digits, and no more of them than an id has: ``int`` takes other digits too, and refuses thousands of them."""

    regex = r"[0-9]{1,18}"


def whole_number(text: Any) -> int | None:
    """The number that a parameter holds: ASCII digits with an optional sign; None for anything else.

    ``str.isdigit`` is true for ``³2``, and ``int`` takes ``1_0``, spaces and digits of other scripts.
    """
    return int(text) if isinstance(text, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", text) else None


def nested(value: Any, *keys: str) -> Any:
    """What is at a place inside of JSON objects; None where it, or an object on the way to it, is not there."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def not_built(method: str, path: str) -> Response:
    words = f"The sandbox has not built {method} {path}\n"
    return Response(words, 501, {HEADER: NOT_BUILT}, content_type="text/plain; charset=utf-8")


class _MatchedOnly(Rule):
    """A route that only requests are matched with.

    Nothing here asks Flask for the address of a route, and what would answer that takes most of the time in which an app
    with a hundred routes is made; every test makes several.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def refuse(*_values: Any, **_more: Any) -> tuple[str, str]:
            raise NotImplementedError("the sandbox's routes are for matching only")

        return refuse


def make_strict(app: Flask, absent: Iterable[str] = ()) -> None:
    """Called on a new app, before its routes are added.

    ``absent`` are regular expressions on ``METHOD /path``: what the vendor is known not to have either. There the app
    answers its own 404 or 405.
    """
    known = [re.compile(pattern) for pattern in absent]

    def check() -> Any:
        lacking = isinstance(request.routing_exception, (NotFound, MethodNotAllowed))
        line = f"{request.method} {request.path}"
        if lacking and not any(pattern.fullmatch(line) for pattern in known):
            return not_built(request.method, request.script_root + request.path)
        return None

    app.config["PROPAGATE_EXCEPTIONS"] = True  # the server shows them
    app.url_map.converters["int"] = _Number
    app.url_rule_class = _MatchedOnly  # of this app, not of all
    # First of all: neither authentication nor anything else comes before it.
    app.before_request_funcs.setdefault(None, []).insert(0, check)


def malformed(sent: Request, body: bytes) -> int | None:
    """The status for a request that no vendor's server passes on to its application; None for a sound one.

    No service stores a NUL in a text (PostgreSQL and Java's servers refuse it), a dot segment never arrives (proxies
    resolve or refuse it), and text is valid UTF-8. Rails, Tomcat and nginx answer 400.
    """
    environ = sent.environ
    uri = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"])
    if len(uri) > LONGEST_URI:
        return 414
    try:
        path = environ["PATH_INFO"].encode("latin-1").decode()
        sent.query_string.decode()
        query = [part for pair in sent.args.items(multi=True) for part in pair]
    except UnicodeDecodeError:
        return 400
    dots = any(part in (".", "..") for part in path.split("/"))
    if dots or any("\0" in text or "\ufffd" in text for text in (path, *query)):
        return 400
    # Some services read JSON whatever the content type says.
    is_json = "json" in sent.mimetype or body.lstrip()[:1] in (b"{", b"[")
    return 400 if is_json and body and not _is_sound(body) else None


def _is_sound(body: bytes) -> bool:
    """Whether a JSON body is one that every parser takes; what is no JSON at all is left to the service."""
    try:
        value = json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except UnicodeDecodeError:
        return False
    except json.JSONDecodeError:
        return True
    except (ValueError, RecursionError):  # NaN, an endless float, a number of thousands of digits, thousands of levels
        return False
    try:
        return "\\u0000" not in json.dumps(value).replace("\\\\", "") and bool(_encoded(value))
    except (UnicodeEncodeError, RecursionError):
        return False


def _encoded(value: Any) -> bytes:
    """Fails for half of a surrogate pair, which JSON's escapes can have and UTF-8 cannot."""
    return json.dumps(value, ensure_ascii=False).encode()


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value
