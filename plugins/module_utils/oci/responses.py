# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes over the SDK's connections: OCI's own responses, or an error.

The SDK decodes whatever it gets: of a proxy's login page (200, ``text/html``) it makes a string or an empty object, of
an HTML 404 an absent resource, and its session follows redirects, where a POST becomes a GET. So each response is looked
at before the SDK sees it, in one place for all clients.
"""

from __future__ import annotations

import functools
import json
import typing as t

from ..core.errors import BridgeError
from ..core.redact import Redactor
from ..core.urls import without_query
from ..http.answer import Exchange, Shape, not_an_api, refuse_redirect
from ..http.bounded import bound

try:
    from oci._vendor.requests.exceptions import ReadTimeout
except ImportError:  # named by the module before the first call (Operation.requires)
    ReadTimeout = TimeoutError

SERVICE = "OCI"
# Each response of the service has one: https://docs.oracle.com/en-us/iaas/Content/API/Concepts/usingapi.htm
_REQUEST_ID = "opc-request-id"
_SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_SHAPES: dict[str, type] = {"a JSON object": dict, "a JSON list": list}


class NotOfOci(Exception):
    """A response that is not OCI's; ``Responses.error`` makes the collection's error of it."""


class Responses:
    """The responses to one task's calls; the last one is kept for the error."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._last: t.Any = None
        self._value: t.Any = None

    def expect(self) -> None:
        """Another call begins."""
        self._last = self._value = None

    @property
    def address(self) -> str | None:
        """The address that answered the call, if there was an answer."""
        return without_query(str(self._last.url)) if self._last is not None else None

    def attach(self, session: t.Any, verify: bool | str) -> None:
        """Make a client's ``requests`` session follow the collection's rules.

        With each request and not in the session, or requests would prefer a CA bundle named in the environment. Not
        even a read is redirected: a signature is for one path and one host, so what is followed is refused (401).
        """
        session.request = functools.partial(session.request, verify=verify, allow_redirects=False)
        session.hooks["response"] = [*session.hooks.get("response", []), self._look]
        for adapter in session.adapters.values():
            bound(adapter, ReadTimeout)

    def _look(self, response: t.Any, *_args: t.Any, **_options: t.Any) -> None:
        """The hook: lets pass what is OCI's. :raises NotOfOci:"""
        self._last, self._value = response, None
        content = response.content  # read in any case, or the connection would stay open
        if 300 <= response.status_code < 400:
            raise NotOfOci
        if response.status_code >= 500 or response.status_code == 429:
            return  # an outage is one in whatever words
        if response.status_code < 300 and _REQUEST_ID not in response.headers:
            raise NotOfOci
        if not content and response.status_code < 300:
            return
        try:
            self._value = json.loads(content)
        except ValueError:
            raise NotOfOci from None
        if not isinstance(self._value, (dict, list)) or "html" in response.headers.get("Content-Type", "").lower():
            raise NotOfOci
        if response.status_code >= 400 and not _is_error(self._value):
            raise NotOfOci

    def check(self, response_type: str | None) -> None:
        """Whether the last response has the shape that the SDK makes a ``response_type`` of. :raises NotOfOci:"""
        expected = _expected(response_type)
        if expected and not isinstance(self._value, _SHAPES[expected]):
            raise NotOfOci
        if isinstance(self._value, list) and not all(isinstance(item, dict) for item in self._value):
            raise NotOfOci

    def check_items(self) -> None:
        """Whether the last response is a list of objects, bare or under ``items``. :raises NotOfOci:"""
        items = self._value.get("items") if isinstance(self._value, dict) else self._value
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise NotOfOci

    def error(self, operation: str, asked: str, expected: Shape | None = None) -> BridgeError:
        """The error for the last response, which was not OCI's."""
        response = self._last
        exchange = Exchange(SERVICE, operation, asked, "endpoint", url=str(response.url), redactor=self._redactor)
        if 300 <= response.status_code < 400:
            return refuse_redirect(response, exchange, str(response.request.method))
        return not_an_api(response, exchange, expected)


def _is_error(value: t.Any) -> bool:
    """Whether an object is an error in Oracle's form, or in that of identity domains (SCIM).

    The codes of the services are words; a gateway before something else says ``"code": 404``.
    """
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("code"), str) or _SCIM_ERROR in (value.get("schemas") or ())


def _expected(response_type: str | None) -> str | None:
    if not response_type or response_type in ("object", "str", "bytes", "stream"):
        return None
    return "a JSON list" if response_type.startswith("list[") else "a JSON object"
