# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that converts a response to a value: status, content type and shape must match the request.

A response is not always from the service. A login page, a captive portal, a proxy's notice or another program at the address
return 200 as well; read as JSON, or as an empty body, they would mean that a resource exists, is missing, or was deleted.
"""

from __future__ import annotations

import enum
import html
import json
import re
import typing as t
from urllib.parse import urljoin

from ..core.errors import BridgeError, Foreign
from ..core.redact import Redactor
from ..core.urls import origin, without_query

_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json")


class Shape(enum.Flag):
    """The expected type of the body of a response."""

    OBJECT = enum.auto()
    OBJECTS = enum.auto()  # a list of objects
    VALUES = enum.auto()  # a list of anything
    NULL = enum.auto()  # the word null
    NOTHING = enum.auto()  # an empty body


OBJECT, OBJECTS, VALUES, NULL, NOTHING = Shape
# Not JSON: the caller parses the body itself.
RAW = Shape(0)

_TITLES = {
    OBJECT: "a JSON object",
    OBJECTS: "a JSON list of objects",
    VALUES: "a JSON list",
    NULL: "null",
    NOTHING: "no body",
}


class Exchange(t.NamedTuple):
    """The data of a request for an error about its response."""

    service: str
    operation: str  # the call, such as "GET /2.0/user"
    asked: str  # its purpose, such as "Read the webhooks of acme/shop"
    setting: str = "api_url"  # the option with the address
    hint: str = ""  # the format of that address
    url: str = ""
    redactor: Redactor = Redactor()


class Reply(dict[str, t.Any]):
    """An object of a response. If a key that the service always sends is missing, the error names the call."""

    exchange: Exchange

    def __missing__(self, key: str) -> t.Any:
        raise BridgeError(
            f"{self.exchange.asked}: the response of {self.exchange.service} to {self.exchange.operation} has no {key}",
            service=self.exchange.service,
            operation=self.exchange.operation,
            remedy=_remedy(self.exchange),
        )


def decode(
    response: t.Any,
    expects: Shape,
    exchange: Exchange,
    keys: t.Iterable[str] = (),
    content_types: t.Container[str] = (),
    empty: t.Container[int] = (204,),
) -> t.Any:
    """The value of a successful response; None for an empty body if that is expected.

    ``keys`` are those that an object must have; otherwise it is an object of another API. ``content_types`` are
    accepted beside JSON's own; ``empty`` are the statuses with which the service sends no body.

    :raises BridgeError: it is not a response of the API.
    """
    body = response.content
    if not body.strip():
        if NOTHING in expects and response.status_code in empty:
            return None
        raise not_an_api(response, exchange, expects)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind and not _JSON.fullmatch(kind) and kind not in content_types:
        raise not_an_api(response, exchange, expects)
    value = parsed(body, exchange)
    if not _fits(value, expects) or (isinstance(value, dict) and any(key not in value for key in keys)):
        raise not_an_api(response, exchange, expects, keys)
    return value


def parsed(body: bytes, exchange: Exchange) -> t.Any:
    """A body as JSON; ``...`` if it is not JSON."""

    def reply(pairs: dict[str, t.Any]) -> Reply:
        out = Reply(pairs)
        out.exchange = exchange
        return out

    try:
        return json.loads(body, object_hook=reply)
    except (ValueError, RecursionError):
        return ...


def _fits(value: t.Any, expects: Shape) -> bool:
    if isinstance(value, dict):
        return OBJECT in expects
    if isinstance(value, list):
        return VALUES in expects or (OBJECTS in expects and all(isinstance(item, dict) for item in value))
    return value is None and NULL in expects


def listed(page: Reply, key: str) -> list[Reply]:
    """The items of a page of a list. :raises BridgeError: they are missing, or are not objects."""
    items = page[key]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        exchange = page.exchange
        raise BridgeError(
            f"{exchange.asked}: {key} in the response of {exchange.service} to {exchange.operation} is not a list of "
            "objects",
            service=exchange.service,
            operation=exchange.operation,
            remedy=_remedy(exchange),
        )
    return items


# -- errors -------------------------------------------------------------------------------------------------------------


def not_an_api(
    response: t.Any, exchange: Exchange, expects: Shape | None = None, keys: t.Iterable[str] = ()
) -> BridgeError:
    """The error for a response that is not from the API, with the beginning of its body."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip() or "no content type"
    expected = " or ".join(_TITLES[shape] for shape in expects) if expects else "a response of the API"
    expected += f" that has {' and '.join(keys)}" if keys else ""
    what = "an empty body" if not response.content.strip() else kind
    return Foreign(
        f"{exchange.asked}: {exchange.service} should respond to {exchange.operation} with {expected}, but the "
        f"response {response.status_code} is {what}",
        service=exchange.service,
        operation=exchange.operation,
        words=excerpt(response, exchange.redactor) or None,
        remedy=_remedy(exchange, page=is_page(response)),
    )


