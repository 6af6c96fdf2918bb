# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker's SDK for Python, by the collection's rules: it knows the engine's API, and ``JsonClient`` sends and checks.

Three things of the SDK can't be configured to these rules, and are not used:

- its own set-up, which reads ``~/.docker/config.json`` (headers, proxies, credential helpers);
- its transports: they create connections without a deadline for the whole answer, repeat nothing, and do not tell a call that
  was never sent from one whose answer was lost;
- how it reads streams (``exec_start``, ``get_archive``): from the bare socket, with all deadlines switched off, without an end.

Source: https://docker-py.readthedocs.io/en/stable/api.html
"""

from __future__ import annotations

import typing as t

from ..http.answer import OBJECT, RAW, Shape
from ..http.rest import JsonClient

try:
    import requests
    from docker import APIClient
    from docker.constants import DEFAULT_DOCKER_API_VERSION
    from docker.utils import version_lt
except ImportError:  # named by the module before the first call (Operation.requires)
    APIClient = object
    DEFAULT_DOCKER_API_VERSION = ""

# What the SDK was written for, and the oldest that has all that is called here, whatever the SDK's own release allows.
# https://docs.docker.com/reference/api/engine/#versions-table
NEWEST, OLDEST = DEFAULT_DOCKER_API_VERSION, "1.24"
ARCHIVE = "application/x-tar"


class Client(APIClient):
    """The SDK's methods for one purpose. Whatever is refused, lost or not the engine's is raised as a ``BridgeError``."""

    def __init__(self, engine: JsonClient, version: str, timeout: float, asked: str, expects: Shape = RAW) -> None:
        # What the SDK's methods for containers and commands read; the session it is as well sends nothing.
        self.base_url = engine.base_url
        self.timeout = timeout
        self._version = version
        self._general_configs: dict[str, t.Any] = {}
        self._engine, self._asked, self._expects = engine, asked, expects

    def request(self, method: str, url: str, **options: t.Any) -> requests.Response:
        """What every method of the SDK sends with."""
        options.pop("stream", None)  # the body is read at once, or its size and its time had no bound
        return self._engine.call(method, url, asked=self._asked, expects=self._expects, **options)

    def output(self, command: str, timeout: float) -> bytes:
        """Run a prepared command to its end; what it wrote to both outputs."""
        address = self._url("/exec/{0}/start", command)
        answer = self._post_json(address, data={"Detach": False, "Tty": False}, timeout=timeout)
        return b"".join(self._multiplexed_buffer_helper(answer))

    def _result(self, response: requests.Response, json: bool = False, binary: bool = False) -> t.Any:
        if json:
            return self._engine.decoded(response, OBJECT, self._asked)
        return response.content if binary else response.text

    def _stream_raw_result(self, response: requests.Response, *_how: t.Any) -> t.Iterator[bytes]:
        if response.headers.get("Content-Type") != ARCHIVE:
            raise self._engine.refused(response, self._asked)
        return iter((response.content,))


def agreed(told: str) -> str | None:
    """The API version that an engine and the SDK both know; None if the engine's is too old. :raises ValueError: it is none."""
    if version_lt(told, OLDEST):
        return None
    return NEWEST if version_lt(NEWEST, told) else told