def _remedy(exchange: Exchange, page: bool = False) -> str:
    at = without_query(exchange.url) or exchange.setting
    who = (
        "The response is from a proxy or login page, not from the service"
        if page
        else "The response may not be from the service (but from a proxy, a gateway, a load balancer)"
    )
    return (
        f"{who}: check {exchange.setting} ({at}), the proxy settings, and whether the API is reachable from here "
        f"without a sign-in in a browser.{exchange.hint and ' '}{exchange.hint} This response was not used as a result."
    )


def unusable(error: Exception, exchange: Exchange) -> BridgeError:
    """The error for a response that was not read completely (see ``bounded.Unusable``)."""
    return Foreign(
        f"{exchange.asked}: {exchange.service} answered {exchange.operation}, and {error}",
        service=exchange.service,
        operation=exchange.operation,
        remedy=f"Check {exchange.setting} ({without_query(exchange.url)}) and the proxy settings: the API sends no "
        "such response.",
    )


def is_foreign(response: t.Any, own: bool) -> bool:
    """Whether an error response is not from the service; ``own``: it has the form of the service's errors.

    A load balancer's 5xx is sufficient information about the service, and some services send 401 and 429 as plain text.
    """
    status = response.status_code
    return (is_page(response) and status < 500 and status != 429) or (status in (404, 410) and not own)


def is_page(response: t.Any) -> bool:
    """Whether it is a web page."""
    kind = response.headers.get("Content-Type", "").lower()
    return "html" in kind or bool(re.match(rb"\s*<(!doctype|html)", response.content[:200], re.IGNORECASE))


def excerpt(response: t.Any, redactor: Redactor) -> str:
    """The title of a page, or the beginning of any other text, redacted."""
    # A page is redacted before parts of it are extracted: a secret may look like a tag.
    text = redactor.text(response.content.decode("utf-8", "replace"))
    if is_page(response):
        title = _TITLE.search(text)
        text = html.unescape(title.group(1) if title and title.group(1).strip() else _TAGS.sub(" ", text))
    return redactor.excerpt(text, 200)


def refuse_redirect(response: t.Any, exchange: Exchange, method: str) -> BridgeError:
    """The error for a redirect that must not be followed: a change never, a read only to the same origin."""
    source = without_query(exchange.url)
    location = str(response.headers.get("Location") or "")
    target = without_query(urljoin(exchange.url, location)) if location else ""
    here, there = origin(source), origin(target)
    if here[0] == "http" and there[0] == "https" and here[1] == there[1]:
        remedy = f"Give {exchange.setting} with https://."
    elif target and here != there:
        remedy = (
            f"If {target} is the current address of {exchange.service}, set {exchange.setting} to it. If it is a login "
            "page, the API must be reachable from here without a sign-in in a browser."
        )
    else:
        remedy = (
            "The requested object was renamed or moved (a repository or project, or a path before the API): correct "
            f"the options that name it, or {exchange.setting}."
        )
    why = (
        "a request that changes something never follows a redirect"
        if method not in ("GET", "HEAD")
        else "the credential is not sent there"
    )
    return BridgeError(
        f"{exchange.asked}: {exchange.service} redirects {source} to {target or 'nowhere'}, and {why}",
        service=exchange.service,
        operation=exchange.operation,
        status=response.status_code,
        words=response.reason,
        remedy=remedy,
    )
